using InstrumentShare.Access;
using InstrumentShare.Catalog;
using InstrumentShare.Persistence;
using InstrumentShare.Web;
using Microsoft.EntityFrameworkCore;

namespace InstrumentShare.Orders.Items;

public sealed record NamedPlace(Guid Id, string Name, string NameEn);

public sealed record TestItemRow(TestItemId Id, NamedPlace Institution, NamedPlace? Instrument, string Name, string NameEn, string Description, int MinutesPerSample, bool IsActive, long Version);

/// <summary>What labs do on samples sent in.</summary>
public sealed class TestItemQueries(AppDb db, Caller caller)
{
    /// <summary>More than any instrument offers.</summary>
    private const int Most = 200;

    /// <summary>What can be ordered at an instrument: its own items, then those of its institution that belong to no instrument.</summary>
    public Task<List<TestItemRow>> OfInstrumentAsync(InstrumentId id, CancellationToken cancel) => Rows(db.Set<TestItem>()
        .Where(i => i.IsActive && (i.InstrumentId == id || (i.InstrumentId == null && db.Set<Instrument>().Any(x => x.Id == id && x.InstitutionId == i.InstitutionId))))
        .OrderBy(i => i.InstrumentId == null).ThenBy(i => i.Name)).Take(Most).ToListAsync(cancel);

    /// <summary>What can be ordered of an institution without naming an instrument.</summary>
    public Task<List<TestItemRow>> OfInstitutionAsync(InstitutionId id, CancellationToken cancel) => Rows(db.Set<TestItem>()
        .Where(i => i.IsActive && i.InstitutionId == id && i.InstrumentId == null).OrderBy(i => i.Name)).Take(Most).ToListAsync(cancel);

    /// <summary>Whether an instrument takes orders: others may see it, it works, and something is offered on it.</summary>
    public Task<bool> TakesOrdersAsync(InstrumentId id, CancellationToken cancel) =>
        db.Set<Instrument>().AnyAsync(i => i.Id == id && i.IsVisible && i.Sharing != Sharing.None && db.Set<TestItem>().Any(t => t.InstrumentId == id && t.IsActive), cancel);

    /// <summary>In the order of their making.</summary>
    /// <param name="after">The last id seen.</param>
    public async Task<PageOf<TestItemRow>> ListAsync(Guid? instrument, Guid? institution, bool managed, Guid? after, int limit, CancellationToken cancel)
    {
        var items = db.Set<TestItem>().AsQueryable();
        if (managed)
        {
            var sight = await OrderSight.OfAsync(db, caller, OrderPermissions.Quote, cancel);
            if (!sight.Everything)
            {
                var (institutions, instruments) = (sight.Institutions.Select(i => new InstitutionId(i)).ToList(), sight.Instruments.Select(i => (InstrumentId?)new InstrumentId(i)).ToList());
                items = items.Where(i => institutions.Contains(i.InstitutionId) || instruments.Contains(i.InstrumentId));
            }
        }
        else items = items.Where(i => i.IsActive);

        if (instrument is { } one) items = items.Where(i => i.InstrumentId == new InstrumentId(one));
        if (institution is { } owner) items = items.Where(i => i.InstitutionId == new InstitutionId(owner));
        var total = await items.OrderBy(i => i.Id).CountUpToAsync(cancel);
        var rows = await Rows((after is { } id ? items.Where(i => (Guid)(object)i.Id > id) : items).OrderBy(i => i.Id)).Take(limit + 1).ToListAsync(cancel);
        var more = rows.Count > limit;
        if (more) rows.RemoveAt(limit);
        return new PageOf<TestItemRow>(rows, more ? ListQuery.Encode(rows[^1].Id.Value.ToString()) : null, PageOf<int>.TotalOf(total));
    }

    public async Task<TestItemRow?> OneAsync(TestItemId id, CancellationToken cancel) => await Rows(db.Set<TestItem>().Where(i => i.Id == id).OrderBy(i => i.Id)).SingleOrDefaultAsync(cancel);

    private IQueryable<TestItemRow> Rows(IQueryable<TestItem> items) => items.AsNoTracking().Select(i => new TestItemRow(
        i.Id, db.Set<Institution>().Where(n => n.Id == i.InstitutionId).Select(n => new NamedPlace((Guid)(object)n.Id, n.Name, n.NameEn)).Single(),
        db.Set<Instrument>().Where(x => x.Id == i.InstrumentId).Select(x => new NamedPlace((Guid)(object)x.Id, x.Name, x.NameEn)).SingleOrDefault(),
        i.Name, i.NameEn, i.Description, i.MinutesPerSample, i.IsActive, i.Version));
}
