using InstrumentShare.Catalog;
using InstrumentShare.Persistence;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using NodaTime;
using Quartz;

namespace InstrumentShare.Bookings;

/// <summary>
/// Lets requests expire that nobody decided on in time, and tells who asked. It takes all that are due by now, however late it
/// comes, so a missed run loses nothing and a second one finds nothing.
/// </summary>
public sealed class ExpireUnconfirmedBookings(IDbContextFactory<AppDb> databases, IOptions<BookingOptions> options, IClock clock)
{
    public const int BatchSize = 100;

    /// <summary>How many expired.</summary>
    public Task<int> RunAsync(CancellationToken cancel = default) => Batches.RunAsync(BatchSize, ExpireBatchAsync, cancel);

    private async Task<int> ExpireBatchAsync(CancellationToken cancel)
    {
        await using var db = await databases.CreateDbContextAsync(cancel);
        await using var transaction = await db.Database.BeginTransactionAsync(cancel);
        var now = clock.GetCurrentInstant();
        var due = (now + Duration.FromMinutes(options.Value.ExpireMinutesBefore)).ToDateTimeUtc();
        // Rows that somebody decides on at this moment are theirs.
        var requests = await db.Set<Booking>().FromSql($"""
            SELECT * FROM bookings WHERE status = 'requested' AND offered_until IS NULL AND starts_at <= {due} ORDER BY starts_at LIMIT {BatchSize} FOR UPDATE SKIP LOCKED
            """).ToListAsync(cancel);
        var people = await BookingPeople.OfAsync(db, requests.Select(b => b.PersonId), cancel);
        var instruments = requests.Select(b => b.InstrumentId).Distinct().ToList();
        var places = await db.Set<Instrument>().AsNoTracking().Where(i => instruments.Contains(i.Id))
            .Select(i => new BookingNews.Place(i.Id, i.InstitutionId, i.Name, i.NameEn, i.TimeZone)).ToDictionaryAsync(p => p.Id, cancel);
        foreach (var booking in requests)
        {
            booking.Expire();
            db.AddBookingNews("booking.expired", booking, places[booking.InstrumentId], people[booking.PersonId], now);
        }

        await db.SaveChangesAsync(cancel);
        await transaction.CommitAsync(cancel);
        return requests.Count;
    }
}

public sealed class ExpireUnconfirmedBookingsJob(ExpireUnconfirmedBookings expire) : IJob
{
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken) => await expire.RunAsync(cancellationToken);
}
