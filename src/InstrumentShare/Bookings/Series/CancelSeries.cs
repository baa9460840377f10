using InstrumentShare.Access;
using InstrumentShare.Kernel;
using InstrumentShare.Persistence;
using Microsoft.EntityFrameworkCore;
using NodaTime;

namespace InstrumentShare.Bookings.Series;

/// <summary>Gives back a date and all later ones, or every date still to come: all of them or, where one may not be, none.</summary>
public sealed class CancelSeries(SeriesChange change, Caller caller, IClock clock)
{
    public Task<Outcome<SeriesId>> RunAsync(BookingId id, SeriesScope scope, string? reason, long? ifVersion = null, CancellationToken cancel = default) =>
        change.RunAsync(id, (open, at) => CancelAsync(open, at, scope, reason, ifVersion, cancel), cancel);

    private async Task<Outcome<SeriesId>?> CancelAsync(SeriesChange.Open open, SeriesDateRow at, SeriesScope scope, string? reason, long? ifVersion, CancellationToken cancel)
    {
        var (db, series, instrument, dates) = open;
        var (now, own, staff) = (clock.GetCurrentInstant(), open.IsOwn(caller), BookingDoor.MayManage(caller, at.Booking!, instrument));
        if (!own && !staff) return Problem.Forbidden();
        if (ifVersion is { } seen && seen != at.Booking!.Version) return Problem.Stale();
        var problems = new List<Problem>();
        var kept = BookingText.Check(problems, reason, "reason", required: !own);
        if (problems.Count > 0) return problems;

        var meant = SeriesScopeRules.Of(dates, at, scope);
        var standing = meant.Where(d => SeriesScopeRules.IsOpen(d.Booking, now)).ToList();
        var skipped = meant.Where(d => d.Booking is null).ToList();
        if (standing.Count + skipped.Count == 0) return Problem.Refused("series.nothing-to-change");
        if (!staff) problems.AddRange(standing.SelectMany(d => CancellationRules.Judge(instrument, d.Booking!, now).Select(p => SeriesPlan.On(p, d.Date.StartsAt))));
        if (problems.Count > 0) return problems.In(instrument);
        foreach (var date in standing)
        {
            date.Booking!.Cancel(kept, now, caller.PersonId, own ? CancellationRules.MinutesLate(instrument, date.Booking, now) : null);
            db.AddBookingEvent("booking.cancelled", date.Booking, BookingNews.Place.Of(instrument), now);
        }

        db.RemoveRange(skipped.Select(d => d.Date));
        if (scope == SeriesScope.Following) series.Repeat(RecurrenceRules.Before(series.Recurrence, at.Date.StartsAt), series.Minutes);
        series.Touch();
        if (!own) caller.Audit(db, now, "booking-series.cancel", "booking-series", series.Id.Value.ToString(), after: new { bookings = standing.Select(d => d.Booking!.Id) }, reason: kept, institutionId: instrument.InstitutionId);
        db.AddSeriesNews("booking-series.cancelled", series, instrument, await BookingPeople.OfAsync(db, series.PersonId, cancel), standing.Select(d => d.Booking!), 0, now, kept);
        return series.Id;
    }
}
