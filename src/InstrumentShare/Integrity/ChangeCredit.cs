using InstrumentShare.Access;
using InstrumentShare.Catalog;
using InstrumentShare.Kernel;
using InstrumentShare.Persistence;
using Microsoft.EntityFrameworkCore;
using NodaTime;

namespace InstrumentShare.Integrity;

/// <summary>Puts a rule of an institution or a region, or an instrument's threshold, in force from a date on, today or later; what was entered stays.</summary>
public sealed class ChangeCredit(AppDb db, InstrumentRulesQuery rules, Caller caller, IClock clock)
{
    public sealed record RuleChange(CreditPlace Place, CreditEvent? Event, int? Points, int? ExpiresDays, bool IsEnabled, LocalDate? ValidFrom);

    public async Task<Outcome<CreditRule>> RuleAsync(RuleChange change, CancellationToken cancel)
    {
        await using var transaction = await db.BeginAsync(cancel);
        var ((institutionId, region), zone) = (change.Place, await ZoneAsync(change.Place, cancel));
        if (!zone.IsOk) return Outcome<CreditRule>.Refuse(zone.Problems);
        var now = clock.GetCurrentInstant();
        var today = now.InZone(zone.Value).Date;
        var from = change.ValidFrom ?? today;
        if (CreditRules.Change(change.Event, change.Points, change.ExpiresDays, from, today) is { Count: > 0 } problems) return problems;

        var former = await db.Set<CreditRule>().Where(r => r.InstitutionId == institutionId && r.Region == region && r.Event == change.Event!.Value).ToListAsync(cancel);
        if (former.Exists(r => r.ValidFrom >= from)) return Problem.Refused("credit-rule.overlap", "validFrom");
        foreach (var old in former.Where(r => r.ValidTo is null || r.ValidTo >= from)) old.EndOn(from.PlusDays(-1));
        if (await db.TrySaveAsync(cancel) is { } stale) return stale;
        var rule = new CreditRule
        {
            InstitutionId = institutionId, Region = region, Event = change.Event!.Value, Version = former.Select(r => r.Version).DefaultIfEmpty(0).Max() + 1, Points = change.Points!.Value, ExpiresDays = change.ExpiresDays,
            IsEnabled = change.IsEnabled, ValidFrom = from, CreatedBy = caller.PersonId, CreatedAt = now,
        };
        db.Add(rule);
        caller.Audit(db, now, "credit-rule.change", region is null ? "institution" : "region", region?.Code ?? institutionId!.Value.Value.ToString(), null, new { rule.Event, rule.Points, rule.ExpiresDays, rule.IsEnabled, rule.ValidFrom, rule.Version }, institutionId: institutionId);
        if (await db.TrySaveAsync(cancel) is { } problem) return problem;
        await transaction.CommitAsync(cancel);
        return rule;
    }

    // Where days are counted at a place whose rules the caller may change.
    private async Task<Outcome<DateTimeZone>> ZoneAsync(CreditPlace place, CancellationToken cancel)
    {
        if (place.InstitutionId is null == place.Region is null) return Problem.Invalid("credit-rule.place", "institutionId");
        if (place.Region is { } region)
        {
            if (!RegionCatalog.Instance.Knows(region)) return Problem.Invalid("credit-rule.region-unknown", "region", ("value", region.Code));
            return caller.May(IntegrityPermissions.RegionalRules, new Scope(Region: region)) ? DateTimeZoneProviders.Tzdb["Asia/Shanghai"] : Problem.Forbidden();
        }

        var institution = await db.Set<Institution>().AsNoTracking().SingleOrDefaultAsync(i => i.Id == place.InstitutionId!.Value, cancel);
        if (institution is null) return Problem.NotFound();
        return caller.May(IntegrityPermissions.Rules, new Scope(InstitutionId: institution.Id.Value, Region: institution.Region)) ? DateTimeZoneProviders.Tzdb[institution.TimeZone] : Problem.Forbidden();
    }

    /// <param name="threshold">Null: from the date on there is none for this effect.</param>
    public async Task<Outcome<Done>> ThresholdAsync(InstrumentId id, CreditEffect effect, int? threshold, LocalDate? validFrom, CancellationToken cancel)
    {
        await using var transaction = await db.BeginAsync(cancel);
        var found = await db.FindManagedInstrumentAsync(id, caller, cancel);
        if (!found.IsOk) return Outcome<Done>.Refuse(found.Problems);
        var now = clock.GetCurrentInstant();
        var today = now.InZone(DateTimeZoneProviders.Tzdb[found.Value.TimeZone]).Date;
        var from = validFrom ?? today;
        if (from < today) return Problem.Invalid("credit-threshold.past", "validFrom", ("today", today));
        if (threshold is < 0 or > CreditRules.Base) return Problem.Invalid("credit-threshold.range", "threshold", ("most", CreditRules.Base));

        var standing = await db.Set<CreditThreshold>().Where(t => t.InstrumentId == id && t.Effect == effect && (t.ValidTo == null || t.ValidTo >= from)).ToListAsync(cancel);
        foreach (var old in standing)
        {
            if (old.ValidFrom >= from) db.Remove(old);
            else old.EndOn(from.PlusDays(-1));
        }

        if (await db.TrySaveAsync(cancel) is { } stale) return stale;
        if (threshold is { } below) db.Add(new CreditThreshold { InstrumentId = id, Effect = effect, Threshold = below, ValidFrom = from, CreatedBy = caller.PersonId, CreatedAt = now });
        caller.Audit(db, now, "credit-threshold.change", "instrument", id.Value.ToString(), standing.Select(s => new { s.Effect, s.Threshold }), new { effect, threshold, validFrom = from }, institutionId: found.Value.InstitutionId);
        if (await db.TrySaveAsync(cancel) is { } problem) return problem;
        await RulesVersions.RaiseAsync(db, [id.Value], cancel);
        await transaction.CommitAsync(cancel);
        rules.Forget(id);
        return default(Done);
    }
}
