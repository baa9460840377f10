using InstrumentShare.Access;
using InstrumentShare.Bookings.Approvals;
using InstrumentShare.Kernel;
using NodaTime;

namespace InstrumentShare.Bookings.Series;

/// <summary>Approves or rejects all requests of a series at once: all of them or, where one may not be, none.</summary>
public sealed class DecideSeries(SeriesChange change, BookingGates gates, Caller caller, IClock clock)
{
    public Task<Outcome<SeriesId>> ApproveAsync(SeriesId id, CancellationToken cancel = default) => change.RunAsync(id, open => DecideAsync(open, approve: true, null, cancel), cancel);

    public Task<Outcome<SeriesId>> RejectAsync(SeriesId id, string? reason, CancellationToken cancel = default) => change.RunAsync(id, open => DecideAsync(open, approve: false, reason, cancel), cancel);

    private async Task<Outcome<SeriesId>?> DecideAsync(SeriesChange.Open open, bool approve, string? reason, CancellationToken cancel)
    {
        var (db, series, instrument, dates) = open;
        var requests = dates.Where(d => d.Booking is { Status: BookingStatus.Requested }).ToList();
        if (requests.Count == 0) return Problem.Refused("series.no-requests");
        var (now, problems) = (clock.GetCurrentInstant(), new List<Problem>());
        // A date may wait for another's decision already: this one is on those that wait for the caller's.
        var actors = requests.ConvertAll(d => ApprovalDoor.ActorOf(caller, d.Booking!, instrument, now));
        if (actors.TrueForAll(a => a is null)) return Problem.Forbidden(open.IsOwn(caller) ? "booking.own-request" : "access.forbidden");
        requests = requests.Where((_, i) => actors[i] is not null).ToList();
        var kept = BookingText.Check(problems, reason, "reason", required: !approve);
        if (approve) await JudgeAsync(problems, open, requests, now, cancel);
        if (problems.Count > 0) return problems.In(instrument);
        foreach (var (request, actor) in requests.Zip(actors.OfType<ApprovalActor>()))
        {
            request.Booking!.Decide(approve ? ApprovalState.Approved : ApprovalState.Rejected, actor, kept, now);
            db.AddDecisionEvent(request.Booking, BookingNews.Place.Of(instrument), now);
        }

        var settled = requests.Select(d => d.Booking!).Where(b => b.Status != BookingStatus.Requested).ToList();
        if (settled.Count > 0) db.AddSeriesNews(approve ? "booking-series.confirmed" : "booking-series.rejected", series, instrument, await BookingPeople.OfAsync(db, series.PersonId, cancel), settled, 0, now, kept);
        return series.Id;
    }

    // As for one request: what staff overrode when a date was moved by itself, they have decided on already.
    private async Task JudgeAsync(List<Problem> problems, SeriesChange.Open open, List<SeriesDateRow> requests, Instant now, CancellationToken cancel)
    {
        var first = requests[0].Booking!;
        var who = new GateRequest(first.PersonId, first.InstitutionId, open.Instrument, null, first.ServiceMode, IsStanding: true, first.Funding with { BookingId = null });
        var said = requests.ConvertAll(d => BookingRules.JudgeStanding(open.Instrument, d.Booking!.Slot, d.Booking.Audience, d.Booking.OverrideReason is not null, now));
        foreach (var (date, (words, list)) in requests.Zip((await gates.CheckAllAsync(who, requests.ConvertAll(d => (TimeSlot?)d.Booking!.Slot), cancel)).Zip(said)))
            list.AddRange(words.Where(p => !p.Overridable || date.Booking!.OverrideReason is null));
        foreach (var (date, list) in requests.Zip(said)) problems.AddRange(list.Select(p => SeriesPlan.On(p, date.Date.StartsAt)));
    }
}
