using InstrumentShare.Kernel;
using InstrumentShare.Persistence;
using Microsoft.EntityFrameworkCore;
using NodaTime;

namespace InstrumentShare.Access.People;

/// <summary>Gives a role within a scope, or takes one away. Both are kept for good, with who did it.</summary>
public sealed class GrantRole(AppDb db, Caller caller, IInstrumentScopes instruments, PersonAccessQuery access, IClock clock)
{
    public sealed record Request(Guid? PersonId, string? Role, string? ScopeKind, Guid? ScopeId, string? ScopeRegion, string? Reason);

    public async Task<Outcome<RoleGrant>> RunAsync(Request request, CancellationToken cancel)
    {
        var problems = new List<Problem>();
        if (!Word.TryParse<Role>(request.Role, out var role)) problems.Add(Problem.Invalid("role.unknown", "role"));
        if (!Word.TryParse<ScopeKind>(request.ScopeKind, out var kind)) problems.Add(Problem.Invalid("role.scope-kind", "scopeKind"));
        if (kind == ScopeKind.Region && !(Region.IsValid(request.ScopeRegion) && RegionCatalog.Instance.Knows(new Region(request.ScopeRegion!)))) problems.Add(Problem.Invalid("institution.region", "scopeRegion", ("region", request.ScopeRegion)));
        var person = request.PersonId is { } id ? await db.Set<Person>().AsNoTracking().SingleOrDefaultAsync(p => p.Id == id && p.IsActive, cancel) : null;
        if (person is null) problems.Add(Problem.Invalid("role.person", "personId"));
        if (problems.Count > 0) return problems;
        if (await PlaceAsync(kind, request, cancel) is not { } place) return Problem.Invalid("role.scope", "scopeId");

        var receiver = new PersonId(person!.Id);
        problems.AddRange(RoleGrantRules.Check(caller.PersonId!.Value, caller.Grants, receiver, person.InstitutionId, role, kind, place));
        if (problems.Count > 0) return problems;

        var now = clock.GetCurrentInstant();
        var grant = new RoleGrant
        {
            PersonId = receiver, Role = role, ScopeKind = kind, ScopeId = kind is ScopeKind.All or ScopeKind.Region ? null : request.ScopeId,
            ScopeRegion = kind == ScopeKind.Region ? new Region(request.ScopeRegion!) : null, GrantedBy = caller.PersonId, GrantedAt = now, Reason = request.Reason,
        };
        db.Add(grant);
        caller.Audit(db, now, "role.granted", "person", person.Id.ToString(), after: Shown(grant), reason: request.Reason, institutionId: Institution(place));
        if (await db.TrySaveAsync(cancel) is { } taken) return taken;
        access.Forget(receiver);
        return grant;
    }

    public async Task<Outcome<Done>> RevokeAsync(Guid grantId, string? reason, CancellationToken cancel)
    {
        if (await db.Set<RoleGrant>().SingleOrDefaultAsync(g => g.Id == grantId, cancel) is not { } grant) return Problem.NotFound();
        if (grant.RevokedAt is not null) return new Done();
        var home = await db.Set<Person>().Where(p => p.Id == grant.PersonId.Value).Select(p => p.InstitutionId).SingleAsync(cancel);
        var place = await PlaceAsync(grant.ScopeKind, new(null, null, null, grant.ScopeId, grant.ScopeRegion?.Code, null), cancel) ?? new Scope();

        // Whoever left the institution may still lose a role in it.
        var problems = RoleGrantRules.Check(caller.PersonId!.Value, caller.Grants, grant.PersonId, home, grant.Role, grant.ScopeKind, place).Where(p => p.Code != "role.not-of-institution").ToList();
        if (problems.Count > 0) return problems;
        var now = clock.GetCurrentInstant();
        (grant.RevokedAt, grant.RevokedBy) = (now, caller.PersonId);
        caller.Audit(db, now, "role.revoked", "person", grant.PersonId.Value.ToString(), before: Shown(grant), reason: reason, institutionId: Institution(place));
        await db.SaveChangesAsync(cancel);
        access.Forget(grant.PersonId);
        return new Done();
    }

    private static object Shown(RoleGrant g) => new { g.Role, g.ScopeKind, g.ScopeId, g.ScopeRegion };

    private static InstitutionId? Institution(Scope place) => place.InstitutionId is { } id ? new InstitutionId(id) : null;

    private async Task<Scope?> PlaceAsync(ScopeKind kind, Request request, CancellationToken cancel)
    {
        var id = request.ScopeId ?? Guid.Empty;
        switch (kind)
        {
            case ScopeKind.All: return new Scope();
            case ScopeKind.Region: return new Scope(Region: new Region(request.ScopeRegion!));
            case ScopeKind.Institution:
                return await db.Set<Institution>().AnyAsync(i => i.Id == new InstitutionId(id), cancel) ? new Scope(InstitutionId: id) : null;
            case ScopeKind.Group:
                var group = await db.Set<Group>().AsNoTracking().SingleOrDefaultAsync(g => g.Id == new GroupId(id), cancel);
                return group is null ? null : new Scope(InstitutionId: group.InstitutionId.Value, GroupId: id);
            default:
                return (await instruments.OfAsync([id], cancel)).TryGetValue(id, out var found) ? new Scope(InstrumentId: id, InstitutionId: found.InstitutionId.Value) : null;
        }
    }
}
