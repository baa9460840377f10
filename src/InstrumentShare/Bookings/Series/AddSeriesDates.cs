using InstrumentShare.Access;
using InstrumentShare.Catalog;
using InstrumentShare.Kernel;
using InstrumentShare.Persistence;
using Microsoft.EntityFrameworkCore;
using NodaTime;

namespace InstrumentShare.Bookings.Series;

/// <summary>
/// More dates for a series of one's own: those that were skipped, tried again, or further ones by a new end of its rule. Only the
/// new dates are put before the rules; what the series has already is never in its own way.
/// </summary>
public sealed class AddSeriesDates(BookDates dates, InstrumentRulesQuery rules, AppDb db, Caller caller, IClock clock)
{
    /// <param name="only">The dates to try; all that were skipped and are still to come when empty.</param>
    public async Task<Outcome<SeriesPlan>> AddSkippedAsync(SeriesId id, IReadOnlyCollection<SeriesDateId> only, CancellationToken cancel = default)
    {
        var (series, refused) = await OwnAsync(id, cancel);
        if (series is null) return refused!;
        var instrument = await rules.OfAsync(series.InstrumentId, cancel: cancel);
        var today = clock.GetCurrentInstant().InZone(instrument!.Zone).LocalDateTime;
        var skipped = await db.Set<BookingSeriesDate>().Where(d => d.SeriesId == id && d.BookingId == null).OrderBy(d => d.StartsAt).ToListAsync(cancel);
        var tried = only.Count > 0 ? skipped.Where(d => only.Contains(d.Id)).ToList() : skipped.Where(d => d.StartsAt > today).ToList();
        if (tried.Count == 0) return Problem.Refused("series.nothing-skipped");
        return await dates.RunAsync(series, tried, "booking-series.changed", () => TouchAsync(series), cancel);
    }

    /// <param name="rrule">The rule with its new end; what it says before that must be what it said.</param>
    public async Task<Outcome<SeriesPlan>> ExtendAsync(SeriesId id, string? rrule, CancellationToken cancel = default)
    {
        var (series, refused) = await OwnAsync(id, cancel);
        if (series is null) return refused!;
        var problems = new List<Problem>();
        if (RecurrenceText.Read(rrule, DateTimeZoneProviders.Tzdb[series.Zone], problems) is not { } rule) return problems;
        var longer = series.Recurrence with { Rule = rule };
        var (before, after) = (RecurrenceRules.Expand(series.Recurrence).Value!, RecurrenceRules.Expand(longer));
        if (!after.IsOk) return Outcome<SeriesPlan>.Refuse(after.Problems);
        if (after.Value.Count <= before.Count || !before.SequenceEqual(after.Value.Take(before.Count))) return Problem.Invalid("series.not-longer", "rrule", ("rule", series.Rrule));
        if (RecurrenceRules.OwnOverlap(after.Value, series.Minutes) is { } twice) return twice;
        var added = after.Value.Skip(before.Count).Select(s => new BookingSeriesDate { SeriesId = id, StartsAt = s }).ToList();
        return await dates.RunAsync(series, added, "booking-series.changed", () =>
        {
            series.Repeat(longer, series.Minutes);
            return TouchAsync(series);
        }, cancel);
    }

    private static Task TouchAsync(BookingSeries series)
    {
        series.Touch();
        return Task.CompletedTask;
    }

    private async Task<(BookingSeries? Series, Problem? Refused)> OwnAsync(SeriesId id, CancellationToken cancel)
    {
        var series = await db.Set<BookingSeries>().SingleOrDefaultAsync(s => s.Id == id, cancel);
        if (series is null || await rules.OfAsync(series.InstrumentId, cancel: cancel) is not { } instrument || !BookingDoor.MaySee(caller, series.PersonId, series.GroupId, instrument)) return (null, Problem.NotFound());
        return series.PersonId == caller.PersonId ? (series, null) : (null, Problem.Forbidden());
    }
}
