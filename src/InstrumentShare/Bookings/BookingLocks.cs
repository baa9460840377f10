using InstrumentShare.Catalog;
using InstrumentShare.Persistence;
using Microsoft.EntityFrameworkCore;

namespace InstrumentShare.Bookings;

/// <summary>What a change holds until its transaction ends.</summary>
internal static class BookingLocks
{
    /// <summary>Keeps the rules of one or several instruments as they were read from changing; false when some have changed already.</summary>
    public static async Task<bool> HoldRulesAsync(AppDb db, IReadOnlyCollection<InstrumentRules> instruments, CancellationToken cancel)
    {
        foreach (var instrument in instruments.OrderBy(i => i.Id.Value.ToString(), StringComparer.Ordinal))
            if (!await HoldRulesAsync(db, instrument, cancel)) return false;
        return true;
    }

    /// <summary>Keeps the rules as they were read from changing; false when they have changed already.</summary>
    public static async Task<bool> HoldRulesAsync(AppDb db, InstrumentRules instrument, CancellationToken cancel) =>
        (await db.Database.SqlQuery<long>($"SELECT rules_version AS \"Value\" FROM instruments WHERE id = {instrument.Id.Value} AND rules_version = {instrument.RulesVersion} FOR SHARE").ToListAsync(cancel)).Count == 1;
}
