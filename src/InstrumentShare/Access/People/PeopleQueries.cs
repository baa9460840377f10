using InstrumentShare.Kernel;
using InstrumentShare.Persistence;
using InstrumentShare.Web;
using Microsoft.EntityFrameworkCore;
using NodaTime;

namespace InstrumentShare.Access.People;

/// <summary>The read side of people, for those who may see an institution's.</summary>
public sealed class PeopleQueries(AppDb db, IInstrumentScopes instruments)
{
    private const int ManyGrants = 200;

    public sealed record Item(Guid Id, string Name, string? NameEn, string? Email, bool IsConfirmed, bool IsActive, IReadOnlyList<Role> Roles);

    public sealed record Grant(Guid Id, Role Role, ScopeKind ScopeKind, Guid? ScopeId, Region? ScopeRegion, string? ScopeName, string? ScopeNameEn, Instant GrantedAt);

    public sealed record InGroup(Guid Id, Guid GroupId, string Name, string NameEn, LocalDate StartsOn, LocalDate? EndsOn);

    public sealed record Details(
        Guid Id, string Name, string? NameEn, string? Email, InstitutionId? InstitutionId, InstitutionId? ClaimedInstitutionId, bool IsActive,
        LocalDate? ExpiresOn, IReadOnlyList<Grant> Roles, IReadOnlyList<InGroup> Groups);

    /// <summary>The people of an institution by name or address, or those who say they belong to it.</summary>
    public async Task<PageOf<Item>> ListAsync(InstitutionId institution, string? words, bool claims, Guid? after, int limit, CancellationToken cancel)
    {
        var query = db.Set<Person>().AsNoTracking().Where(p => claims ? p.ClaimedInstitutionId == institution && p.IsActive : p.InstitutionId == institution);
        if (!string.IsNullOrWhiteSpace(words))
        {
            var pattern = $"%{words.Trim().Replace("\\", @"\\", StringComparison.Ordinal).Replace("%", "\\%", StringComparison.Ordinal).Replace("_", "\\_", StringComparison.Ordinal)}%";
            query = query.Where(p => EF.Functions.ILike(p.Name, pattern, "\\") || EF.Functions.ILike(p.NameEn!, pattern, "\\") || EF.Functions.ILike(p.Email!, pattern, "\\"));
        }

        var total = await query.OrderBy(p => p.Id).CountUpToAsync(cancel);
        if (after is { } last) query = query.Where(p => p.Id > last);
        var rows = await query.OrderBy(p => p.Id).Take(limit + 1).Select(p => new { p.Id, p.Name, p.NameEn, p.Email, p.EmailConfirmed, p.IsActive }).ToListAsync(cancel);
        var more = rows.Count > limit;
        if (more) rows.RemoveAt(limit);
        var ids = rows.ConvertAll(r => new PersonId(r.Id));
        var roles = (await db.Set<RoleGrant>().AsNoTracking().Where(g => ids.Contains(g.PersonId) && g.RevokedAt == null).Select(g => new { g.PersonId, g.Role }).Distinct().ToListAsync(cancel))
            .ToLookup(g => g.PersonId.Value, g => g.Role);
        var items = rows.ConvertAll(r => new Item(r.Id, r.Name, r.NameEn, r.Email, r.EmailConfirmed, r.IsActive, [.. roles[r.Id].Order()]));
        return new PageOf<Item>(items, more ? ListQuery.Encode(items[^1].Id.ToString()) : null, PageOf<Item>.TotalOf(total));
    }

    public async Task<Details?> OfAsync(PersonId id, CancellationToken cancel)
    {
        var person = await db.Set<Person>().AsNoTracking().SingleOrDefaultAsync(p => p.Id == id.Value, cancel);
        if (person is null) return null;
        var grants = await db.Set<RoleGrant>().AsNoTracking().Where(g => g.PersonId == id && g.RevokedAt == null).OrderBy(g => g.Id).Take(ManyGrants).ToListAsync(cancel);
        var groups = await db.Set<Membership>().AsNoTracking().Where(m => m.PersonId == id)
            .Join(db.Set<Group>(), m => m.GroupId, g => g.Id, (m, g) => new { m, g }).OrderByDescending(x => x.m.StartsOn).Take(ManyGrants)
            .Select(x => new InGroup(x.m.Id, x.g.Id.Value, x.g.Name, x.g.NameEn, x.m.StartsOn, x.m.EndsOn)).ToListAsync(cancel);
        var names = await NamesAsync(grants, cancel);
        return new Details(
            person.Id, person.Name, person.NameEn, person.Email, person.InstitutionId, person.ClaimedInstitutionId, person.IsActive, person.ExpiresOn,
            [.. grants.Select(g => Shown(g, names))], groups);
    }

    private static Grant Shown(RoleGrant g, Dictionary<Guid, (string Name, string NameEn)> names)
    {
        var (name, nameEn) = g.ScopeRegion is { } region
            ? (RegionCatalog.Instance.FullName(region, true), RegionCatalog.Instance.FullName(region, false))
            : g.ScopeId is { } id && names.TryGetValue(id, out var found) ? found : (null, null);
        return new Grant(g.Id, g.Role, g.ScopeKind, g.ScopeId, g.ScopeRegion, name, nameEn, g.GrantedAt);
    }

    private async Task<Dictionary<Guid, (string Name, string NameEn)>> NamesAsync(List<RoleGrant> grants, CancellationToken cancel)
    {
        List<Guid> Of(ScopeKind kind) => grants.Where(g => g.ScopeKind == kind).Select(g => g.ScopeId!.Value).Distinct().ToList();
        var (institutions, groups) = (Of(ScopeKind.Institution).ConvertAll(i => new InstitutionId(i)), Of(ScopeKind.Group).ConvertAll(i => new GroupId(i)));
        var names = (await instruments.OfAsync(Of(ScopeKind.Instrument), cancel)).ToDictionary(i => i.Key, i => (i.Value.Name, i.Value.NameEn));
        foreach (var i in await db.Set<Institution>().AsNoTracking().Where(i => institutions.Contains(i.Id)).Select(i => new { i.Id, i.Name, i.NameEn }).ToListAsync(cancel)) names[i.Id.Value] = (i.Name, i.NameEn);
        foreach (var g in await db.Set<Group>().AsNoTracking().Where(g => groups.Contains(g.Id)).Select(g => new { g.Id, g.Name, g.NameEn }).ToListAsync(cancel)) names[g.Id.Value] = (g.Name, g.NameEn);
        return names;
    }
}
