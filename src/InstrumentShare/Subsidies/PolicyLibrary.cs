using System.Collections.Concurrent;
using InstrumentShare.Persistence;
using InstrumentShare.Subsidies.Language;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Caching.Memory;

namespace InstrumentShare.Subsidies;

/// <summary>A policy read from its stored text.</summary>
public sealed record KnownPolicy(SubsidyPolicy Policy, string Text, string Digest);

/// <summary>The stored policies, parsed once per text. Which version is current is looked up again after five seconds.</summary>
public sealed class PolicyLibrary(IDbContextFactory<AppDb> databases, IMemoryCache cache)
{
    private static readonly TimeSpan Kept = TimeSpan.FromSeconds(5);
    private readonly ConcurrentDictionary<string, KnownPolicy> parsed = new(StringComparer.Ordinal);

    public async Task<IReadOnlyList<KnownPolicy>> CurrentAsync(CancellationToken cancel) =>
        (await cache.GetOrCreateAsync<IReadOnlyList<KnownPolicy>>(nameof(PolicyLibrary), async entry =>
        {
            entry.AbsoluteExpirationRelativeToNow = Kept;
            await using var db = await databases.CreateDbContextAsync(cancel);
            var texts = await db.Set<PolicyText>().AsNoTracking().Where(p => p.IsCurrent).OrderBy(p => p.Id).ToListAsync(cancel);
            return [.. texts.Select(Parse)];
        }))!;

    /// <summary>The current version; null when there is none of that id.</summary>
    public async Task<KnownPolicy?> FindAsync(string? id, CancellationToken cancel) =>
        (await CurrentAsync(cancel)).FirstOrDefault(p => p.Policy.Id == id);

    /// <summary>The very version that a run used.</summary>
    public async Task<KnownPolicy> OfAsync(string id, string version, CancellationToken cancel)
    {
        await using var db = await databases.CreateDbContextAsync(cancel);
        return Parse(await db.Set<PolicyText>().AsNoTracking().SingleAsync(p => p.Id == id && p.Version == version, cancel));
    }

    public void Forget() => cache.Remove(nameof(PolicyLibrary));

    private KnownPolicy Parse(PolicyText stored) => parsed.GetOrAdd(stored.Digest, _ =>
    {
        var outcome = PolicyLoader.Load($"{stored.Id}.yaml", stored.Text);
        return outcome.IsOk
            ? new KnownPolicy(outcome.Value, stored.Text, stored.Digest)
            : throw new InvalidOperationException($"The stored policy {stored.Id} {stored.Version} can no longer be read: {outcome.Problems[0].Code}.");
    });
}
