using InstrumentShare.Access;
using InstrumentShare.Kernel;
using NodaTime;

namespace InstrumentShare.Pricing;

/// <summary>A new price from a day on. The running one of the same class ends the day before; after the last day it runs again.</summary>
/// <param name="BookingsAcknowledged">Whether it is known that standing bookings, estimated at the old price, will be charged at the new one.</param>
public sealed record PriceChange(
    UserClass UserClass,
    LocalDate ValidFrom,
    LocalDate? ValidTo,
    ChargeFor ChargeFor,
    Money RatePerHour,
    Money RatePerSample,
    Money StartUpFee,
    Money MinimumFee,
    string Note,
    bool BookingsAcknowledged);

/// <summary>What already stands on the prices of one class of users from a day on.</summary>
/// <param name="LastChargedOn">The last day for which a charge was issued; null when there is none.</param>
/// <param name="Bookings">Standing bookings that start on or after the day.</param>
public sealed record PriceUse(LocalDate? LastChargedOn, int Bookings);

/// <summary>Tells Pricing what higher modules have done with its prices.</summary>
public interface IPriceUse
{
    Task<PriceUse> OfAsync(Catalog.InstrumentId instrument, UserClass userClass, LocalDate from, CancellationToken cancel);
}
