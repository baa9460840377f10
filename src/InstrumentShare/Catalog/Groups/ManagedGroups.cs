using InstrumentShare.Access;
using InstrumentShare.Kernel;
using InstrumentShare.Persistence;
using Microsoft.EntityFrameworkCore;

namespace InstrumentShare.Catalog.Groups;

/// <summary>Who may change groups of instruments, and one change at a time.</summary>
internal static class ManagedGroups
{
    public static bool MayManageGroups(this Caller caller, InstitutionId institution) => caller.May(CatalogPermissions.ManageInstruments, new Scope(InstitutionId: institution.Value));

    public static async Task<Outcome<InstrumentGroup>> FindManagedGroupAsync(this AppDb db, InstrumentGroupId id, Caller caller, CancellationToken cancel)
    {
        var group = await db.Set<InstrumentGroup>().SingleOrDefaultAsync(g => g.Id == id, cancel);
        return group is not null && caller.MayManageGroups(group.InstitutionId) ? group : Problem.NotFound();
    }

    /// <summary>Holds the group as it is until the transaction ends; take it before the instruments' rows.</summary>
    public static Task LockGroupAsync(this AppDb db, InstrumentGroupId id, CancellationToken cancel) =>
        db.Database.ExecuteSqlAsync($"SELECT 1 FROM instrument_groups WHERE id = {id.Value} FOR UPDATE", cancel);
}
