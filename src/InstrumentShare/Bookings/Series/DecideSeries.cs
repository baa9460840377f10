using InstrumentShare.Access;
using InstrumentShare.Kernel;
using NodaTime;

namespace InstrumentShare.Bookings.Series;

/// <summary>Approves or rejects all requests of a series at once: all of them or, where one may not be, none.</summary>
public sealed class DecideSeries(SeriesChange change, Caller caller, IClock clock)
{
    public Task<Outcome<SeriesId>> ApproveAsync(SeriesId id, CancellationToken cancel = default) => change.RunAsync(id, open => DecideAsync(open, approve: true, null, cancel), cancel);

    public Task<Outcome<SeriesId>> RejectAsync(SeriesId id, string? reason, CancellationToken cancel = default) => change.RunAsync(id, open => DecideAsync(open, approve: false, reason, cancel), cancel);

    private async Task<Outcome<SeriesId>?> DecideAsync(SeriesChange.Open open, bool approve, string? reason, CancellationToken cancel)
    {
        var (db, series, instrument, dates) = open;
        var requests = dates.Where(d => d.Booking is { Status: BookingStatus.Requested }).ToList();
        if (requests.Count == 0) return Problem.Refused("series.no-requests");
        if (caller.PersonId is not { } person || !BookingDoor.MayDecide(caller, requests[0].Booking!, instrument)) return Problem.Forbidden(open.IsOwn(caller) ? "booking.own-request" : "access.forbidden");
        var (now, problems) = (clock.GetCurrentInstant(), new List<Problem>());
        var kept = BookingText.Check(problems, reason, "reason", required: !approve);
        if (approve) problems.AddRange(requests.SelectMany(d => BookingRules.JudgeStanding(instrument, d.Booking!.Slot, d.Booking.Audience, now).Select(p => SeriesPlan.On(p, d.Date.StartsAt))));
        if (problems.Count > 0) return problems.In(instrument);
        foreach (var request in requests)
        {
            request.Booking!.Decide(approve, person, kept, now);
            db.AddBookingEvent(BookingNews.NameOf(request.Booking.Status), request.Booking, BookingNews.Place.Of(instrument), now);
        }

        db.AddSeriesNews(approve ? "booking-series.confirmed" : "booking-series.rejected", series, instrument, await BookingPeople.OfAsync(db, series.PersonId, cancel), requests.Select(d => d.Booking!), 0, now, kept);
        return series.Id;
    }
}
