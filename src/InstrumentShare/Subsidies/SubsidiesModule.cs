using InstrumentShare.Access;
using InstrumentShare.Persistence;
using Quartz;

namespace InstrumentShare.Subsidies;

public sealed class SubsidiesModule : Module
{
    public override IEnumerable<Permission> Permissions => SubsidyPermissions.All;

    public override IEnumerable<MenuEntry> Menu =>
    [
        new("menu.subsidy-policies", "/subsidies/policies", "menu.office", 10, Icon: "file-certificate"),
        new("menu.subsidy-runs", "/subsidies/runs", "menu.office", 20, SubsidyPermissions.Read, "calculator"),
    ];

    public override void AddServices(IServiceCollection services, IConfiguration configuration)
    {
        services.Configure<SubsidyOptions>(configuration.GetSection(SubsidyOptions.Section));
        services.AddSingleton<PolicyLibrary>();
        services.AddScoped<IStartupLoader, LoadPolicies>();
        services.AddScoped<EvaluateSubsidy>();
        services.AddScoped<RunSubsidy>();
        services.AddScoped<CalculateRun>();
        services.AddScoped<CalculateWaitingRuns>();
        services.AddSingleton<WaitingRuns>();
        services.AddHostedService(s => s.GetRequiredService<WaitingRuns>());
        services.AddScoped<CancelRun>();
        services.AddScoped<MakeRunFinal>();
        services.AddScoped<RunQueries>();
        services.AddScoped<ExplainLine>();
    }

    public override void AddJobs(IQuartzBuilder quartz) => quartz.Every<CalculateWaitingRuns>(TimeSpan.FromSeconds(5));

    public override void MapApi(RouteGroupBuilder api) => SubsidyApi.Map(api);
}
