using InstrumentShare.Access;
using InstrumentShare.Bookings.Approvals;
using InstrumentShare.Bookings.Companions;
using InstrumentShare.Catalog;
using InstrumentShare.Kernel;
using InstrumentShare.Persistence;
using InstrumentShare.Pricing;
using Microsoft.EntityFrameworkCore;
using NodaTime;

namespace InstrumentShare.Bookings.Series;

/// <summary>
/// Moves a date and all later ones, or every date still to come, by as much as one is moved, on the clock of the instrument: all of
/// them or, where one may not be, none. A date that was moved by itself before keeps its own time. Later dates become a series of
/// their own; nothing that moves, and nothing taken along, is ever in its own way.
/// </summary>
public sealed class MoveSeries(SeriesChange change, JudgeDates judge, PricePolicies prices, PersonAccessQuery people, Caller caller, IClock clock)
{
    /// <param name="OverrideReason">Why staff go over the rules that may be gone over, on whichever date.</param>
    public sealed record Request(BookingId Id, Instant StartsAt, Instant EndsAt, SeriesScope Scope, long? IfVersion = null, string? OverrideReason = null);

    public Task<Outcome<SeriesId>> RunAsync(Request request, CancellationToken cancel = default) => change.RunAsync(request.Id, async (open, at) =>
    {
        var planned = await PlanAsync(open, at, request, cancel);
        return planned.IsOk ? await WriteAsync(open, at, planned.Value, request.Scope, cancel) : Outcome<SeriesId>.Refuse(planned.Problems);
    }, cancel);

    /// <summary>Judges each date as it would be judged. Nothing is held by looking.</summary>
    public Task<Outcome<SeriesMove>> PreviewAsync(Request request, CancellationToken cancel = default) => change.LookAsync(request.Id, async (open, at) =>
    {
        var planned = await PlanAsync(open, at, request, cancel);
        return planned.IsOk ? new SeriesMove(open.Instrument, planned.Value.Moving.Zip(planned.Value.Judged, (m, d) => new MovedDate(m.Booking, d)).ToList()) : Outcome<SeriesMove>.Refuse(planned.Problems);
    }, cancel);

    /// <summary>A booking that moves, from its date and to a time on the clock.</summary>
    private sealed record Moving(SeriesDateRow Row, LocalDateTime To)
    {
        public Booking Booking => Row.Booking!;
    }

    /// <param name="Meant">The dates that the change is for, those too that keep their own time.</param>
    private sealed record Planned(List<SeriesDateRow> Meant, Period By, int Minutes, Booker Booker, List<Moving> Moving, List<JudgedDate> Judged, string? Reason, Instant Now);

    private async Task<Outcome<Planned>> PlanAsync(SeriesChange.Open open, SeriesDateRow at, Request request, CancellationToken cancel)
    {
        var (_, series, instrument, dates) = open;
        if (request.EndsAt <= request.StartsAt) return Problem.Invalid("booking.end-before-start", "endsAt", ("startsAt", request.StartsAt), ("endsAt", request.EndsAt));
        var (now, staff, problems) = (clock.GetCurrentInstant(), BookingDoor.MayManage(caller, at.Booking!, instrument), new List<Problem>());
        if (!staff && !open.IsOwn(caller)) return Problem.Forbidden();
        var reason = BookingText.Check(problems, request.OverrideReason, "overrideReason");
        if (problems.Count > 0) return problems;
        if (request.IfVersion is { } seen && seen != at.Booking!.Version) return Problem.Stale();
        if (!SeriesScopeRules.IsOpen(at.Booking, now)) return Problem.Refused("booking.state", "status", ("status", at.Booking!.Status));

        LocalDateTime Local(Instant instant) => instant.InZone(instrument.Zone).LocalDateTime;
        var (to, minutes) = (Local(request.StartsAt), SeriesInput.MinutesOf(Local(request.StartsAt), Local(request.EndsAt)));
        var by = Period.Between(Local(at.Booking!.StartsAt), to, PeriodUnits.Days | PeriodUnits.AllTimeUnits);
        var meant = SeriesScopeRules.Of(dates, at, request.Scope).Where(d => d.Booking is null || d.Booking.StartsAt > now).ToList();
        var moving = meant.Where(d => d == at || (SeriesScopeRules.IsOpen(d.Booking, now) && !SeriesScopeRules.IsReplaced(d, instrument.Zone, series.Minutes)))
            .Select(d => new Moving(d, d == at ? to : d.Date.StartsAt + by)).OrderBy(m => m.To).ToList();
        var booker = await people.BookerAsync(caller, moving[0].Booking, instrument, staff, cancel);
        var judged = await JudgeAsync(open, moving, minutes, booker, staff && reason is not null, now, cancel);
        return new Planned(meant, by, minutes, booker, moving, judged, reason, now);
    }

    private async Task<Outcome<SeriesId>?> WriteAsync(SeriesChange.Open open, SeriesDateRow at, Planned planned, SeriesScope scope, CancellationToken cancel)
    {
        var ((db, series, instrument, _), (meant, by, minutes, booker, moving, judged, reason, now)) = (open, planned);
        if (judged.Exists(d => !d.IsOk)) return SeriesPlan.Refuse(judged, instrument);
        var takesAlong = open.Along is not null || moving.Exists(m => m.Booking.TakesAlong);
        await ParkAsync(db, moving, cancel);
        foreach (var (one, date) in moving.Zip(judged)) await PlaceAsync(db, one.Booking, date, instrument, booker, reason, now, cancel);
        if (takesAlong && !await CompanionWrites.ReplaceAllAsync(open.Connection, moving.Zip(judged, (m, d) => (m.Booking, d.Plan)).ToList(), cancel)) return null;
        var kept = Rewrite(open, at, meant, by, minutes, scope, now);
        db.AddSeriesNews("booking-series.changed", kept, instrument, await BookingPeople.OfAsync(db, series.PersonId, cancel), moving.Select(m => m.Booking), 0, now);
        if (!open.IsOwn(caller)) caller.Audit(db, now, "booking-series.move", "booking-series", series.Id.Value.ToString(), after: new { bookings = moving.Select(m => m.Booking.Id) }, institutionId: instrument.InstitutionId);
        return kept.Id;
    }

    private async Task<List<JudgedDate>> JudgeAsync(SeriesChange.Open open, List<Moving> moving, int minutes, Booker booker, bool goOver, Instant now, CancellationToken cancel)
    {
        var (instrument, first) = (open.Instrument, moving[0].Booking);
        var who = new GateRequest(first.PersonId, first.InstitutionId, instrument, null, first.ServiceMode, IsStanding: true, first.Funding with { BookingId = null });
        var judged = await judge.RunAsync(open.Connection, instrument, open.Along, booker, who, moving.Select(m => m.To), minutes, moving.ConvertAll(m => m.Booking.Id), goOver, cancel);
        foreach (var (one, date) in moving.Zip(judged))
        {
            date.Problems.AddRange(CancellationRules.JudgeMove(instrument, one.Booking, now));
            if (one.Booking.Status == BookingStatus.Confirmed && date.Slot is { } slot)
            {
                // By what the new time costs: a longer one may need an approval that the old one did not.
                var price = await prices.EstimateAsync(instrument, one.Booking.UserClass, slot, cancel);
                if (ApprovalRules.AgainstChange(ApprovalRules.Needed(instrument, booker, slot, one.Booking.ServiceMode, price.Value?.Amount), date.Conditions) is { } unasked) date.Problems.Add(unasked with { Overridable = true });
            }

            if (goOver) date.GoOver();
        }

        return judged;
    }

    private static async Task ParkAsync(AppDb db, List<Moving> moving, CancellationToken cancel)
    {
        var ids = moving.Select(m => m.Booking.Id.Value).ToArray();
        var instrument = moving[0].Booking.InstrumentId.Value;
        await db.Database.ExecuteSqlAsync($"""
            UPDATE bookings b SET unit = {CompanionWrites.Parked} + p.place FROM unnest({ids}) WITH ORDINALITY AS p (id, place) WHERE b.instrument_id = {instrument} AND b.id = p.id
            """, cancel);
    }

    private async Task PlaceAsync(AppDb db, Booking booking, JudgedDate date, InstrumentRules instrument, Booker booker, string? reason, Instant now, CancellationToken cancel)
    {
        var slot = date.Slot!.Value;
        if (date.Overridden.Count > 0) caller.Audit(db, now, "booking.override", "booking", booking.Id.Value.ToString(), new { booking.StartsAt, booking.EndsAt }, new { overridden = date.Overridden.Select(p => p.Code) }, reason, instrument.InstitutionId);
        booking.Move(slot, BookingRules.Held(instrument, slot, booking.Audience), date.Unit, instrument.RulesVersion, date.Overridden.Count > 0 ? reason : null);
        booking.With(date.Plan.TakesAny);
        db.Entry(booking).Property(b => b.Unit).IsModified = true;
        await booking.PriceAsync(prices, instrument, cancel);
        if (booking.Status == BookingStatus.Requested)
        {
            // Who approved the old time is asked again.
            var steps = ApprovalRules.With(ApprovalRules.Needed(instrument, booker, slot, booking.ServiceMode, booking.Estimate), date.Conditions);
            booking.Ask(steps.Count > 0 ? steps : [ApprovalRules.Owner], now);
        }

        db.AddBookingEvent("booking.rescheduled", booking, BookingNews.Place.Of(instrument), now);
    }

    // The rule follows its dates; the later ones become a series of their own where earlier ones stay behind.
    private BookingSeries Rewrite(SeriesChange.Open open, SeriesDateRow at, List<SeriesDateRow> meant, Period by, int minutes, SeriesScope scope, Instant now)
    {
        var (series, from) = (open.Series, at.Date.StartsAt);
        foreach (var row in meant) row.Date.StartsAt += by;
        series.Touch();
        if (scope != SeriesScope.Following || !RecurrenceRules.HasBefore(series.Recurrence, from)) return series.Repeat(RecurrenceRules.Shift(series.Recurrence, by), minutes);
        var (before, rest) = RecurrenceRules.Split(series.Recurrence, from);
        var later = series.Branch(caller.PersonId!.Value, now).Repeat(RecurrenceRules.Shift(rest, by), minutes);
        series.Repeat(before, series.Minutes);
        open.Db.Add(later);
        foreach (var row in meant)
        {
            row.Date.SeriesId = later.Id;
            row.Booking?.Join(later.Id);
        }

        return later;
    }
}
