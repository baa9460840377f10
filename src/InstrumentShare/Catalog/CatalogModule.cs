using InstrumentShare.Access;
using InstrumentShare.Access.Institutions;
using InstrumentShare.Catalog.Groups;
using InstrumentShare.Catalog.Import;
using InstrumentShare.Catalog.Search;
using InstrumentShare.Persistence;

namespace InstrumentShare.Catalog;

public sealed class CatalogModule : Module
{
    public override IEnumerable<Permission> Permissions => CatalogPermissions.All;

    public override IEnumerable<MenuEntry> Menu =>
    [
        new("menu.catalog", "/instruments", "menu.work", 5, Icon: "microscope"),
        new("menu.manage-instruments", "/manage/instruments", "menu.manage", 30, CatalogPermissions.ManageInstruments, "settings"),
        new("menu.instrument-groups", "/manage/instrument-groups", "menu.manage", 35, CatalogPermissions.ManageInstruments, "category"),
    ];

    public override IEnumerable<HomePart> HomeParts => [new(typeof(Home.RegionInFigures), 200)];

    public override void AddServices(IServiceCollection services, IConfiguration configuration)
    {
        services.AddSingleton<InstrumentRulesQuery>();
        services.AddSingleton<SearchCache>();
        services.AddSingleton<CatalogIndex>();
        services.AddScoped<IStartupLoader, LoadCatalogIndex>();
        services.AddScoped<InstrumentSearch>();
        services.AddScoped<IEventHandler<InstitutionRenamed>, ForgetSearches>();
        services.AddSingleton<CatalogFacetsQuery>();
        services.AddScoped<InstrumentQueries>();
        services.AddScoped<IInstrumentScopes, InstrumentScopes>();
        services.AddScoped<SaveInstrument>();
        services.AddScoped<ChangeOpeningHours>();
        services.AddScoped<ChangeClosures>();
        services.AddScoped<ChangeBookingRuleSet>().AddScoped<BookingRuleSets>();
        services.AddScoped<ImportInstruments>();
        services.AddScoped<InstrumentGroupQueries>().AddScoped<SaveInstrumentGroup>().AddScoped<ChangeGroupInstruments>();
        services.AddSingleton(new InstrumentTab("manage.tab.record", string.Empty, 10));
        services.AddSingleton(new InstrumentTab("manage.tab.hours", "hours", 20));
        services.AddSingleton(new InstrumentTab("manage.tab.closures", "closures", 30));
        services.AddSingleton(new InstrumentTab("manage.tab.rules", "rules", 40));
    }

    public override void MapApi(RouteGroupBuilder api)
    {
        InstrumentApi.Map(api);
        InstrumentGroupApi.Map(api);
        BookingRulesApi.Map(api);
    }
}
