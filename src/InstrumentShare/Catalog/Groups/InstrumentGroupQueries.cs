using InstrumentShare.Access;
using InstrumentShare.Persistence;
using InstrumentShare.Web;
using Microsoft.EntityFrameworkCore;

namespace InstrumentShare.Catalog.Groups;

/// <summary>Reads groups of instruments, for those who manage them.</summary>
public sealed class InstrumentGroupQueries(AppDb db, Caller caller)
{
    private const char KeySeparator = '\u001f';

    public sealed record Item(InstrumentGroupId Id, InstitutionId InstitutionId, string Name, string NameEn, string Description, bool IsActive, int Instruments, long Version);

    public sealed record Member(InstrumentId Id, string InnerId, string Name, string NameEn, string Model);

    /// <summary>The groups that the caller manages, by name.</summary>
    public async Task<PageOf<Item>> ListAsync(InstitutionId? institution, string? cursor, int limit, CancellationToken cancel)
    {
        var managed = ManagedInstruments.ManagedBy(caller).Institutions;
        var query = db.Set<InstrumentGroup>().AsNoTracking().Where(g => managed.Contains((Guid)(object)g.InstitutionId) && (institution == null || g.InstitutionId == institution));
        var total = await query.OrderBy(g => g.Name).ThenBy(g => g.Id).CountUpToAsync(cancel);
        if (ReadKey(cursor) is var (name, id)) query = query.Where(g => EF.Functions.GreaterThan(ValueTuple.Create(g.Name, (Guid)(object)g.Id), ValueTuple.Create(name, id)));
        var rows = await Shown(query.OrderBy(g => g.Name).ThenBy(g => g.Id)).Take(limit + 1).ToListAsync(cancel);
        return Page(rows, limit, total, g => $"{g.Name}{KeySeparator}{g.Id.Value}");
    }

    /// <summary>Null when it is not the caller's to manage.</summary>
    public async Task<Item?> OfAsync(InstrumentGroupId id, CancellationToken cancel) =>
        await Shown(db.Set<InstrumentGroup>().AsNoTracking().Where(g => g.Id == id)).SingleOrDefaultAsync(cancel) is { } group && caller.MayManageGroups(group.InstitutionId) ? group : null;

    /// <summary>The instruments in a group, by name.</summary>
    public async Task<PageOf<Member>> MembersAsync(InstrumentGroupId id, string? cursor, int limit, CancellationToken cancel)
    {
        var query = db.Set<InstrumentGroupMember>().AsNoTracking().Where(m => m.GroupId == id).Join(db.Set<Instrument>(), m => m.InstrumentId, i => i.Id, (_, i) => i);
        var total = await query.OrderBy(i => i.Name).ThenBy(i => i.Id).CountUpToAsync(cancel);
        if (ReadKey(cursor) is var (name, last)) query = query.Where(i => EF.Functions.GreaterThan(ValueTuple.Create(i.Name, (Guid)(object)i.Id), ValueTuple.Create(name, last)));
        var rows = await query.OrderBy(i => i.Name).ThenBy(i => i.Id).Select(i => new Member(i.Id, i.InnerId, i.Name, i.NameEn, i.Model)).Take(limit + 1).ToListAsync(cancel);
        return Page(rows, limit, total, i => $"{i.Name}{KeySeparator}{i.Id.Value}");
    }

    /// <summary>The place in a list that a cursor names; null when it is not one of ours.</summary>
    public static (string Name, Guid Id)? ReadKey(string? cursor) => cursor?.Split(KeySeparator) is [var name, var id] && Guid.TryParse(id, out var guid) ? (name, guid) : null;

    private IQueryable<Item> Shown(IQueryable<InstrumentGroup> groups) => groups.Select(g =>
        new Item(g.Id, g.InstitutionId, g.Name, g.NameEn, g.Description, g.IsActive, db.Set<InstrumentGroupMember>().Count(m => m.GroupId == g.Id), g.Version));

    private static PageOf<T> Page<T>(List<T> rows, int limit, int total, Func<T, string> keyOf)
    {
        var more = rows.Count > limit;
        if (more) rows.RemoveAt(limit);
        return new PageOf<T>(rows, more ? ListQuery.Encode(keyOf(rows[^1])) : null, PageOf<T>.TotalOf(total));
    }
}
