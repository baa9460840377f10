using InstrumentShare.Catalog;
using InstrumentShare.Persistence;
using Microsoft.EntityFrameworkCore;
using NodaTime;
using Quartz;

namespace InstrumentShare.Bookings.Standby;

/// <summary>
/// Finds what was given back late and is booked again after all. The rule: bookings of others on the same unit that are confirmed, in
/// use or completed cover the whole of the time, together where several are needed; a part makes up for nothing. The first of them is
/// kept as who took over. On no booking's path: a job looks.
/// </summary>
public sealed class FindTakeOvers(IDbContextFactory<AppDb> databases, IClock clock)
{
    public const int BatchSize = 200;

    /// <summary>How long after its start a time is still looked at, for jobs that come late.</summary>
    public static readonly Duration LookBack = Duration.FromDays(7);

    private sealed record Covered(Guid Id, Guid By);

    /// <summary>How many were taken over.</summary>
    public Task<int> RunAsync(CancellationToken cancel = default) => Batches.RunAsync(BatchSize, FindBatchAsync, cancel);

    private async Task<int> FindBatchAsync(CancellationToken cancel)
    {
        await using var db = await databases.CreateDbContextAsync(cancel);
        await using var transaction = await db.Database.BeginTransactionAsync(cancel);
        var now = clock.GetCurrentInstant();
        var since = (now - LookBack).ToDateTimeUtc();
        // The unit was the cancelled booking's own until then, so whatever overlaps it was made or moved there afterwards.
        var covered = await db.Database.SqlQuery<Covered>($"""
            SELECT c.id AS "Id", (array_agg(b.id ORDER BY b.starts_at))[1] AS "By"
            FROM (SELECT * FROM bookings WHERE cancelled_late AND taken_over_by IS NULL AND starts_at > {since} ORDER BY starts_at FOR UPDATE SKIP LOCKED) c
            JOIN bookings b ON b.instrument_id = c.instrument_id AND b.unit = c.unit AND b.person_id <> c.person_id AND b.status IN ('confirmed', 'inUse', 'completed')
              AND b.starts_at < c.ends_at AND b.starts_at > c.starts_at - interval '31 days' AND b.ends_at > c.starts_at
            GROUP BY c.id, c.starts_at, c.ends_at HAVING range_agg(tstzrange(b.starts_at, b.ends_at)) @> tstzrange(c.starts_at, c.ends_at)
            ORDER BY c.starts_at LIMIT {BatchSize}
            """).ToDictionaryAsync(c => new BookingId(c.Id), c => new BookingId(c.By), cancel);
        var ids = covered.Keys.ToList();
        var bookings = await db.Set<Booking>().Where(b => ids.Contains(b.Id)).ToListAsync(cancel);
        var people = await BookingPeople.OfAsync(db, bookings.Select(b => b.PersonId), cancel);
        var instruments = bookings.Select(b => b.InstrumentId).Distinct().ToList();
        var places = await db.Set<Instrument>().AsNoTracking().Where(i => instruments.Contains(i.Id))
            .Select(i => new BookingNews.Place(i.Id, i.InstitutionId, i.Name, i.NameEn, i.TimeZone)).ToDictionaryAsync(p => p.Id, cancel);
        foreach (var booking in bookings)
        {
            booking.TakeOver(covered[booking.Id], now);
            db.AddBookingNews("booking.taken-over", booking, places[booking.InstrumentId], people[booking.PersonId], now);
        }

        await db.SaveChangesAsync(cancel);
        await transaction.CommitAsync(cancel);
        return bookings.Count;
    }
}

public sealed class FindTakeOversJob(FindTakeOvers find) : IJob
{
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken) => await find.RunAsync(cancellationToken);
}
