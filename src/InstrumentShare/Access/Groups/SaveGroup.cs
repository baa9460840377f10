using InstrumentShare.Kernel;
using InstrumentShare.Persistence;
using Microsoft.EntityFrameworkCore;
using NodaTime;

namespace InstrumentShare.Access.Groups;

/// <summary>Makes or changes a research group. Who leads it holds the role of its leader, no more and no less.</summary>
public sealed class SaveGroup(AppDb db, Caller caller, PersonAccessQuery access, IClock clock)
{
    public const int MaxName = 100;
    public const int MaxNameEn = 200;

    public sealed record Request(Guid? InstitutionId, string? Name, string? NameEn, Guid? LeaderId, bool? IsActive);

    public async Task<Outcome<Group>> CreateAsync(Request request, CancellationToken cancel)
    {
        var institution = new InstitutionId(request.InstitutionId ?? Guid.Empty);
        if (!await db.Set<Institution>().AnyAsync(i => i.Id == institution, cancel)) return Problem.Invalid("group.institution", "institutionId");
        if (!caller.May(AccessPermissions.ManagePeople, new Scope(InstitutionId: institution.Value))) return Problem.Forbidden();
        var leader = new PersonId(request.LeaderId ?? Guid.Empty);
        var problems = await CheckAsync(request.Name, request.NameEn, leader, institution, cancel);
        if (problems.Count > 0) return problems;

        var now = clock.GetCurrentInstant();
        var group = new Group { InstitutionId = institution, Name = request.Name!.Trim(), NameEn = request.NameEn!.Trim(), LeaderId = leader, IsActive = request.IsActive ?? true, CreatedAt = now };
        db.Add(group);
        db.Add(new Membership { GroupId = group.Id, PersonId = leader, StartsOn = now.InUtc().Date, CreatedAt = now });
        db.Add(LeaderOf(group, now));
        caller.Audit(db, now, "group.created", "group", group.Id.Value.ToString(), after: Shown(group), institutionId: institution);
        await db.SaveChangesAsync(cancel);
        access.Forget(leader);
        return group;
    }

    public async Task<Outcome<Group>> ChangeAsync(GroupId id, Request request, CancellationToken cancel)
    {
        if (await db.Set<Group>().SingleOrDefaultAsync(g => g.Id == id, cancel) is not { } group) return Problem.NotFound();
        if (!caller.May(AccessPermissions.ManagePeople, new Scope(InstitutionId: group.InstitutionId.Value))) return Problem.Forbidden();
        var (name, nameEn) = (request.Name ?? group.Name, request.NameEn ?? group.NameEn);
        var (old, leader) = (group.LeaderId, request.LeaderId is { } given ? new PersonId(given) : group.LeaderId);
        var problems = await CheckAsync(name, nameEn, leader, group.InstitutionId, cancel);
        if (problems.Count > 0) return problems;

        var (now, before) = (clock.GetCurrentInstant(), Shown(group));
        (group.Name, group.NameEn, group.LeaderId, group.IsActive) = (name.Trim(), nameEn.Trim(), leader, request.IsActive ?? group.IsActive);
        if (leader != old) await HandOverAsync(group, old, now, cancel);
        caller.Audit(db, now, "group.changed", "group", id.Value.ToString(), before, Shown(group), institutionId: group.InstitutionId);
        await db.SaveChangesAsync(cancel);
        access.Forget(old);
        access.Forget(leader);
        return group;
    }

    private async Task HandOverAsync(Group group, PersonId old, Instant now, CancellationToken cancel)
    {
        foreach (var grant in await db.Set<RoleGrant>().Where(g => g.PersonId == old && g.Role == Role.GroupLeader && g.ScopeId == group.Id.Value && g.RevokedAt == null).ToListAsync(cancel))
            (grant.RevokedAt, grant.RevokedBy) = (now, caller.PersonId);
        if (!await db.Set<RoleGrant>().AnyAsync(g => g.PersonId == group.LeaderId && g.Role == Role.GroupLeader && g.ScopeId == group.Id.Value && g.RevokedAt == null, cancel))
            db.Add(LeaderOf(group, now));
        var today = now.InUtc().Date;
        if (!await db.Set<Membership>().AnyAsync(m => m.GroupId == group.Id && m.PersonId == group.LeaderId && (m.EndsOn == null || m.EndsOn >= today), cancel))
            db.Add(new Membership { GroupId = group.Id, PersonId = group.LeaderId, StartsOn = today, CreatedAt = now });
    }

    private RoleGrant LeaderOf(Group group, Instant now) => new()
    {
        PersonId = group.LeaderId, Role = Role.GroupLeader, ScopeKind = ScopeKind.Group, ScopeId = group.Id.Value, GrantedBy = caller.PersonId, GrantedAt = now,
    };

    private async Task<List<Problem>> CheckAsync(string? name, string? nameEn, PersonId leader, InstitutionId institution, CancellationToken cancel)
    {
        var problems = new List<Problem>();
        if (string.IsNullOrWhiteSpace(name) || name.Length > MaxName || name.Any(char.IsControl)) problems.Add(Problem.Invalid("group.name", "name", ("max", MaxName)));
        if (string.IsNullOrWhiteSpace(nameEn) || nameEn.Length > MaxNameEn || nameEn.Any(char.IsControl)) problems.Add(Problem.Invalid("group.name", "nameEn", ("max", MaxNameEn)));
        if (!await db.Set<Person>().AnyAsync(p => p.Id == leader.Value && p.IsActive && p.InstitutionId == institution, cancel)) problems.Add(Problem.Invalid("group.leader", "leaderId"));
        return problems;
    }

    private static object Shown(Group g) => new { g.Name, g.NameEn, g.LeaderId, g.IsActive };
}
