using InstrumentShare.Persistence;
using Microsoft.EntityFrameworkCore;

namespace InstrumentShare.Catalog;

/// <summary>Makes decisions void that were read before a change which concerns many instruments at once.</summary>
internal static class RulesVersions
{
    /// <summary>Raises the instruments' rules versions in the transaction of the change, their rows taken in ascending order. Forget the rules in memory after it is committed.</summary>
    public static Task RaiseAsync(AppDb db, IEnumerable<Guid> instruments, CancellationToken cancel)
    {
        var ids = instruments.Order().ToArray();
        return db.Database.ExecuteSqlAsync($"""
            UPDATE instruments SET rules_version = rules_version + 1
            WHERE id IN (SELECT id FROM instruments WHERE id = ANY({ids}) ORDER BY id FOR NO KEY UPDATE)
            """, cancel);
    }

    public static void Forget(this InstrumentRulesQuery rules, IEnumerable<Guid> instruments)
    {
        foreach (var id in instruments) rules.Forget(new InstrumentId(id));
    }
}
