using InstrumentShare.Access;
using InstrumentShare.Bookings.Approvals;
using InstrumentShare.Kernel;
using InstrumentShare.Persistence;
using Microsoft.EntityFrameworkCore;
using NodaTime;

namespace InstrumentShare.Bookings;

/// <summary>
/// Decides the present step of a request's approval. The last approval confirms; each judges the slot once more, because hours,
/// closures and what the holder has proven may have changed since.
/// </summary>
public sealed class DecideBooking(BookingChange change, JudgeStanding judge, Caller caller, IClock clock)
{
    public Task<Outcome<Booking>> ApproveAsync(BookingId id, long? ifVersion = null, CancellationToken cancel = default) => RunAsync(id, ApprovalState.Approved, null, ifVersion, cancel);

    public Task<Outcome<Booking>> RejectAsync(BookingId id, string? reason, long? ifVersion = null, CancellationToken cancel = default) => RunAsync(id, ApprovalState.Rejected, reason, ifVersion, cancel);

    private Task<Outcome<Booking>> RunAsync(BookingId id, ApprovalState state, string? reason, long? ifVersion, CancellationToken cancel)
    {
        Instant? seen = null;
        return change.RunAsync(id, ifVersion, async open =>
        {
            var (db, booking, instrument) = open;
            var now = clock.GetCurrentInstant();
            if (ApprovalDoor.ActorOf(caller, booking, instrument, now) is not { } actor)
                return Problem.Forbidden(caller.PersonId is { } person && booking.IsOf(person) ? "booking.own-request" : "access.forbidden");
            // A step that somebody else decided meanwhile does not make this the decision of the one after it.
            if (seen is not null && booking.ApprovalSince is { } since && since != seen) return Problem.Refused("approval.decided-meanwhile");
            seen ??= booking.ApprovalSince;
            var problems = new List<Problem>();
            var kept = BookingText.Check(problems, reason, "reason", required: state == ApprovalState.Rejected);
            if (state == ApprovalState.Approved && booking.Status == BookingStatus.Requested) problems.AddRange(await judge.RunAsync(booking, instrument, now, cancel));
            if (problems.Count > 0) return problems;
            var step = booking.ApprovalBy;
            if (booking.Decide(state, actor, kept, now) is { } refused) return refused;

            await using var transaction = await db.Database.BeginTransactionAsync(cancel);
            if (!await BookingLocks.HoldRulesAsync(db, instrument, cancel)) return null;
            db.AddDecision(booking, BookingNews.Place.Of(instrument), await BookingPeople.OfAsync(db, booking.PersonId, cancel), now, kept);
            caller.Audit(db, now, "booking.decide", "booking", booking.Id.Value.ToString(), after: new { step, state, decidedFor = actor.ForName }, reason: kept, institutionId: instrument.InstitutionId);
            if (await db.TrySaveAsync(cancel) is { } problem) return problem;
            await transaction.CommitAsync(cancel);
            return booking;
        }, cancel);
    }
}
