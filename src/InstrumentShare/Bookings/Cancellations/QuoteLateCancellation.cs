using InstrumentShare.Access;
using InstrumentShare.Catalog;
using NodaTime;

namespace InstrumentShare.Bookings.Cancellations;

/// <summary>What cancelling a booking at this moment would be.</summary>
/// <param name="Until">When the notice for it ended.</param>
/// <param name="IsAllowed">Whether the rules let its holder do so all the same.</param>
/// <param name="Points">What it would cost in points of credit, unless others book the whole of the time after all.</param>
public sealed record LateCancellation(Instant Until, int MinutesLate, bool IsAllowed, int Points);

/// <summary>Tells a holder that it is late, and what it will cost, before they cancel.</summary>
public sealed class QuoteLateCancellation(ILateCancellationCost cost, Caller caller, IClock clock)
{
    /// <summary>Null where the caller would not be late, or is not who holds it.</summary>
    public async Task<LateCancellation?> OfAsync(Booking booking, InstrumentRules instrument, CancellationToken cancel)
    {
        var now = clock.GetCurrentInstant();
        if (booking.MainId is not null || (booking.StartsAt <= now && !BookingDoor.MayManage(caller, booking, instrument)) || !BookingDoor.IsOwn(caller, booking) || CancellationRules.MinutesLate(instrument, booking, now) is not { } minutes) return null;
        var isAllowed = BookingDoor.MayManage(caller, booking, instrument) || CancellationRules.Judge(instrument, booking, now).Count == 0;
        return new LateCancellation(CancellationRules.Until(instrument, booking.StartsAt, booking.Audience), minutes, isAllowed, isAllowed ? await cost.PointsAsync(instrument, now, cancel) : 0);
    }
}
