using InstrumentShare.Catalog;
using InstrumentShare.Persistence;
using Microsoft.EntityFrameworkCore;
using NodaTime;

namespace InstrumentShare.Bookings.Notices;

/// <summary>
/// Writes notices, each once: the row that says so and the mail are one transaction. Whatever is due by now is told, however late
/// the job comes; a second run, or another node, finds it told.
/// </summary>
public sealed class NoticeWriter(IDbContextFactory<AppDb> databases, IClock clock)
{
    public const int BatchSize = 200;

    /// <param name="Db">The context whose transaction the notices are written in.</param>
    /// <param name="Bookings">Those that this run tells of.</param>
    public sealed record Batch(AppDb Db, IReadOnlyList<Booking> Bookings, IReadOnlyDictionary<InstrumentId, BookingNews.Place> Places, Instant Now);

    /// <param name="claim">Marks at most so many as told and answers their bookings' ids.</param>
    /// <param name="tell">Adds the mail.</param>
    /// <returns>How many bookings were told of.</returns>
    public async Task<int> RunAsync(Func<AppDb, Instant, IQueryable<Guid>> claim, Func<Batch, Task> tell, CancellationToken cancel)
    {
        var told = 0;
        while (true)
        {
            await using var db = await databases.CreateDbContextAsync(cancel);
            await using var transaction = await db.Database.BeginTransactionAsync(cancel);
            var now = clock.GetCurrentInstant();
            var ids = (await claim(db, now).ToListAsync(cancel)).ConvertAll(id => new BookingId(id));
            if (ids.Count == 0) return told;
            var bookings = await db.Set<Booking>().AsNoTracking().Where(b => ids.Contains(b.Id)).OrderBy(b => b.StartsAt).ToListAsync(cancel);
            var instruments = bookings.Select(b => b.InstrumentId).Distinct().ToList();
            var places = await db.Set<Instrument>().AsNoTracking().Where(i => instruments.Contains(i.Id))
                .Select(i => new BookingNews.Place(i.Id, i.InstitutionId, i.Name, i.NameEn, i.TimeZone)).ToDictionaryAsync(p => p.Id, cancel);
            await tell(new Batch(db, bookings, places, now));
            await db.SaveChangesAsync(cancel);
            await transaction.CommitAsync(cancel);
            told += ids.Count;
            if (ids.Count < BatchSize) return told;
        }
    }
}
