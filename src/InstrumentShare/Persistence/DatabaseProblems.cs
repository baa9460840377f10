using InstrumentShare.Kernel;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace InstrumentShare.Persistence;

/// <summary>A constraint that refuses carries its rule's code as its name, so its violation is that rule's problem.</summary>
public static class DatabaseProblems
{
    /// <summary>The problem behind a failed save; null when the failure is not a rule of ours.</summary>
    public static Problem? ToProblem(this Exception exception)
    {
        if (exception is DbUpdateConcurrencyException) return Problem.Stale();
        var postgres = exception as PostgresException ?? exception.InnerException as PostgresException;
        return postgres?.ConstraintName is { } name && name.Contains('.', StringComparison.Ordinal) ? Problem.Refused(name) : null;
    }

    /// <summary>Deadlock or failed serialisation: the same work tried again may well succeed.</summary>
    public static bool IsTransient(this Exception exception) =>
        (exception as PostgresException ?? exception.InnerException as PostgresException)?.SqlState is PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.SerializationFailure;

    /// <summary>Saves all changes, turning a violated rule into its problem; null when saved.</summary>
    public static async Task<Problem?> TrySaveAsync(this AppDb db, CancellationToken cancel = default)
    {
        try
        {
            await db.SaveChangesAsync(cancel);
            return null;
        }
        catch (DbUpdateException failure) when (failure.ToProblem() is { } problem)
        {
            return problem;
        }
    }
}
