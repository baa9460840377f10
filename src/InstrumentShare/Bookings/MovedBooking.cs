using InstrumentShare.Access;
using InstrumentShare.Catalog;
using InstrumentShare.Pricing;

namespace InstrumentShare.Bookings;

/// <summary>What a move asks of a booking that stands: who holds it, and what its new time costs.</summary>
internal static class MovedBooking
{
    /// <summary>The holder, as far as the rules ask; of others' bookings as they were made.</summary>
    public static async Task<Booker> BookerAsync(this PersonAccessQuery people, Caller caller, Booking booking, InstrumentRules instrument, bool staff, CancellationToken cancel)
    {
        if (BookingDoor.IsOwn(caller, booking)) return Booker.Of(caller, instrument, booking.GroupId);
        var holder = await people.OfAsync(booking.PersonId, cancel);
        return Booker.Of(booking, holder?.ExpiresOn, staff);
    }

    public static async Task PriceAsync(this Booking booking, PricePolicies prices, InstrumentRules instrument, CancellationToken cancel)
    {
        var policy = await prices.InForceAsync(instrument.Id, instrument.RulesVersion, booking.UserClass, booking.StartsAt.InZone(instrument.InstitutionZone).Date, cancel);
        booking.Priced(policy.Value?.Id, policy.IsOk && ChargeCalculator.Compute(policy.Value, ChargeBasis.Estimate(booking.Slot)) is { IsOk: true } price ? price.Value.Amount : null);
    }
}
