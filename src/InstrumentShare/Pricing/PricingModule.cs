namespace InstrumentShare.Pricing;

public sealed class PricingModule : Module;
