using InstrumentShare.Access;
using InstrumentShare.Bookings;
using InstrumentShare.Kernel;

namespace InstrumentShare.Usage;

/// <summary>A use has begun; nothing is saved yet.</summary>
public sealed record UsageOpened(UsageRecord Record);

/// <summary>A use is over or was entered by hand; nothing is saved yet, so a handler may still mark the record's problem.</summary>
/// <param name="Booked">The booked slot and class of the booking it belongs to; null for a use without one.</param>
public sealed record UsageRecorded(UsageRecord Record, Booking? Booked);

/// <summary>A closed record was replaced by another; the first is no longer current, the second not saved yet.</summary>
public sealed record UsageCorrected(UsageRecord First, UsageRecord Second, Booking? Booked);

internal static class UsageEventPayload
{
    /// <param name="at">The shared device that it was done at.</param>
    public static object Of(UsageRecord r, CallerDevice? at = null) => new { r.Status, r.StartedAt, r.EndedAt, r.Samples, r.Unit, r.BookingId, r.CorrectsId, r.Problem, Device = at?.Id };
}
