using InstrumentShare.Persistence;

namespace InstrumentShare.Demo;

public sealed class DemoModule : Module
{
    public override void AddServices(IServiceCollection services, IConfiguration configuration)
    {
        services.Configure<DemoOptions>(configuration.GetSection(DemoOptions.Section));
        services.AddScoped<DemoCallers>().AddScoped<DemoRuns>().AddScoped<DemoCredit>().AddScoped<DemoOrders>().AddScoped<DemoBench>().AddScoped<DemoSeries>().AddScoped<DemoClasses>().AddScoped<DemoRemote>();
        services.AddScoped<IStartupLoader, DemoLoader>();
    }
}
