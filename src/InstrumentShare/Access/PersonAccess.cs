using InstrumentShare.Access.Delegations;
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
    LocalDate? MemberUntil = null,
    IReadOnlyList<LentPermission>? Lent = null);

/// <summary>
/// Reads people's roles. An answer is kept for five seconds, which is how long a revoked role may still be heard on
/// another node; on this node <see cref="Forget"/> ends it at once.
/// </summary>
public sealed class PersonAccessQuery(IDbContextFactory<AppDb> databases, IMemoryCache cache, IClock clock)
{
    private const int MostLenders = 50;

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
        var now = clock.GetCurrentInstant();
        var today = now.InUtc().Date;
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
            memberships.Any(m => m.EndsOn is null) ? null : memberships.Max(m => m.EndsOn), await LentAsync(db, personId, now, cancel));
    }

    private static async Task<List<LentPermission>> LentAsync(AppDb db, PersonId personId, Instant now, CancellationToken cancel)
    {
        var lent = await db.Set<Delegation>().Where(d => d.DelegateId == personId && d.RevokedAt == null && d.StartsAt <= now && d.EndsAt > now)
            .Join(db.Set<Person>().Where(p => p.IsActive), d => (Guid)(object)d.PersonId, p => p.Id, (d, p) => new { d.Id, d.PersonId, p.Name, d.Permission, d.EndsAt })
            .OrderBy(d => d.Id).Take(MostLenders).ToListAsync(cancel);
        if (lent.Count == 0) return [];
        var lenders = lent.Select(d => d.PersonId).Distinct().ToList();
        var grants = (await db.Set<RoleGrant>().AsNoTracking().Where(g => lenders.Contains(g.PersonId) && g.RevokedAt == null).ToListAsync(cancel)).ToLookup(g => g.PersonId);
        return lent.ConvertAll(d => new LentPermission(d.PersonId, d.Name, d.Permission, d.EndsAt, [.. grants[d.PersonId]]));
    }
}
