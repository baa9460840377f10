namespace InstrumentShare.Catalog;

public sealed class CatalogModule : Module;
