using InstrumentShare.Catalog;
using InstrumentShare.Kernel;
using NodaTime;

namespace InstrumentShare.Bookings.Approvals;

/// <summary>What stands against a request at the time of its approval: hours, closures, whether the instrument works and what the holder has proven may have changed since.</summary>
public sealed class JudgeStanding(BookingGates gates)
{
    public async Task<List<Problem>> RunAsync(Booking booking, InstrumentRules instrument, Instant now, CancellationToken cancel)
    {
        var problems = BookingRules.JudgeStanding(instrument, booking.Slot, booking.Audience, booking.OverrideReason is not null, now);
        // What staff overrode when it was booked, they have decided on already.
        problems.AddRange((await gates.CheckAsync(new GateRequest(booking.PersonId, booking.InstitutionId, instrument, booking.Slot, booking.ServiceMode, IsStanding: true, booking.Funding), cancel)).Where(p => !p.Overridable || booking.OverrideReason is null));
        return problems;
    }
}
