namespace InstrumentShare.Pricing;

public sealed class PricingModule : Module
{
    public override void AddServices(IServiceCollection services, IConfiguration configuration) => services.AddSingleton<PricePolicies>();
}
