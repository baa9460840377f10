using InstrumentShare.Web.Home;

namespace InstrumentShare.Web;

public sealed class WebModule : Module
{
    public override IEnumerable<HomePart> HomeParts => [new(typeof(RegionInFigures), 200)];

    public override void AddServices(IServiceCollection services, IConfiguration configuration) => services.AddScoped<RegionFigures>();
}
