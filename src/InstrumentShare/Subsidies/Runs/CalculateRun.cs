using InstrumentShare.Persistence;
using InstrumentShare.Subsidies.Engine;
using Microsoft.EntityFrameworkCore;
using NodaTime;
using Npgsql;

namespace InstrumentShare.Subsidies;

/// <summary>
/// Computes a run that was requested: reads the records, computes in memory, stores lines and entries and, with them in one
/// transaction, the run's result. An earlier calculated run of the same policy and window is superseded.
/// </summary>
public sealed class CalculateRun(AppDb db, NpgsqlDataSource database, PolicyLibrary library, IClock clock)
{
    /// <summary>Works on the caller's context and inside its transaction, if it has one.</summary>
    public async Task RunAsync(SubsidyRun run, CancellationToken cancel)
    {
        var known = await library.OfAsync(run.PolicyId, run.PolicyVersion, cancel);
        var own = db.Database.CurrentTransaction is null ? await db.Database.BeginTransactionAsync(cancel) : null;
        await using (own)
        {
            try
            {
                var connection = (NpgsqlConnection)db.Database.GetDbConnection();
                var facts = await new RunFactsReader(connection, known.Policy, run.Window).ReadAsync(done => GoOnAsync(run, done, cancel), cancel);
                var result = SubsidyCalculator.Calculate(known.Policy, facts.Facts, run.Window, run.BudgetFen, facts.Names, Environment.ProcessorCount, cancel);
                if (!await GoOnAsync(run, facts.Facts.Services.Length, cancel)) throw new OperationCanceledException(cancel);

                // Digests while the database takes the lines.
                var digesting = Task.Run(() => new RunDigests(known, run.Window, run.BudgetFen, facts, result, Environment.ProcessorCount).Compute(cancel), cancel);
                await new RunStore(connection, run, known.Policy, facts, result).StoreAsync(cancel);
                var (input, output) = await digesting;
                run.Complete(result, facts.Facts.Services.Length, input, output, clock.GetCurrentInstant());
                await SupersedeAsync(run, cancel);
                db.AddEvent("subsidy.run-calculated", clock.GetCurrentInstant(), run.Id.Value, payload: new { run.PolicyId, run.ResultDigest });
                await db.SaveChangesAsync(cancel);
                if (own is not null) await own.CommitAsync(cancel);
            }
            catch (OverflowException)
            {
                await EndAsync(run, own, () => run.Fail("subsidy.amounts-too-large", clock.GetCurrentInstant()));
            }
            catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
            {
                await EndAsync(run, own, () => run.Cancelled(clock.GetCurrentInstant()));
            }
        }
    }

    private Task<int> SupersedeAsync(SubsidyRun run, CancellationToken cancel) => db.Set<SubsidyRun>()
        .Where(r => r.PolicyId == run.PolicyId && r.AccruedFrom == run.AccruedFrom && r.AccruedTo == run.AccruedTo && r.Status == RunStatus.Calculated && r.Id != run.Id)
        .ExecuteUpdateAsync(s => s.SetProperty(r => r.Status, RunStatus.Superseded).SetProperty(r => r.SupersededBy, run.Id), cancel);

    // Told on a connection of its own, so that it is seen while the result is not yet; it need not outlive a crash, so nobody waits for
    // the disk. False when somebody asked to stop.
    private async Task<bool> GoOnAsync(SubsidyRun run, long done, CancellationToken cancel)
    {
        if (run.StartedAt is null) return true;
        await using var command = database.CreateCommand(
            "UPDATE subsidy_runs SET services_done = $2, seen_at = $3 WHERE id = $1 RETURNING cancel_asked_at IS NULL, set_config('synchronous_commit', 'off', true)");
        command.Parameters.AddWithValue(run.Id.Value);
        command.Parameters.AddWithValue(done);
        command.Parameters.AddWithValue(clock.GetCurrentInstant().ToDateTimeUtc());
        return await command.ExecuteScalarAsync(cancel) is true;
    }

    private async Task EndAsync(SubsidyRun run, Microsoft.EntityFrameworkCore.Storage.IDbContextTransaction? own, Action end)
    {
        if (own is not null) await own.RollbackAsync(CancellationToken.None);
        end();
        await db.SaveChangesAsync(CancellationToken.None);
    }
}
