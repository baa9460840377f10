using InstrumentShare.Catalog;
using InstrumentShare.Persistence;
using Microsoft.EntityFrameworkCore;

namespace InstrumentShare.Bookings;

/// <summary>What a change holds until its transaction ends, always in this order: the instrument's moves, then its rules.</summary>
internal static class BookingLocks
{
    /// <summary>Lets one move at a time look for room on an instrument; in ascending order where there are several.</summary>
    public static async Task HoldMovesAsync(AppDb db, IEnumerable<InstrumentId> instruments, CancellationToken cancel)
    {
        foreach (var id in instruments.Select(i => i.Value).Order())
            await db.Database.ExecuteSqlAsync($"SELECT pg_advisory_xact_lock(hashtextextended('instrument-moves:' || {id}::text, 0))", cancel);
    }

    /// <summary>Keeps the rules as they were read from changing; false when they have changed already.</summary>
    public static async Task<bool> HoldRulesAsync(AppDb db, InstrumentRules instrument, CancellationToken cancel) =>
        (await db.Database.SqlQuery<long>($"SELECT rules_version AS \"Value\" FROM instruments WHERE id = {instrument.Id.Value} AND rules_version = {instrument.RulesVersion} FOR SHARE").ToListAsync(cancel)).Count == 1;
}
