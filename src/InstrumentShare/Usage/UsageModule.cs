using InstrumentShare.Access;

namespace InstrumentShare.Usage;

public sealed class UsageModule : Module
{
    public override IEnumerable<Permission> Permissions => UsagePermissions.All;

    public override void AddServices(IServiceCollection services, IConfiguration configuration) => services
        .AddScoped<UsageDesk>().AddScoped<CheckIn>().AddScoped<CheckOut>().AddScoped<RecordUsage>().AddScoped<CorrectUsage>().AddScoped<UsageQueries>();

    public override void MapApi(RouteGroupBuilder api) => UsageApi.Map(api);
}
