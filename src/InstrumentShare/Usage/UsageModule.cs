namespace InstrumentShare.Usage;

public sealed class UsageModule : Module;
