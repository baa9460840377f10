using InstrumentShare.Kernel;
using NodaTime;

namespace InstrumentShare.Catalog;

/// <summary>A booking that still stands although the instrument's rules have changed under it.</summary>
public sealed record StandingBooking(Guid Id, Instant StartsAt, Instant EndsAt, string Person);

/// <summary>Knows the bookings of an instrument. Asked only after the change has taken the instrument's row, so that none slips by.</summary>
public interface IStandingBookings
{
    /// <summary>Bookings that hold a slot and touch this one, the earliest first, at most <paramref name="limit"/>.</summary>
    Task<IReadOnlyList<StandingBooking>> OverAsync(InstrumentId instrumentId, TimeSlot slot, int limit, CancellationToken cancel);
}
