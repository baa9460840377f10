using InstrumentShare.Catalog;

namespace InstrumentShare.Pricing;

/// <summary>The price list in an instrument's record: what holds today and what is to come.</summary>
public sealed class PricesOfInstrument(PricePolicies policies, InstrumentRulesQuery instruments, NodaTime.IClock clock) : IInstrumentDetail
{
    public string Name => "prices";

    public async Task<object?> OfAsync(InstrumentId id, CancellationToken cancel)
    {
        if (await instruments.OfAsync(id, cancel: cancel) is not { } rules) return null;
        var today = clock.GetCurrentInstant().InZone(rules.InstitutionZone).Date;
        var list = await policies.OfAsync(id, rules.RulesVersion, cancel);
        return list.Where(p => p.ValidTo is null || p.ValidTo >= today).Select(PriceApi.ItemOf).ToList();
    }
}
