namespace InstrumentShare.Web;

public sealed class WebModule : Module;
