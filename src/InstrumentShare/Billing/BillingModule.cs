namespace InstrumentShare.Billing;

public sealed class BillingModule : Module;
