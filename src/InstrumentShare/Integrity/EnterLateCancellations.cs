using InstrumentShare.Bookings;
using InstrumentShare.Persistence;
using Microsoft.EntityFrameworkCore;
using Quartz;

namespace InstrumentShare.Integrity;

/// <summary>
/// Enters what was given back late, and takes the entry back once others have taken the time over. The database notes both as they
/// happen, so a late run misses nothing and a second one finds nothing.
/// </summary>
public sealed class EnterLateCancellations(AppDb db, EnterCredit enter)
{
    public const int BatchSize = 200;

    /// <summary>How many were looked at.</summary>
    public Task<int> RunAsync(CancellationToken cancel = default) => Batches.RunAsync(BatchSize, EnterBatchAsync, cancel);

    private async Task<int> EnterBatchAsync(CancellationToken cancel)
    {
        await using var transaction = await db.BeginAsync(cancel);
        var bookings = await db.Set<Booking>().FromSql($"""
            SELECT b.* FROM late_cancellations_due d JOIN bookings b ON b.instrument_id = d.instrument_id AND b.id = d.booking_id
            ORDER BY d.noted_at LIMIT {BatchSize} FOR UPDATE OF d, b SKIP LOCKED
            """).AsNoTracking().ToListAsync(cancel);
        if (bookings.Count == 0) return 0;
        await enter.RunAsync(bookings.ConvertAll(CreditFact.Of), cancel);
        var ids = bookings.Select(b => b.Id.Value).ToArray();
        await db.Database.ExecuteSqlAsync($"DELETE FROM late_cancellations_due WHERE booking_id = ANY({ids})", cancel);
        await transaction.CommitAsync(cancel);
        db.ChangeTracker.Clear();
        return bookings.Count;
    }
}

public sealed class EnterLateCancellationsJob(EnterLateCancellations enter) : IJob
{
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken) => await enter.RunAsync(cancellationToken);
}
