using InstrumentShare.Access;
using InstrumentShare.Catalog;
using InstrumentShare.Kernel;
using InstrumentShare.Persistence;
using Microsoft.EntityFrameworkCore;
using NodaTime;

namespace InstrumentShare.Usage.Verdicts;

/// <summary>
/// Puts graces in force from a local date on, today or later. What was judged before stays; a booking is judged by what held on
/// the day it began.
/// </summary>
public sealed class ChangeVerdictSettings(AppDb db, Caller caller, IClock clock)
{
    public async Task<Outcome<VerdictSettings>> RunAsync(InstrumentId id, LocalDate? validFrom, VerdictTerms terms, CancellationToken cancel)
    {
        await using var transaction = await db.BeginAsync(cancel);
        var found = await db.FindManagedInstrumentAsync(id, caller, cancel);
        if (!found.IsOk) return Outcome<VerdictSettings>.Refuse(found.Problems);
        var now = clock.GetCurrentInstant();
        var today = now.InZone(DateTimeZoneProviders.Tzdb[found.Value.TimeZone]).Date;
        var from = validFrom ?? today;
        if (VerdictRules.Settings(terms, from, today) is { Count: > 0 } problems) return problems;

        var standing = await db.Set<VerdictSettings>().Where(s => s.InstrumentId == id && (s.ValidTo == null || s.ValidTo >= from)).ToListAsync(cancel);
        foreach (var old in standing)
        {
            if (old.ValidFrom >= from) db.Remove(old); // it never came into force, or only today
            else old.EndOn(from.PlusDays(-1));
        }

        if (await db.TrySaveAsync(cancel) is { } stale) return stale;
        var settings = new VerdictSettings
        {
            InstrumentId = id, ValidFrom = from, UsageControlled = terms.UsageControlled, LateGraceMinutes = terms.LateGraceMinutes, OverGraceMinutes = terms.OverGraceMinutes,
            EarlyGraceMinutes = terms.EarlyGraceMinutes, CreatedBy = caller.PersonId, CreatedAt = now,
        };
        db.Add(settings);
        caller.Audit(db, now, "verdict-settings.change", "instrument", id.Value.ToString(), standing.Select(s => s.Terms), settings.Terms, institutionId: found.Value.InstitutionId);
        if (await db.TrySaveAsync(cancel) is { } problem) return problem;
        await transaction.CommitAsync(cancel);
        return settings;
    }
}
