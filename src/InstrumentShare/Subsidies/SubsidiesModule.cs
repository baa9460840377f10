namespace InstrumentShare.Subsidies;

public sealed class SubsidiesModule : Module;
