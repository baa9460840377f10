using InstrumentShare.Access;
using InstrumentShare.Kernel;
using InstrumentShare.Persistence;
using InstrumentShare.Web;
using Microsoft.EntityFrameworkCore;
using NodaTime;

namespace InstrumentShare.Catalog;

/// <summary>Puts booking rules in force from a date on, or between two dates; what holds outside of them stays.</summary>
public sealed class ChangeBookingRuleSet(AppDb db, Caller caller, InstrumentRulesQuery rules, IClock clock)
{
    public async Task<Outcome<BookingRuleSet>> ReplaceAsync(InstrumentId id, BookingRulesInput input, long? seenVersion, CancellationToken cancel)
    {
        var found = await db.FindManagedInstrumentAsync(id, caller, cancel);
        if (!found.IsOk) return Outcome<BookingRuleSet>.Refuse(found.Problems);
        var (instrument, now) = (found.Value, clock.GetCurrentInstant());
        if (ETags.Stale(seenVersion, instrument.Version) is { } stale) return stale;
        var present = await db.Set<BookingRuleSet>().Where(r => r.InstrumentId == id).ToListAsync(cancel);
        var today = now.InZone(DateTimeZoneProviders.Tzdb[instrument.TimeZone]).Date;
        var set = Read(id, input, today, now);
        var problems = BookingRuleSetRules.Check(set);
        if (set.ValidFrom < today && present.Count > 0) problems.Add(Problem.Refused("booking-rules.in-the-past", "validFrom", ("today", today)));
        if (problems.Count > 0) return problems;

        var before = present.Select(r => r with { }).ToList();
        foreach (var old in present.Where(r => (set.ValidTo is null || r.ValidFrom <= set.ValidTo) && (r.ValidTo is null || r.ValidTo >= set.ValidFrom)))
        {
            if (set.ValidTo is { } last && (old.ValidTo is null || old.ValidTo > last))
                db.Add((old with { Id = BookingRuleSetId.From(Guid.CreateVersion7()), ValidFrom = last.PlusDays(1) }).EndingOn(old.ValidTo));
            if (old.ValidFrom >= set.ValidFrom) db.Remove(old);
            else old.EndingOn(set.ValidFrom.PlusDays(-1));
        }

        db.Add(set);
        instrument.Changed(now, rules: true);
        caller.Audit(db, now, "booking-rules.change", "instrument", id.Value.ToString(), before, set, institutionId: instrument.InstitutionId);
        db.AddEvent("booking-rules.changed", now, id.Value, id.Value, instrument.InstitutionId.Value, payload: new { set.ValidFrom });
        if (await db.TrySaveAsync(cancel) is { } refused) return refused;
        rules.Forget(id);
        return set;
    }

    private BookingRuleSet Read(InstrumentId id, BookingRulesInput input, LocalDate today, Instant now)
    {
        var defaults = new BookingRuleSet { InstrumentId = id, ValidFrom = input.ValidFrom ?? today, CreatedBy = caller.PersonId, CreatedAt = now };
        return (defaults with
        {
            MinMinutes = input.MinMinutes ?? defaults.MinMinutes,
            MaxMinutes = input.MaxMinutes ?? defaults.MaxMinutes,
            GranularityMinutes = input.GranularityMinutes ?? defaults.GranularityMinutes,
            LeadMinutes = input.LeadMinutes ?? defaults.LeadMinutes,
            HorizonDays = input.HorizonDays ?? defaults.HorizonDays,
            CancelLeadMinutes = input.CancelLeadMinutes ?? defaults.CancelLeadMinutes,
            SetupMinutes = input.SetupMinutes ?? defaults.SetupMinutes,
            CoolingMinutes = input.CoolingMinutes ?? defaults.CoolingMinutes,
            PersonDayMinutes = input.PersonDayMinutes,
            PersonWeekMinutes = input.PersonWeekMinutes,
            ApprovalRequired = input.ApprovalRequired ?? defaults.ApprovalRequired,
        }).EndingOn(input.ValidTo);
    }
}
