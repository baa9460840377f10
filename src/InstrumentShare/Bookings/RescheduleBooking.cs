using InstrumentShare.Access;
using InstrumentShare.Bookings.Approvals;
using InstrumentShare.Bookings.Companions;
using InstrumentShare.Catalog;
using InstrumentShare.Kernel;
using InstrumentShare.Persistence;
using InstrumentShare.Pricing;
using Microsoft.EntityFrameworkCore;
using NodaTime;
using Npgsql;

namespace InstrumentShare.Bookings;

/// <summary>What would come of moving a booking, before anything is written.</summary>
/// <param name="Price">Null where no price is in force.</param>
public sealed record MovePreview(InstrumentRules Instrument, Booking Booking, TimeSlot Slot, Price? Price, IReadOnlyList<Problem> Overridden);

/// <summary>
/// Moves a booking to another time of its instrument under the same rules as a new one, and as a cancellation of the old time.
/// What the holder wrote stays. A time that somebody approved is not exchanged for another without them.
/// </summary>
public sealed class RescheduleBooking(BookingChange change, BookingQueries queries, InstrumentRulesQuery rules, [FromKeyedServices(Databases.KeptPlans)] NpgsqlDataSource database, PricePolicies prices, BookingGates gates, Companions.Companions companions, PersonAccessQuery people, Caller caller, IClock clock)
{
    public sealed record Request(BookingId Id, Instant StartsAt, Instant EndsAt, long? IfVersion = null, string? OverrideReason = null);

    public Task<Outcome<Booking>> RunAsync(Request request, CancellationToken cancel = default) => change.RunAsync(request.Id, request.IfVersion, async open =>
    {
        var (db, booking, instrument) = open;
        var problems = AtTheDoor(booking, instrument, request, out var reason);
        if (problems.Count > 0) return problems;
        return await MoveAsync(db, booking, instrument, request with { OverrideReason = reason }, cancel);
    }, cancel);

    /// <summary>Judges the move as it would be judged, and says what the new time would cost. Nothing is held by looking.</summary>
    public async Task<Outcome<MovePreview>> PreviewAsync(Request request, CancellationToken cancel = default)
    {
        if (await queries.FindAsync(request.Id, cancel) is not var (booking, known, _)) return Problem.NotFound();
        await using var connection = await database.OpenConnectionAsync(cancel);
        var instrument = await rules.OfAsync(known.Id, await BookingReads.RulesVersionAsync(connection, known.Id, cancel), cancel) ?? known;
        var problems = AtTheDoor(booking, instrument, request, out var reason);
        if (problems.Count > 0) return problems.In(instrument);
        var along = await companions.OfAsync(instrument, booking.ServiceMode, null, booking.Id, cancel);
        var judged = await JudgeAsync(connection, booking, instrument, request with { OverrideReason = reason }, along, clock.GetCurrentInstant(), cancel);
        if (judged.Refusal is { } refusal) return refusal.In(instrument);
        var price = await prices.EstimateAsync(instrument, booking.UserClass, judged.Slot!.Value, cancel);
        return new MovePreview(instrument, booking, judged.Slot.Value, price.Value, judged.Problems);
    }

    private List<Problem> AtTheDoor(Booking booking, InstrumentRules instrument, Request request, out string? reason)
    {
        reason = null;
        if (!BookingDoor.MayManage(caller, booking, instrument) && !BookingDoor.IsOwn(caller, booking)) return [Problem.Forbidden()];
        var problems = new List<Problem>();
        reason = BookingText.Check(problems, request.OverrideReason, "overrideReason");
        if (problems.Count == 0 && booking.MainId is { } main) problems.Add(Problem.Refused("booking.companion", null, ("link", $"/bookings/{main.Value}")));
        else if (problems.Count == 0 && booking.Status is not (BookingStatus.Requested or BookingStatus.Confirmed)) problems.Add(Problem.Refused("booking.state", "status", ("status", booking.Status)));
        return problems;
    }

    /// <param name="Problems">What staff go over for their reason; else all that stands against the time but other bookings.</param>
    private sealed record Judged(TimeSlot? Slot, List<Problem> Problems, bool Overridden, OverlapSearch.Finding? Finding, IReadOnlyList<ApprovalRule> Steps)
    {
        /// <summary>Everything that refuses the move; null when nothing does.</summary>
        public List<Problem>? Refusal => (List<Problem>)[.. Overridden ? [] : Problems, .. Finding?.Problems ?? []] is { Count: > 0 } all ? all : null;
    }

    private async Task<Judged> JudgeAsync(NpgsqlConnection connection, Booking booking, InstrumentRules instrument, Request request, Along? along, Instant now, CancellationToken cancel)
    {
        var staff = BookingDoor.MayManage(caller, booking, instrument);
        var (wanted, booker) = (new WantedTime(request.StartsAt, request.EndsAt), await people.BookerAsync(caller, booking, instrument, staff, cancel));
        var slot = JudgeBooking.SlotOf(wanted);
        var around = slot is { } range ? await BookingReads.AroundAsync(connection, instrument, NeighbourNeeds.Of(instrument, booker, range, now), booking.PersonId, booker, [booking.Id], cancel) : Neighbours.None;
        var problems = BookingRules.Judge(instrument, wanted, booker, around, now);
        problems.AddRange(CancellationRules.JudgeMove(instrument, booking, now));
        var price = slot is { } priced ? await prices.EstimateAsync(instrument, booking.UserClass, priced, cancel) : null;
        var atTheGates = await gates.AnswerAsync(new GateRequest(booking.PersonId, booking.InstitutionId, instrument, slot, booking.ServiceMode, IsStanding: true, booking.Funding), cancel);
        var needed = slot is { } asks ? ApprovalRules.Needed(instrument, booker, asks, booking.ServiceMode, price?.Value?.Amount) : [];
        if (booking.Status == BookingStatus.Confirmed && ApprovalRules.AgainstChange(needed, atTheGates.Conditions) is { } unasked) problems.Add(unasked with { Overridable = true });
        problems.AddRange(atTheGates.Problems);
        var finding = slot is { } asked ? await OverlapSearch.RunAsync(connection, instrument, asked, booker, booking.PersonId, booking.Id, now, along, cancel) : null;
        return new Judged(slot, problems, staff && request.OverrideReason is not null && problems.Count > 0 && problems.All(p => p.Overridable), finding, ApprovalRules.With(needed, atTheGates.Conditions));
    }

    private async Task<Outcome<Booking>?> MoveAsync(AppDb db, Booking booking, InstrumentRules instrument, Request request, CancellationToken cancel)
    {
        var now = clock.GetCurrentInstant();
        await using var transaction = await db.Database.BeginTransactionAsync(cancel);
        var connection = (NpgsqlConnection)db.Database.GetDbConnection();
        var along = await companions.OfAsync(instrument, booking.ServiceMode, null, booking.Id, cancel);
        if (along is not null) await along.LockAsync(connection, booking.PersonId, cancel);
        else await BookingReads.LockAsync(connection, new NeighbourNeeds(Own: true, OnInstrument: true, booking.Slot), instrument.Id, booking.PersonId, cancel);
        if (!await BookingLocks.HoldRulesAsync(db, [instrument, .. along?.Linked.Values ?? []], cancel))
        {
            if (along is not null) companions.Forget(along);
            return null;
        }

        var judged = await JudgeAsync(connection, booking, instrument, request, along, now, cancel);
        if (judged.Refusal is { } refusal) return refusal;
        if (judged.Overridden) LeaveTrace(db, booking, instrument, judged.Problems, request.OverrideReason!, now);
        return await SaveAsync(db, transaction, booking, instrument, judged.Slot!.Value, judged.Finding!, judged.Overridden ? request.OverrideReason : null, judged.Steps, now, cancel);
    }

    private async Task<Outcome<Booking>?> SaveAsync(AppDb db, Microsoft.EntityFrameworkCore.Storage.IDbContextTransaction transaction, Booking booking, InstrumentRules instrument, TimeSlot slot, OverlapSearch.Finding finding, string? reason, IReadOnlyList<ApprovalRule> steps, Instant now, CancellationToken cancel)
    {
        if (booking.Move(slot, BookingRules.Held(instrument, slot, booking.Audience), (short)finding.FreeUnit!.Value, instrument.RulesVersion, reason) is { } refused) return refused;
        var tookAlong = booking.TakesAlong;
        booking.With(finding.Plan.TakesAny);
        await booking.PriceAsync(prices, instrument, cancel);
        // Who approved the old time is asked again.
        if (booking.Status == BookingStatus.Requested) booking.Ask(steps.Count > 0 ? steps : [ApprovalRules.Owner], now);
        db.AddBookingNews("booking.rescheduled", booking, BookingNews.Place.Of(instrument), await BookingPeople.OfAsync(db, booking.PersonId, cancel), now);
        var problem = await db.TrySaveAsync(cancel);
        // Somebody booked the room or spent the fund between the look and the write: look again, the next answer has the figures.
        if (problem?.Code is "booking.overlap" or "fund.short") return null;
        if (problem is not null) return problem;
        if ((tookAlong || finding.Plan.TakesAny) && !await CompanionWrites.ReplaceAsync((NpgsqlConnection)db.Database.GetDbConnection(), booking, finding.Plan, cancel)) return null;
        await transaction.CommitAsync(cancel);
        return booking;
    }

    private void LeaveTrace(AppDb db, Booking booking, InstrumentRules instrument, List<Problem> problems, string reason, Instant now)
    {
        caller.Audit(db, now, "booking.override", "booking", booking.Id.Value.ToString(), new { booking.StartsAt, booking.EndsAt }, new { overridden = problems.Select(p => p.Code) }, reason, instrument.InstitutionId);
    }
}
