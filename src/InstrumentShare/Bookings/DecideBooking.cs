using InstrumentShare.Access;
using InstrumentShare.Catalog;
using InstrumentShare.Kernel;
using InstrumentShare.Persistence;
using Microsoft.EntityFrameworkCore;
using NodaTime;

namespace InstrumentShare.Bookings;

/// <summary>Approves or rejects a request. An approval judges the slot once more: hours, closures and what the holder has proven may have changed since.</summary>
public sealed class DecideBooking(BookingChange change, IEnumerable<IBookingGate> gates, Caller caller, IClock clock)
{
    public Task<Outcome<Booking>> ApproveAsync(BookingId id, long? ifVersion = null, CancellationToken cancel = default) => RunAsync(id, approve: true, null, ifVersion, cancel);

    public Task<Outcome<Booking>> RejectAsync(BookingId id, string? reason, long? ifVersion = null, CancellationToken cancel = default) => RunAsync(id, approve: false, reason, ifVersion, cancel);

    private Task<Outcome<Booking>> RunAsync(BookingId id, bool approve, string? reason, long? ifVersion, CancellationToken cancel) => change.RunAsync(id, ifVersion, async open =>
    {
        var (db, booking, instrument) = open;
        if (caller.PersonId is not { } person || !BookingDoor.MayDecide(caller, booking, instrument))
            return Problem.Forbidden(BookingDoor.IsOwn(caller, booking) ? "booking.own-request" : "access.forbidden");
        var (now, problems) = (clock.GetCurrentInstant(), new List<Problem>());
        var kept = BookingText.Check(problems, reason, "reason", required: !approve);
        if (approve && booking.Status == BookingStatus.Requested) await JudgeAsync(problems, booking, instrument, now, cancel);
        if (problems.Count > 0) return problems;
        if (booking.Decide(approve, person, kept, now) is { } refused) return refused;

        await using var transaction = await db.Database.BeginTransactionAsync(cancel);
        if (!await BookingLocks.HoldRulesAsync(db, instrument, cancel)) return null;
        db.AddBookingNews(BookingNews.NameOf(booking.Status), booking, BookingNews.Place.Of(instrument), await BookingPeople.OfAsync(db, booking.PersonId, cancel), now, kept);
        if (await db.TrySaveAsync(cancel) is { } problem) return problem;
        await transaction.CommitAsync(cancel);
        return booking;
    }, cancel);

    // What staff overrode when it was booked, they have decided on already.
    private async Task JudgeAsync(List<Problem> problems, Booking booking, InstrumentRules instrument, Instant now, CancellationToken cancel)
    {
        problems.AddRange(BookingRules.JudgeStanding(instrument, booking.Slot, booking.Audience, now));
        foreach (var gate in gates)
            problems.AddRange((await gate.CheckAsync(new GateRequest(booking.PersonId, booking.InstitutionId, instrument, booking.Slot, booking.ServiceMode), cancel)).Where(p => !p.Overridable || booking.OverrideReason is null));
    }
}
