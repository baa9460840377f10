using InstrumentShare.Persistence;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Caching.Memory;
using NodaTime;

namespace InstrumentShare.Access;

/// <summary>What is known of a signed-in person on every request.</summary>
public sealed record PersonAccess(
    PersonId PersonId,
    string Name,
    string? Email,
    string Language,
    InstitutionId? InstitutionId,
    InstitutionKind? InstitutionKind,
    LocalDate? ExpiresOn,
    IReadOnlyList<GroupId> Groups,
    IReadOnlyList<RoleGrant> Grants,
    LocalDate? MemberUntil = null);

/// <summary>
/// Reads people's roles. An answer is kept for five seconds, which is how long a revoked role may still be heard on
/// another node; on this node <see cref="Forget"/> ends it at once.
/// </summary>
public sealed class PersonAccessQuery(IDbContextFactory<AppDb> databases, IMemoryCache cache, IClock clock)
{
    private static readonly TimeSpan Kept = TimeSpan.FromSeconds(5);

    /// <summary>Null when the person is unknown, inactive or expired.</summary>
    public async Task<PersonAccess?> OfAsync(PersonId personId, CancellationToken cancel) => await cache.GetOrCreateAsync(Key(personId), entry =>
    {
        entry.AbsoluteExpirationRelativeToNow = Kept;
        return LoadAsync(personId, cancel);
    });

    public void Forget(PersonId personId) => cache.Remove(Key(personId));

    private static (string, PersonId) Key(PersonId personId) => ("access", personId);

    private async Task<PersonAccess?> LoadAsync(PersonId personId, CancellationToken cancel)
    {
        await using var db = await databases.CreateDbContextAsync(cancel);
        var today = clock.GetCurrentInstant().InUtc().Date;
        var person = await db.Set<Person>().AsNoTracking()
            .Where(p => p.Id == personId.Value && p.IsActive)
            .Select(p => new { p.Name, p.Email, p.Language, p.InstitutionId, p.ExpiresOn })
            .SingleOrDefaultAsync(cancel);
        if (person is null || person.ExpiresOn < today) return null;
        var kind = person.InstitutionId is null ? null : await db.Set<Institution>().Where(i => i.Id == person.InstitutionId).Select(i => (InstitutionKind?)i.Kind).SingleAsync(cancel);
        var memberships = await db.Set<Membership>()
            .Where(m => m.PersonId == personId && m.StartsOn <= today && (m.EndsOn == null || m.EndsOn >= today))
            .OrderBy(m => m.StartsOn).ThenBy(m => m.GroupId).Select(m => new { m.GroupId, m.EndsOn }).ToListAsync(cancel);
        var grants = await db.Set<RoleGrant>().AsNoTracking().Where(g => g.PersonId == personId && g.RevokedAt == null).ToListAsync(cancel);
        return new PersonAccess(personId, person.Name, person.Email, person.Language, person.InstitutionId, kind, person.ExpiresOn, [.. memberships.Select(m => m.GroupId)], grants,
            memberships.Any(m => m.EndsOn is null) ? null : memberships.Max(m => m.EndsOn));
    }
}
