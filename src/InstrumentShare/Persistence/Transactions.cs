using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;

namespace InstrumentShare.Persistence;

/// <summary>A use case's transaction: its own, or the one that already runs around it (of a request with an Idempotency-Key).</summary>
public sealed class UseCaseTransaction(IDbContextTransaction? own) : IAsyncDisposable
{
    /// <summary>Commits its own transaction; one that runs around it is committed by who began it.</summary>
    public Task CommitAsync(CancellationToken cancel) => own?.CommitAsync(cancel) ?? Task.CompletedTask;

    public ValueTask DisposeAsync() => own?.DisposeAsync() ?? ValueTask.CompletedTask;
}

public static class Transactions
{
    public static async Task<UseCaseTransaction> BeginAsync(this AppDb db, CancellationToken cancel) =>
        new(db.Database.CurrentTransaction is null ? await db.Database.BeginTransactionAsync(cancel) : null);
}
