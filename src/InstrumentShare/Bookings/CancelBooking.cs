using InstrumentShare.Access;
using InstrumentShare.Kernel;
using InstrumentShare.Persistence;
using NodaTime;

namespace InstrumentShare.Bookings;

/// <summary>
/// Gives the time back: by its holder until the notice that the rules ask for, or later where they allow that as late; by staff with
/// a reason until its end, which is never late.
/// </summary>
public sealed class CancelBooking(BookingChange change, Caller caller, IClock clock)
{
    public Task<Outcome<Booking>> RunAsync(BookingId id, string? reason, long? ifVersion = null, CancellationToken cancel = default) => change.RunAsync(id, ifVersion, async open =>
    {
        var (db, booking, instrument) = open;
        var (now, own, staff) = (clock.GetCurrentInstant(), BookingDoor.IsOwn(caller, booking), BookingDoor.MayManage(caller, booking, instrument));
        if (!own && !staff) return Problem.Forbidden();
        var problems = new List<Problem>();
        var kept = BookingText.Check(problems, reason, "reason", required: !own);
        if (!staff) problems.AddRange(CancellationRules.Judge(instrument, booking, now));
        if (problems.Count > 0) return problems;
        if (booking.Cancel(kept, now, caller.PersonId, own ? CancellationRules.MinutesLate(instrument, booking, now) : null) is { } refused) return refused;
        if (!own) caller.Audit(db, now, "booking.cancel", "booking", booking.Id.Value.ToString(), reason: kept, institutionId: instrument.InstitutionId);
        db.AddBookingNews("booking.cancelled", booking, BookingNews.Place.Of(instrument), await BookingPeople.OfAsync(db, booking.PersonId, cancel), now, kept);
        return await db.TrySaveAsync(cancel) is { } problem ? problem : booking;
    }, cancel);
}
