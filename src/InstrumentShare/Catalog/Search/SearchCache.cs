using Microsoft.Extensions.Caching.Memory;

namespace InstrumentShare.Catalog.Search;

/// <summary>
/// Keeps answers of the catalogue for a few seconds, as many people ask the same. A change made on this node is seen at
/// once; one made on another after <see cref="Kept"/>.
/// </summary>
public sealed class SearchCache(IMemoryCache cache)
{
    public static readonly TimeSpan Kept = TimeSpan.FromSeconds(5);

    private long generation;

    public async Task<T> GetAsync<T>(string key, Func<Task<T>> load, TimeSpan? kept = null)
    {
        var entry = ("search", Interlocked.Read(ref generation), key);
        if (cache.TryGetValue(entry, out T? found)) return found!;
        var loaded = await load();
        cache.Set(entry, loaded, kept ?? Kept);
        return loaded;
    }

    public void Forget() => Interlocked.Increment(ref generation);
}
