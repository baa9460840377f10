namespace InstrumentShare.Catalog;

public sealed class CatalogModule : Module
{
    public override void AddServices(IServiceCollection services, IConfiguration configuration) =>
        services.AddSingleton<InstrumentRulesQuery>();
}
