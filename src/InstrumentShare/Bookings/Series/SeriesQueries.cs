using InstrumentShare.Access;
using InstrumentShare.Catalog;
using InstrumentShare.Persistence;
using Microsoft.EntityFrameworkCore;

namespace InstrumentShare.Bookings.Series;

/// <param name="Booking">Null when the date was skipped.</param>
public sealed record SeriesDateRow(BookingSeriesDate Date, Booking? Booking);

public sealed record SeriesView(BookingSeries Series, InstrumentRules Instrument, string Person, IReadOnlyList<SeriesDateRow> Dates);

public sealed class SeriesQueries(AppDb db, InstrumentRulesQuery rules, Caller caller)
{
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
