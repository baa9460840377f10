using InstrumentShare.Bookings;
using InstrumentShare.Persistence;
using Microsoft.EntityFrameworkCore;

namespace InstrumentShare.Usage.Verdicts;

/// <summary>
/// Has bookings judged again when a use that they may stand on is recorded or corrected: the booking it belongs to, and the same
/// person's bookings it overlaps. In the transaction of the use; the job does the rest.
/// </summary>
public sealed class AwaitVerdicts(AppDb db) : IEventHandler<UsageRecorded>, IEventHandler<UsageCorrected>
{
    public Task HandleAsync(UsageRecorded happened, CancellationToken cancel) => EnqueueAsync(happened.Record, cancel);

    public async Task HandleAsync(UsageCorrected happened, CancellationToken cancel)
    {
        await EnqueueAsync(happened.First, cancel);
        await EnqueueAsync(happened.Second, cancel);
    }

    private Task EnqueueAsync(UsageRecord use, CancellationToken cancel)
    {
        var (start, end) = (use.StartedAt.ToDateTimeUtc(), use.EndedAt!.Value.ToDateTimeUtc());
        return db.Database.ExecuteSqlAsync($"""
            INSERT INTO verdicts_due (instrument_id, booking_id, due_from)
            SELECT b.instrument_id, b.id, b.ends_at FROM bookings b
            WHERE b.instrument_id = {use.InstrumentId.Value} AND b.status = 'completed' AND b.main_id IS NULL
              AND (b.id = {use.BookingId?.Value ?? Guid.Empty}
                OR (b.starts_at < {end} AND b.starts_at > {start}::timestamptz - interval '31 days' AND b.ends_at > {start}))
            ORDER BY b.id ON CONFLICT (instrument_id, booking_id) DO UPDATE SET due_from = excluded.due_from
            """, cancel);
    }
}
