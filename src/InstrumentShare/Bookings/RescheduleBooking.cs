using InstrumentShare.Access;
using InstrumentShare.Catalog;
using InstrumentShare.Kernel;
using InstrumentShare.Persistence;
using InstrumentShare.Pricing;
using Microsoft.EntityFrameworkCore;
using NodaTime;
using Npgsql;

namespace InstrumentShare.Bookings;

/// <summary>
/// Moves a booking to another time of its instrument under the same rules as a new one, and as a cancellation of the old time.
/// What the holder wrote stays. A time that somebody approved is not exchanged for another without them.
/// </summary>
public sealed class RescheduleBooking(BookingChange change, PricePolicies prices, IEnumerable<IBookingGate> gates, PersonAccessQuery people, Caller caller, IClock clock)
{
    public sealed record Request(BookingId Id, Instant StartsAt, Instant EndsAt, long? IfVersion = null, string? OverrideReason = null);

    public Task<Outcome<Booking>> RunAsync(Request request, CancellationToken cancel = default) => change.RunAsync(request.Id, request.IfVersion, async open =>
    {
        var (db, booking, instrument) = open;
        var (now, staff) = (clock.GetCurrentInstant(), BookingDoor.MayManage(caller, booking, instrument));
        if (!staff && !BookingDoor.IsOwn(caller, booking)) return Problem.Forbidden();
        var problems = new List<Problem>();
        var reason = BookingText.Check(problems, request.OverrideReason, "overrideReason");
        if (problems.Count > 0) return problems;
        if (booking.Status is not (BookingStatus.Requested or BookingStatus.Confirmed)) return Problem.Refused("booking.state", "status", ("status", booking.Status));
        return await MoveAsync(db, booking, instrument, request with { OverrideReason = reason }, staff, now, cancel);
    }, cancel);

    private async Task<Outcome<Booking>?> MoveAsync(AppDb db, Booking booking, InstrumentRules instrument, Request request, bool staff, Instant now, CancellationToken cancel)
    {
        await using var transaction = await db.Database.BeginTransactionAsync(cancel);
        var connection = (NpgsqlConnection)db.Database.GetDbConnection();
        await BookingReads.LockAsync(connection, new NeighbourNeeds(Own: true, OnInstrument: true, booking.Slot), instrument.Id, booking.PersonId, cancel);
        if (!await BookingLocks.HoldRulesAsync(db, instrument, cancel)) return null;

        var (wanted, booker) = (new WantedTime(request.StartsAt, request.EndsAt), await people.BookerAsync(caller, booking, instrument, staff, cancel));
        var slot = JudgeBooking.SlotOf(wanted);
        var around = slot is { } range ? await BookingReads.AroundAsync(connection, instrument, NeighbourNeeds.Of(instrument, booker, range, now), booking.PersonId, booker, [booking.Id], cancel) : Neighbours.None;
        var problems = BookingRules.Judge(instrument, wanted, booker, around, now);
        problems.AddRange(CancellationRules.JudgeMove(instrument, booking, now));
        if (booking.Status == BookingStatus.Confirmed && slot is not null && instrument.RulesFor(booker.Audience, instrument.DateOf(wanted.StartsAt)) is { ApprovalRequired: true })
            problems.Add(Problem.Refused("booking.approved-time", "startsAt") with { Overridable = true });
        foreach (var gate in gates) problems.AddRange(await gate.CheckAsync(new GateRequest(booking.PersonId, booking.InstitutionId, instrument, slot, booking.ServiceMode), cancel));
        var overridden = staff && request.OverrideReason is not null && problems.All(p => p.Overridable);

        var finding = slot is { } asked ? await OverlapSearch.RunAsync(connection, instrument, asked, booker, booking.PersonId, booking.Id, now, cancel) : null;
        if (overridden) LeaveTrace(db, booking, instrument, problems, request.OverrideReason!, now);
        else if (problems.Count > 0) return finding?.Problem is { } also ? [.. problems, also] : problems;
        if (finding!.Problem is { } overlap) return overlap;
        return await SaveAsync(db, transaction, booking, instrument, slot!.Value, (short)finding.FreeUnit!.Value, overridden ? request.OverrideReason : null, now, cancel);
    }

    private async Task<Outcome<Booking>?> SaveAsync(AppDb db, Microsoft.EntityFrameworkCore.Storage.IDbContextTransaction transaction, Booking booking, InstrumentRules instrument, TimeSlot slot, short unit, string? reason, Instant now, CancellationToken cancel)
    {
        if (booking.Move(slot, BookingRules.Held(instrument, slot, booking.Audience), unit, instrument.RulesVersion, reason) is { } refused) return refused;
        await booking.PriceAsync(prices, instrument, cancel);
        db.AddBookingNews("booking.rescheduled", booking, BookingNews.Place.Of(instrument), await BookingPeople.OfAsync(db, booking.PersonId, cancel), now);
        var problem = await db.TrySaveAsync(cancel);
        // Somebody booked the room between the look and the write: look again, the next answer names the nearest free slots.
        if (problem?.Code == "booking.overlap") return null;
        if (problem is not null) return problem;
        await transaction.CommitAsync(cancel);
        return booking;
    }

    private void LeaveTrace(AppDb db, Booking booking, InstrumentRules instrument, List<Problem> problems, string reason, Instant now)
    {
        if (problems.Count == 0) return;
        caller.Audit(db, now, "booking.override", "booking", booking.Id.Value.ToString(), new { booking.StartsAt, booking.EndsAt }, new { overridden = problems.Select(p => p.Code) }, reason, instrument.InstitutionId);
    }
}
