using InstrumentShare.Kernel;
using InstrumentShare.Persistence;
using InstrumentShare.Web;
using Microsoft.EntityFrameworkCore;
using NodaTime;

namespace InstrumentShare.Access.Groups;

public sealed class GroupQueries(AppDb db, Caller caller)
{
    private const int ManyMembers = 500;

    public sealed record Item(Guid Id, Guid InstitutionId, string Name, string NameEn, Guid LeaderId, string LeaderName, string? LeaderNameEn, bool IsActive);

    public sealed record Member(Guid Id, Guid PersonId, string Name, string? NameEn, string? Email, LocalDate StartsOn, LocalDate? EndsOn);

    /// <summary>The groups of an institution, or without one those the caller leads.</summary>
    public async Task<PageOf<Item>> ListAsync(InstitutionId? institution, Guid? after, int limit, CancellationToken cancel)
    {
        var led = caller.GrantsOf(AccessPermissions.LeadGroup).Where(g => g.ScopeKind == ScopeKind.Group).Select(g => new GroupId(g.ScopeId!.Value)).ToList();
        var query = db.Set<Group>().AsNoTracking().Where(g => institution != null ? g.InstitutionId == institution : led.Contains(g.Id));
        var total = await query.OrderBy(g => g.Id).CountUpToAsync(cancel);
        if (after is { } last) query = query.Where(g => (Guid)(object)g.Id > last);
        var rows = await query.OrderBy(g => g.Id).Take(limit + 1)
            .Join(db.Set<Person>(), g => (Guid)(object)g.LeaderId, p => p.Id, (g, p) => new { g, p })
            .Select(x => new Item(x.g.Id.Value, x.g.InstitutionId.Value, x.g.Name, x.g.NameEn, x.p.Id, x.p.Name, x.p.NameEn, x.g.IsActive)).ToListAsync(cancel);
        rows = [.. rows.OrderBy(r => r.Id)];
        var more = rows.Count > limit;
        if (more) rows.RemoveAt(limit);
        return new PageOf<Item>(rows, more ? ListQuery.Encode(rows[^1].Id.ToString()) : null, PageOf<Item>.TotalOf(total));
    }

    public async Task<Group?> OfAsync(GroupId id, CancellationToken cancel) => await db.Set<Group>().AsNoTracking().SingleOrDefaultAsync(g => g.Id == id, cancel);

    /// <summary>The groups of an institution, for a choice.</summary>
    public async Task<IReadOnlyList<Group>> OfInstitutionsAsync(IReadOnlyCollection<InstitutionId> institutions, CancellationToken cancel) =>
        await db.Set<Group>().AsNoTracking().Where(g => institutions.Contains(g.InstitutionId) && g.IsActive).OrderBy(g => g.Id).Take(ManyMembers).ToListAsync(cancel);

    /// <summary>Members past and present, the latest first.</summary>
    public async Task<IReadOnlyList<Member>> MembersAsync(GroupId id, CancellationToken cancel) => await db.Set<Membership>().AsNoTracking().Where(m => m.GroupId == id)
        .OrderByDescending(m => m.StartsOn).ThenByDescending(m => m.Id).Take(ManyMembers)
        .Join(db.Set<Person>(), m => (Guid)(object)m.PersonId, p => p.Id, (m, p) => new { m, p })
        .OrderByDescending(x => x.m.StartsOn).Select(x => new Member(x.m.Id, x.p.Id, x.p.Name, x.p.NameEn, x.p.Email, x.m.StartsOn, x.m.EndsOn)).ToListAsync(cancel);

    /// <summary>Whether the caller may see the members of this group.</summary>
    public bool MayRead(Group group)
    {
        var scope = new Scope(InstitutionId: group.InstitutionId.Value, GroupId: group.Id.Value);
        return caller.May(AccessPermissions.LeadGroup, scope) || caller.May(AccessPermissions.ReadPeople, scope) || caller.Groups.Contains(group.Id);
    }
}
