using InstrumentShare.Access;
using InstrumentShare.Catalog.Import;
using InstrumentShare.Catalog.Search;

namespace InstrumentShare.Catalog;

public sealed class CatalogModule : Module
{
    public override IEnumerable<Permission> Permissions => CatalogPermissions.All;

    public override IEnumerable<HomePart> HomeParts => [new(typeof(Home.RegionInFigures), 200)];

    public override void AddServices(IServiceCollection services, IConfiguration configuration)
    {
        services.AddSingleton<InstrumentRulesQuery>();
        services.AddSingleton<SearchCache>();
        services.AddScoped<InstrumentSearch>();
        services.AddScoped<InstrumentQueries>();
        services.AddScoped<IInstrumentScopes, InstrumentScopes>();
        services.AddScoped<SaveInstrument>();
        services.AddScoped<ChangeOpeningHours>();
        services.AddScoped<ChangeClosures>();
        services.AddScoped<ChangeBookingRuleSet>();
        services.AddScoped<ImportInstruments>();
    }

    public override void MapApi(RouteGroupBuilder api) => InstrumentApi.Map(api);
}
