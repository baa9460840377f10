using InstrumentShare.Kernel;
using InstrumentShare.Persistence;
using Microsoft.EntityFrameworkCore;
using NodaTime;

namespace InstrumentShare.Access.ApiKeys;

/// <summary>Makes a key for a machine. The key itself is in the answer and nowhere else.</summary>
public sealed class CreateApiKey(AppDb db, Caller caller, PermissionCatalog permissions, IClock clock)
{
    public sealed record Request(string? Name, IReadOnlyList<string>? Scopes, Instant? ExpiresAt);

    public async Task<Outcome<(ApiKey Stored, string Key)>> RunAsync(Request request, CancellationToken cancel)
    {
        // A key that makes keys would outlive its own end.
        if (caller.IsKey) return Problem.Forbidden("api-key.by-key");
        var (owner, now) = (caller.PersonId!.Value, clock.GetCurrentInstant());
        var live = await db.Set<ApiKey>().CountAsync(k => k.PersonId == owner && k.RevokedAt == null && k.ExpiresAt > now, cancel);
        var scopes = (request.Scopes ?? []).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToList();
        var problems = ApiKeyRules.Check(request.Name, scopes, request.ExpiresAt, Grantable(caller, permissions), live, now).ToList();
        if (problems.Count > 0) return problems;

        var (key, prefix, hash) = ApiKeyHandler.Create();
        var stored = new ApiKey { PersonId = owner, Name = request.Name!.Trim(), Prefix = prefix, SecretHash = hash, Scopes = scopes, CreatedAt = now, ExpiresAt = request.ExpiresAt!.Value };
        db.Add(stored);
        caller.Audit(db, now, "api-key.created", "apiKey", stored.Id.ToString(), after: new { stored.Name, stored.Scopes, stored.ExpiresAt });
        await db.SaveChangesAsync(cancel);
        return (stored, key);
    }

    /// <summary>The permissions that the caller has somewhere and may give to a key.</summary>
    public static IReadOnlySet<string> Grantable(Caller caller, PermissionCatalog permissions) =>
        permissions.All.Select(p => p.Name).Where(caller.MayAnywhere).ToHashSet(StringComparer.Ordinal);
}
