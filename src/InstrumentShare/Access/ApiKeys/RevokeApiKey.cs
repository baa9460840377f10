using InstrumentShare.Kernel;
using InstrumentShare.Persistence;
using Microsoft.EntityFrameworkCore;
using NodaTime;

namespace InstrumentShare.Access.ApiKeys;

/// <summary>Ends one's own key at once. Doing it again changes nothing.</summary>
public sealed class RevokeApiKey(AppDb db, Caller caller, IClock clock)
{
    public async Task<Outcome<Done>> RunAsync(Guid id, CancellationToken cancel)
    {
        var owner = caller.PersonId!.Value;
        if (await db.Set<ApiKey>().SingleOrDefaultAsync(k => k.Id == id && k.PersonId == owner, cancel) is not { } key) return Problem.NotFound();
        if (key.RevokedAt is not null) return new Done();
        key.RevokedAt = clock.GetCurrentInstant();
        caller.Audit(db, key.RevokedAt.Value, "api-key.revoked", "apiKey", key.Id.ToString(), before: new { key.Name, key.Scopes });
        await db.SaveChangesAsync(cancel);
        return new Done();
    }
}
