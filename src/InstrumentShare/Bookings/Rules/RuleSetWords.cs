using InstrumentShare.Access;
using InstrumentShare.Catalog;
using InstrumentShare.Web;

namespace InstrumentShare.Bookings.Rules;

/// <summary>What a set of rules says, setting by setting, in words.</summary>
public static class RuleSetWords
{
    public static IEnumerable<(string Name, string Value)> Of(BookingRulesAnswer set, Words t)
    {
        foreach (var (name, value) in new (string, int?)[]
        {
            ("leadMinutes", set.LeadMinutes), ("horizonDays", set.HorizonDays), ("changeLeadMinutes", set.ChangeLeadMinutes), ("cancelLeadMinutes", set.CancelLeadMinutes),
            ("minMinutes", set.MinMinutes), ("maxMinutes", set.MaxMinutes), ("granularityMinutes", set.GranularityMinutes), ("setupMinutes", set.SetupMinutes), ("coolingMinutes", set.CoolingMinutes),
            ("personDayMinutes", set.PersonDayMinutes), ("personWeekMinutes", set.PersonWeekMinutes), ("gapMinutes", set.GapMinutes),
            ("outsideSharePercent", set.OutsideSharePercent), ("outsideReleaseHours", set.OutsideReleaseHours), ("feedbackDays", set.FeedbackDays),
        })
            if (value is { } number) yield return (t["rules." + name], number.ToString(t.Culture));
        foreach (var (name, value) in new (string, bool?)[]
        {
            ("lateCancel", set.LateCancel), ("offHours", set.OffHours), ("closedOnHolidays", set.ClosedOnHolidays), ("oneAtATime", set.OneAtATime), ("membershipRequired", set.MembershipRequired), ("approvalRequired", set.ApprovalRequired),
        })
            if (value is { } yes) yield return (t["rules." + name], t[yes ? "rules.yes" : "rules.no"]);
        if (set.MakeUpWeekday is > 0 and { } weekday) yield return (t["rules.makeUpWeekday"], RuleWords.Weekday(weekday, t));
        if (set.BlockSlots is { Count: > 0 } blocks) yield return (t["rules.blockSlots"], string.Join(", ", blocks.Select(b => Span(b.FromMinute, b.ToMinute))));
        foreach (var time in set.ExemptTimes ?? []) yield return (t["rules.exemptTimes"], $"{string.Join(t.IsChinese ? "、" : ", ", time.Weekdays.Select(d => RuleWords.Weekday(d, t)))} {Span(time.FromMinute, time.ToMinute)}");
        foreach (var limit in set.Limits ?? [])
            yield return (t["rules.limits"], t[limit.Rolling ? "rules.limit-rolling" : "rules.limit", ("per", limit.Per), ("window", limit.Window), ("max", limit.Max), ("measure", limit.Measure)]);
        if (set.Approvals is { Count: > 0 } steps) yield return (t["approval.steps"], string.Join(" → ", steps.Select(s => t.Of("approver", s.By))));
        if (set.Strict is { Count: > 0 } strict) yield return (t["rules.strict"], string.Join(t.IsChinese ? "、" : ", ", CheckBooking.OverridableGates.Where(g => CheckBooking.CodesOf(g).Any(strict.Contains)).Select(g => t["gate." + g])));
    }

    private static string Span(int from, int to) => $"{OpeningHoursRules.Clock(from)}–{OpeningHoursRules.Clock(to)}";
}
