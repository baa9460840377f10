using InstrumentShare.Persistence;

namespace InstrumentShare.Catalog.Search;

/// <summary>Reads the catalogue's words before the program says that it is ready, so that nobody waits for them.</summary>
public sealed class LoadCatalogIndex(CatalogIndex index) : IStartupLoader
{
    public async Task LoadAsync(CancellationToken cancel) => await index.CurrentAsync(cancel);
}
