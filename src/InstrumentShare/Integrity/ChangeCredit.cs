using InstrumentShare.Access;
using InstrumentShare.Catalog;
using InstrumentShare.Kernel;
using InstrumentShare.Persistence;
using Microsoft.EntityFrameworkCore;
using NodaTime;

namespace InstrumentShare.Integrity;

/// <summary>Puts an institution's rule, or an instrument's threshold, in force from a date on, today or later; what was entered stays.</summary>
public sealed class ChangeCredit(AppDb db, InstrumentRulesQuery rules, Caller caller, IClock clock)
{
    public sealed record RuleChange(InstitutionId InstitutionId, CreditEvent? Event, int? Points, int? ExpiresDays, bool IsEnabled, LocalDate? ValidFrom);

    public async Task<Outcome<CreditRule>> RuleAsync(RuleChange change, CancellationToken cancel)
    {
        await using var transaction = await db.BeginAsync(cancel);
        var institution = await db.Set<Institution>().AsNoTracking().SingleOrDefaultAsync(i => i.Id == change.InstitutionId, cancel);
        if (institution is null) return Problem.NotFound();
        if (!caller.May(IntegrityPermissions.Rules, new Scope(InstitutionId: institution.Id.Value, Region: institution.Region))) return Problem.Forbidden();
        var now = clock.GetCurrentInstant();
        var today = now.InZone(DateTimeZoneProviders.Tzdb[institution.TimeZone]).Date;
        var from = change.ValidFrom ?? today;
        if (CreditRules.Change(change.Event, change.Points, change.ExpiresDays, from, today) is { Count: > 0 } problems) return problems;

        var former = await db.Set<CreditRule>().Where(r => r.InstitutionId == institution.Id && r.Event == change.Event!.Value).ToListAsync(cancel);
        if (former.Exists(r => r.ValidFrom >= from)) return Problem.Refused("credit-rule.overlap", "validFrom");
        foreach (var old in former.Where(r => r.ValidTo is null || r.ValidTo >= from)) old.EndOn(from.PlusDays(-1));
        if (await db.TrySaveAsync(cancel) is { } stale) return stale;
        var rule = new CreditRule
        {
            InstitutionId = institution.Id, Event = change.Event!.Value, Version = former.Select(r => r.Version).DefaultIfEmpty(0).Max() + 1, Points = change.Points!.Value, ExpiresDays = change.ExpiresDays,
            IsEnabled = change.IsEnabled, ValidFrom = from, CreatedBy = caller.PersonId, CreatedAt = now,
        };
        db.Add(rule);
        caller.Audit(db, now, "credit-rule.change", "institution", institution.Id.Value.ToString(), null, new { rule.Event, rule.Points, rule.ExpiresDays, rule.IsEnabled, rule.ValidFrom, rule.Version }, institutionId: institution.Id);
        if (await db.TrySaveAsync(cancel) is { } problem) return problem;
        await transaction.CommitAsync(cancel);
        return rule;
    }

    /// <param name="threshold">Null: from the date on there is none.</param>
    public async Task<Outcome<Done>> ThresholdAsync(InstrumentId id, int? threshold, LocalDate? validFrom, CancellationToken cancel)
    {
        await using var transaction = await db.BeginAsync(cancel);
        var found = await db.FindManagedInstrumentAsync(id, caller, cancel);
        if (!found.IsOk) return Outcome<Done>.Refuse(found.Problems);
        var now = clock.GetCurrentInstant();
        var today = now.InZone(DateTimeZoneProviders.Tzdb[found.Value.TimeZone]).Date;
        var from = validFrom ?? today;
        if (from < today) return Problem.Invalid("credit-threshold.past", "validFrom", ("today", today));
        if (threshold is < 0 or > CreditRules.Base) return Problem.Invalid("credit-threshold.range", "threshold", ("most", CreditRules.Base));

        var standing = await db.Set<CreditThreshold>().Where(t => t.InstrumentId == id && (t.ValidTo == null || t.ValidTo >= from)).ToListAsync(cancel);
        foreach (var old in standing)
        {
            if (old.ValidFrom >= from) db.Remove(old);
            else old.EndOn(from.PlusDays(-1));
        }

        if (await db.TrySaveAsync(cancel) is { } stale) return stale;
        if (threshold is { } below) db.Add(new CreditThreshold { InstrumentId = id, Threshold = below, ValidFrom = from, CreatedBy = caller.PersonId, CreatedAt = now });
        caller.Audit(db, now, "credit-threshold.change", "instrument", id.Value.ToString(), standing.Select(s => s.Threshold), new { threshold, validFrom = from }, institutionId: found.Value.InstitutionId);
        if (await db.TrySaveAsync(cancel) is { } problem) return problem;
        await RulesVersions.RaiseAsync(db, [id.Value], cancel);
        await transaction.CommitAsync(cancel);
        rules.Forget(id);
        return default(Done);
    }
}
