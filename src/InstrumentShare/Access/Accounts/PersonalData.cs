using InstrumentShare.Access.Delegations;
using InstrumentShare.Persistence;
using Microsoft.EntityFrameworkCore;

namespace InstrumentShare.Access.Accounts;

/// <summary>The edge by which each module adds what it keeps about a person to that person's download.</summary>
public interface IPersonalDataSource
{
    /// <summary>The part's name in the document, such as <c>bookings</c>.</summary>
    string Name { get; }

    Task<object> OfAsync(PersonId personId, CancellationToken cancel);
}

/// <summary>Everything that is kept about one person, for that person.</summary>
public sealed class PersonalDataQuery(IEnumerable<IPersonalDataSource> sources)
{
    public async Task<IReadOnlyDictionary<string, object>> OfAsync(PersonId personId, CancellationToken cancel)
    {
        var parts = new Dictionary<string, object>(StringComparer.Ordinal);
        foreach (var source in sources) parts.Add(source.Name, await source.OfAsync(personId, cancel));
        return parts;
    }
}

/// <summary>The account itself: no password, no secrets.</summary>
public sealed class AccountData(AppDb db) : IPersonalDataSource
{
    private const int Latest = 10_000;

    public string Name => "account";

    public async Task<object> OfAsync(PersonId personId, CancellationToken cancel)
    {
        var person = await db.Set<Person>().AsNoTracking().Where(p => p.Id == personId.Value)
            .Select(p => new { p.Id, p.Name, p.NameEn, p.Email, p.EmailConfirmed, p.PhoneNumber, p.Language, p.InstitutionId, p.ClaimedInstitutionId, p.TwoFactorEnabled, p.ExpiresOn, p.CreatedAt })
            .SingleAsync(cancel);
        var memberships = await db.Set<Membership>().AsNoTracking().Where(m => m.PersonId == personId).OrderBy(m => m.Id).Take(Latest).ToListAsync(cancel);
        var roles = await db.Set<RoleGrant>().AsNoTracking().Where(g => g.PersonId == personId).OrderBy(g => g.Id).Take(Latest).ToListAsync(cancel);
        var keys = await db.Set<ApiKey>().AsNoTracking().Where(k => k.PersonId == personId).OrderBy(k => k.Id).Take(Latest)
            .Select(k => new { k.Id, k.Name, k.Prefix, k.Scopes, k.CreatedAt, k.ExpiresAt, k.LastUsedAt, k.RevokedAt }).ToListAsync(cancel);
        var mail = await db.Set<OutboxMessage>().AsNoTracking().Where(m => m.PersonId == personId.Value).OrderByDescending(m => m.Id).Take(Latest)
            .Select(m => new { m.Id, m.Kind, m.Recipient, m.CreatedAt, m.SentAt, m.FailedAt }).ToListAsync(cancel);
        var trail = await db.Set<AuditEntry>().AsNoTracking().Where(a => a.PersonId == personId.Value).OrderByDescending(a => a.Id).Take(Latest)
            .Select(a => new { a.OccurredAt, a.Action, a.SubjectKind, a.SubjectId, a.Reason }).ToListAsync(cancel);
        // Both what one has lent and what one was lent.
        var delegations = await db.Set<Delegation>().AsNoTracking().Where(d => d.PersonId == personId || d.DelegateId == personId).OrderBy(d => d.Id).Take(Latest).ToListAsync(cancel);
        return new { person, memberships, roles, delegations, apiKeys = keys, mail, actions = trail };
    }
}
