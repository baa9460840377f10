using InstrumentShare.Kernel;
using InstrumentShare.Pricing;
using NodaTime;

namespace InstrumentShare.Demo;

/// <summary>One booking of the demo, or a use without a booking (<paramref name="IsWalkIn"/>).</summary>
internal sealed record DemoBooking(
    Guid Id, DemoInstrument Instrument, short Unit, DemoPerson Person, UserClass UserClass, TimeSlot Slot, TimeSlot Held, string Status,
    string ServiceMode, string Purpose, Instant CreatedAt, bool IsWalkIn)
{
    public PricePolicy Policy => Instrument.Prices.First(p => p.UserClass == UserClass && p.HoldsOn(Slot.StartsAt.InZone(DemoInstrument.Zone).Date));
}
