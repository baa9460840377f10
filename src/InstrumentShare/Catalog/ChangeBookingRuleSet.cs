using InstrumentShare.Access;
using InstrumentShare.Catalog.Groups;
using InstrumentShare.Kernel;
using InstrumentShare.Persistence;
using InstrumentShare.Web;
using Microsoft.EntityFrameworkCore;
using NodaTime;

namespace InstrumentShare.Catalog;

/// <summary>Puts booking rules in force for a place and an audience, from a date on or between two dates; what holds outside of them stays.</summary>
public sealed class ChangeBookingRuleSet(AppDb db, Caller caller, InstrumentRulesQuery rules, IClock clock)
{
    /// <summary>A place that was found, and may be changed by the caller.</summary>
    private sealed record Place(Instrument? Instrument, InstitutionId? InstitutionId, DateTimeZone Zone);

    public Task<Outcome<BookingRuleSet>> ReplaceAsync(InstrumentId id, BookingRulesInput input, long? seenVersion, CancellationToken cancel) =>
        ReplaceAsync(new RuleTarget(id), input, seenVersion, cancel);

    public async Task<Outcome<BookingRuleSet>> ReplaceAsync(RuleTarget target, BookingRulesInput input, long? seenVersion, CancellationToken cancel)
    {
        var found = await FindAsync(target, cancel);
        if (!found.IsOk) return Outcome<BookingRuleSet>.Refuse(found.Problems);
        var (place, now) = (found.Value, clock.GetCurrentInstant());
        if (place.Instrument is not null && ETags.Stale(seenVersion, place.Instrument.Version) is { } stale) return stale;
        await using var transaction = await db.BeginAsync(cancel);
        var present = await SetsOf(target).ToListAsync(cancel);
        var today = now.InZone(place.Zone).Date;
        var set = Read(target, input, today, now);
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
        return await SaveAsync(transaction, target, place, before, set, now, cancel);
    }

    /// <summary>What would be put in force, checked like that and not written; with the zone in which its days are counted.</summary>
    public async Task<Outcome<(BookingRuleSet Set, DateTimeZone Zone)>> DraftAsync(RuleTarget target, BookingRulesInput input, CancellationToken cancel)
    {
        var found = await FindAsync(target, cancel);
        if (!found.IsOk) return Outcome<(BookingRuleSet, DateTimeZone)>.Refuse(found.Problems);
        var now = clock.GetCurrentInstant();
        var set = Read(target, input, now.InZone(found.Value.Zone).Date, now);
        if (BookingRuleSetRules.Check(set) is { Count: > 0 } problems) return problems;
        return (set, found.Value.Zone);
    }

    /// <summary>Ends a set with a day as its last; wider rules hold from then on.</summary>
    public async Task<Outcome<BookingRuleSet>> EndAsync(BookingRuleSetId id, LocalDate? lastDay, CancellationToken cancel)
    {
        if (await db.Set<BookingRuleSet>().SingleOrDefaultAsync(s => s.Id == id, cancel) is not { } set) return Problem.NotFound();
        var found = await FindAsync(RuleTarget.Of(set), cancel);
        if (!found.IsOk) return found.Problems is [{ Kind: ProblemKind.Forbidden }] ? Problem.NotFound() : Outcome<BookingRuleSet>.Refuse(found.Problems);
        var now = clock.GetCurrentInstant();
        var yesterday = now.InZone(found.Value.Zone).Date.PlusDays(-1);
        if (lastDay is null || lastDay < yesterday) return Problem.Refused("booking-rules.in-the-past", "validTo", ("today", yesterday.PlusDays(1)));
        if (lastDay < set.ValidFrom || set.ValidTo <= lastDay) return Problem.Refused("booking-rules.dates", "validTo", ("from", set.ValidFrom), ("to", lastDay));
        await using var transaction = await db.BeginAsync(cancel);
        var before = set with { };
        set.EndingOn(lastDay);
        return await SaveAsync(transaction, RuleTarget.Of(set), found.Value, [before], set, now, cancel);
    }

    private async Task<Outcome<BookingRuleSet>> SaveAsync(UseCaseTransaction transaction, RuleTarget target, Place place, IReadOnlyList<BookingRuleSet> before, BookingRuleSet set, Instant now, CancellationToken cancel)
    {
        place.Instrument?.Changed(now, rules: true);
        var (kind, subject) = SubjectOf(target);
        caller.Audit(db, now, "booking-rules.change", kind, subject, before, set, set.Reason, place.InstitutionId);
        db.AddEvent("booking-rules.changed", now, target.InstrumentId?.Value ?? set.Id.Value, target.InstrumentId?.Value, place.InstitutionId?.Value, payload: new { set.ValidFrom });
        if (await db.TrySaveAsync(cancel) is { } refused) return refused;
        if (place.Instrument is null) await RaiseVersionsAsync(target, cancel);
        await transaction.CommitAsync(cancel);
        if (target.InstrumentId is { } instrument) rules.Forget(instrument);
        else rules.ForgetAll();
        return set;
    }

    // In one order, so that two such changes wait for each other rather than deadlock.
    private Task<int> RaiseVersionsAsync(RuleTarget target, CancellationToken cancel) => db.Database.ExecuteSqlAsync($"""
        UPDATE instruments SET rules_version = rules_version + 1 WHERE id IN (
            SELECT i.id FROM instruments i JOIN institutions n ON n.id = i.institution_id
            WHERE i.institution_id = {target.InstitutionId.GetValueOrDefault().Value} OR starts_with(n.region, {target.Region?.Code ?? "-"})
               OR i.id IN (SELECT instrument_id FROM instrument_group_members WHERE group_id = {target.InstrumentGroupId.GetValueOrDefault().Value})
            ORDER BY i.id FOR UPDATE OF i)
        """, cancel);

    private IQueryable<BookingRuleSet> SetsOf(RuleTarget t) => db.Set<BookingRuleSet>().Where(s =>
        s.InstrumentId == t.InstrumentId && s.InstrumentGroupId == t.InstrumentGroupId && s.InstitutionId == t.InstitutionId && s.Region == t.Region
        && s.UserClass == t.UserClass && s.UserInstitutionId == t.UserInstitutionId && s.UserGroupId == t.UserGroupId);

    private async Task<Outcome<Place>> FindAsync(RuleTarget target, CancellationToken cancel)
    {
        if (target.Check().ToList() is { Count: > 0 } wrong) return wrong;
        if (target.UserInstitutionId is { } users && !await db.Set<Institution>().AnyAsync(i => i.Id == users, cancel)) return Problem.Invalid("booking-rules.audience-unknown", "userInstitutionId", ("value", users.Value));
        if (target.UserGroupId is { } group && !await db.Set<Group>().AnyAsync(g => g.Id == group, cancel)) return Problem.Invalid("booking-rules.audience-unknown", "userGroupId", ("value", group.Value));
        if (target.InstrumentId is { } id)
        {
            var found = await db.FindManagedInstrumentAsync(id, caller, cancel);
            return found.IsOk ? new Place(found.Value, found.Value.InstitutionId, DateTimeZoneProviders.Tzdb[found.Value.TimeZone]) : Outcome<Place>.Refuse(found.Problems);
        }

        if (target.Region is { } region)
            return caller.May(CatalogPermissions.ManageRegionalRules, new Scope(Region: region)) ? new Place(null, null, DateTimeZoneProviders.Tzdb["Asia/Shanghai"]) : Problem.Forbidden();
        var institutionId = target.InstitutionId ?? await db.Set<InstrumentGroup>().Where(g => g.Id == target.InstrumentGroupId).Select(g => (InstitutionId?)g.InstitutionId).SingleOrDefaultAsync(cancel);
        var institution = institutionId is null ? null : await db.Set<Institution>().AsNoTracking().SingleOrDefaultAsync(i => i.Id == institutionId, cancel);
        if (institution is null) return Problem.NotFound();
        return caller.May(CatalogPermissions.ManageInstruments, new Scope(InstitutionId: institution.Id.Value, Region: institution.Region))
            ? new Place(null, institution.Id, DateTimeZoneProviders.Tzdb[institution.TimeZone])
            : Problem.Forbidden();
    }

    private static (string Kind, string Id) SubjectOf(RuleTarget target) => target switch
    {
        { InstrumentId: { } id } => ("instrument", id.Value.ToString()),
        { InstrumentGroupId: { } id } => ("instrumentGroup", id.Value.ToString()),
        { InstitutionId: { } id } => ("institution", id.Value.ToString()),
        _ => ("region", target.Region!.Value.Code),
    };

    private BookingRuleSet Read(RuleTarget target, BookingRulesInput input, LocalDate today, Instant now) => new BookingRuleSet
    {
        InstrumentId = target.InstrumentId, InstrumentGroupId = target.InstrumentGroupId, InstitutionId = target.InstitutionId, Region = target.Region,
        UserClass = target.UserClass, UserInstitutionId = target.UserInstitutionId, UserGroupId = target.UserGroupId,
        ValidFrom = input.ValidFrom ?? today, CreatedBy = caller.PersonId, CreatedAt = now, Reason = string.IsNullOrWhiteSpace(input.Reason) ? null : input.Reason.Trim(),
        MinMinutes = input.MinMinutes, MaxMinutes = input.MaxMinutes, GranularityMinutes = input.GranularityMinutes, BlockSlots = input.BlockSlots,
        LeadMinutes = input.LeadMinutes, HorizonDays = input.HorizonDays, ChangeLeadMinutes = input.ChangeLeadMinutes, CancelLeadMinutes = input.CancelLeadMinutes, LateCancel = input.LateCancel,
        SetupMinutes = input.SetupMinutes, CoolingMinutes = input.CoolingMinutes, PersonDayMinutes = input.PersonDayMinutes, PersonWeekMinutes = input.PersonWeekMinutes,
        Limits = input.Limits, GapMinutes = input.GapMinutes, OneAtATime = input.OneAtATime, MembershipRequired = input.MembershipRequired, OffHours = input.OffHours,
        ClosedOnHolidays = input.ClosedOnHolidays, MakeUpWeekday = input.MakeUpWeekday, ExemptTimes = input.ExemptTimes,
        OutsideSharePercent = input.OutsideSharePercent, OutsideReleaseHours = input.OutsideReleaseHours, FeedbackDays = input.FeedbackDays, ApprovalRequired = input.ApprovalRequired, Approvals = input.Approvals, Strict = input.Strict,
    }.EndingOn(input.ValidTo);
}
