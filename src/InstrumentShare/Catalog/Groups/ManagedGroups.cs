using InstrumentShare.Access;
using InstrumentShare.Kernel;
using InstrumentShare.Persistence;
using Microsoft.EntityFrameworkCore;

namespace InstrumentShare.Catalog.Groups;

/// <summary>What changes of groups share: who may, and that bookings judged by what was before are judged again.</summary>
internal static class ManagedGroups
{
    public static bool MayManageGroups(this Caller caller, InstitutionId institution) => caller.May(CatalogPermissions.ManageInstruments, new Scope(InstitutionId: institution.Value));

    public static async Task<Outcome<InstrumentGroup>> FindManagedGroupAsync(this AppDb db, InstrumentGroupId id, Caller caller, CancellationToken cancel)
    {
        var group = await db.Set<InstrumentGroup>().SingleOrDefaultAsync(g => g.Id == id, cancel);
        return group is not null && caller.MayManageGroups(group.InstitutionId) ? group : Problem.NotFound();
    }

    /// <summary>Raises the instruments' rules versions, their rows taken in ascending order.</summary>
    public static async Task RaiseRulesAsync(AppDb db, InstrumentRulesQuery rules, IReadOnlyCollection<Guid> instruments, CancellationToken cancel)
    {
        var ids = instruments.Order().ToArray();
        await db.Database.ExecuteSqlAsync($"""
            UPDATE instruments SET rules_version = rules_version + 1
            WHERE id IN (SELECT id FROM instruments WHERE id = ANY({ids}) ORDER BY id FOR NO KEY UPDATE)
            """, cancel);
        foreach (var id in ids) rules.Forget(new InstrumentId(id));
    }
}
