using InstrumentShare.Access;
using InstrumentShare.Kernel;
using InstrumentShare.Persistence;
using Microsoft.EntityFrameworkCore;

namespace InstrumentShare.Catalog;

/// <summary>Who may see and change an instrument.</summary>
public static class ManagedInstruments
{
    /// <summary>The instrument, to be changed: 404 when it is hidden from the caller, 403 when only the change is not allowed.</summary>
    public static async Task<Outcome<Instrument>> FindManagedInstrumentAsync(
        this AppDb db, InstrumentId id, Caller caller, CancellationToken cancel, string permission = CatalogPermissions.ManageInstruments)
    {
        var found = await db.Set<Instrument>().Where(i => i.Id == id)
            .Join(db.Set<Institution>(), i => i.InstitutionId, n => n.Id, (i, n) => new { Instrument = i, n.Region }).SingleOrDefaultAsync(cancel);
        if (found is null) return Problem.NotFound();
        if (caller.May(permission, found.Instrument.ScopeAt(found.Region))) return found.Instrument;
        return found.Instrument.IsVisible ? Problem.Forbidden() : Problem.NotFound();
    }

    /// <summary>Institutions and single instruments that the caller manages; used to filter lists.</summary>
    public static (Guid[] Institutions, Guid[] Instruments) ManagedBy(Caller caller)
    {
        var grants = caller.GrantsOf(CatalogPermissions.ManageInstruments).Where(g => g.ScopeId is not null).ToList();
        return ([.. grants.Where(g => g.ScopeKind == ScopeKind.Institution).Select(g => g.ScopeId!.Value)],
            [.. grants.Where(g => g.ScopeKind == ScopeKind.Instrument).Select(g => g.ScopeId!.Value)]);
    }
}
