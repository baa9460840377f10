using InstrumentShare.Access;
using InstrumentShare.Catalog;
using InstrumentShare.Pricing;
using NodaTime;

namespace InstrumentShare.Tests.Support;

public sealed partial class Given
{
    /// <summary>A priced instrument, who manages it, and somebody of elsewhere who may book it.</summary>
    public async Task<(Institution Owner, Instrument Instrument, Person Manager, Person Holder)> PricedInstrumentAsync()
    {
        var owner = await InstitutionAsync();
        var instrument = await InstrumentAsync(owner);
        await PricesAsync(instrument);
        return (owner, instrument, await PersonWithRoleAsync(Role.LabManager, owner), await PersonAsync(await InstitutionAsync()));
    }

    /// <summary>A price in force since 2025: 120.00 an hour of time used, unless named otherwise.</summary>
    public Task<PricePolicy> PriceAsync(
        Instrument instrument, UserClass userClass = UserClass.Academic, ChargeFor chargeFor = ChargeFor.Used, long perHour = 12_000, long perSample = 0,
        long startUp = 0, long minimum = 0, LocalDate? from = null, LocalDate? to = null) => SaveAsync(new PricePolicy
    {
        InstrumentId = instrument.Id, UserClass = userClass, ValidFrom = from ?? LongAgo, ChargeFor = chargeFor, RatePerHourFen = perHour, RatePerSampleFen = perSample,
        StartUpFeeFen = startUp, MinimumFeeFen = minimum, CreatedAt = Now,
    }.EndingOn(to));

    /// <summary>The same price for every class of users.</summary>
    public async Task PricesAsync(Instrument instrument, ChargeFor chargeFor = ChargeFor.Used, long perHour = 12_000)
    {
        foreach (var userClass in Enum.GetValues<UserClass>()) await PriceAsync(instrument, userClass, chargeFor, perHour);
    }
}
