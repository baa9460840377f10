using InstrumentShare.Persistence;
using Microsoft.EntityFrameworkCore;
using NodaTime;

namespace InstrumentShare.Access.ApiKeys;

public sealed class ApiKeyQueries(AppDb db, Caller caller)
{
    private const int Shown = 200;

    public sealed record Item(Guid Id, string Name, string Prefix, IReadOnlyList<string> Scopes, Instant CreatedAt, Instant ExpiresAt, Instant? LastUsedAt, Instant? RevokedAt);

    /// <summary>One's own keys, the newest first.</summary>
    public async Task<IReadOnlyList<Item>> MineAsync(CancellationToken cancel)
    {
        var owner = caller.PersonId!.Value;
        return await db.Set<ApiKey>().AsNoTracking().Where(k => k.PersonId == owner).OrderByDescending(k => k.Id).Take(Shown)
            .Select(k => new Item(k.Id, k.Name, k.Prefix, k.Scopes, k.CreatedAt, k.ExpiresAt, k.LastUsedAt, k.RevokedAt)).ToListAsync(cancel);
    }
}
