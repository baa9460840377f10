using InstrumentShare.Access;
using InstrumentShare.Catalog;

namespace InstrumentShare.Pricing;

public sealed class PricingModule : Module
{
    public override IEnumerable<Permission> Permissions => PricingPermissions.All;

    public override void AddServices(IServiceCollection services, IConfiguration configuration) =>
        services.AddSingleton<PricePolicies>().AddScoped<ChangePrices>().AddScoped<IInstrumentDetail, PricesOfInstrument>().AddScoped<ICardNotes, PriceNotes>().AddSingleton(new InstrumentTab("prices.title", "prices", 50));

    public override void MapApi(RouteGroupBuilder api) => PriceApi.Map(api);
}
