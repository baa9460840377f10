using InstrumentShare.Access;
using InstrumentShare.Catalog;
using InstrumentShare.Persistence;
using InstrumentShare.Web;
using Microsoft.EntityFrameworkCore;
using NodaTime;

namespace InstrumentShare.Bookings.Series;

/// <param name="Booking">Null when the date was skipped.</param>
public sealed record SeriesDateRow(BookingSeriesDate Date, Booking? Booking);

public sealed record SeriesView(BookingSeries Series, InstrumentRules Instrument, string Person, IReadOnlyList<SeriesDateRow> Dates);

/// <param name="Next">When the next date begins; null where none is to come.</param>
/// <param name="Coming">How many dates are still to come.</param>
/// <param name="Skipped">How many could not be booked.</param>
public sealed record SeriesRow(BookingSeries Series, string InstrumentName, string InstrumentNameEn, Instant? Next, int Coming, int Skipped);

public sealed class SeriesQueries(AppDb db, InstrumentRulesQuery rules, Caller caller, IClock clock)
{
    /// <summary>The caller's own series, the newest first.</summary>
    /// <param name="before">The last one of the page before.</param>
    public async Task<PageOf<SeriesRow>> MineAsync(Guid? before, int limit, CancellationToken cancel)
    {
        var (now, mine) = (clock.GetCurrentInstant(), db.Set<BookingSeries>().AsNoTracking().Where(s => s.PersonId == caller.PersonId!.Value).OrderByDescending(s => s.Id));
        var rows = await (before is { } id ? mine.Where(s => (Guid)(object)s.Id < id) : mine).Take(limit + 1).Join(db.Set<Instrument>(), s => s.InstrumentId, i => i.Id, (s, i) => new { Series = s, i.Name, i.NameEn }).OrderByDescending(r => r.Series.Id)
            .Select(r => new
            {
                Row = r, Skipped = db.Set<BookingSeriesDate>().Count(d => d.SeriesId == r.Series.Id && d.BookingId == null),
                Coming = db.Set<Booking>().Where(b => b.SeriesId == r.Series.Id && b.StartsAt > now && (b.Status == BookingStatus.Requested || b.Status == BookingStatus.Confirmed)).Select(b => b.StartsAt).ToList(),
            }).ToListAsync(cancel);
        var found = rows.Select(r => new SeriesRow(r.Row.Series, r.Row.Name, r.Row.NameEn, r.Coming.Count > 0 ? r.Coming.Min() : null, r.Coming.Count, r.Skipped)).Take(limit).ToList();
        return new PageOf<SeriesRow>(found, rows.Count > limit ? ListQuery.Encode(found[^1].Series.Id.Value.ToString()) : null, PageOf<SeriesRow>.TotalOf(await mine.CountUpToAsync(cancel)));
    }

    /// <summary>A series with all its dates, ascending, when it is the caller's to know.</summary>
    public async Task<SeriesView?> FindAsync(SeriesId id, CancellationToken cancel)
    {
        var series = await db.Set<BookingSeries>().AsNoTracking().SingleOrDefaultAsync(s => s.Id == id, cancel);
        if (series is null || await rules.OfAsync(series.InstrumentId, cancel: cancel) is not { } instrument || !BookingDoor.MaySee(caller, series.PersonId, series.GroupId, instrument)) return null;
        var person = await db.Set<Person>().Where(p => p.Id == series.PersonId.Value).Select(p => p.Name).SingleAsync(cancel);
        var dates = await db.Set<BookingSeriesDate>().AsNoTracking().Where(d => d.SeriesId == id).OrderBy(d => d.StartsAt).ThenBy(d => d.Id).ToListAsync(cancel);
        var bookings = await db.Set<Booking>().AsNoTracking().Where(b => b.SeriesId == id).ToDictionaryAsync(b => b.Id, cancel);
        return new SeriesView(series, instrument, person, dates.ConvertAll(d => new SeriesDateRow(d, d.BookingId is { } booking ? bookings.GetValueOrDefault(booking) : null)));
    }
}
