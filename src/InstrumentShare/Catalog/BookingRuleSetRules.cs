using InstrumentShare.Kernel;
using NodaTime;

namespace InstrumentShare.Catalog;

/// <summary>Booking rules as they were sent; what is absent is not said, and a wider set or the default of <see cref="BookingTerms"/> holds.</summary>
public sealed record BookingRulesInput
{
    public LocalDate? ValidFrom { get; init; }

    public LocalDate? ValidTo { get; init; }

    public int? MinMinutes { get; init; }

    public int? MaxMinutes { get; init; }

    public int? GranularityMinutes { get; init; }

    public IReadOnlyList<DailySpan>? BlockSlots { get; init; }

    public int? LeadMinutes { get; init; }

    public int? HorizonDays { get; init; }

    public int? ChangeLeadMinutes { get; init; }

    public int? CancelLeadMinutes { get; init; }

    public bool? LateCancel { get; init; }

    public int? SetupMinutes { get; init; }

    public int? CoolingMinutes { get; init; }

    public int? PersonDayMinutes { get; init; }

    public int? PersonWeekMinutes { get; init; }

    public IReadOnlyList<BookingLimit>? Limits { get; init; }

    public int? GapMinutes { get; init; }

    public bool? OneAtATime { get; init; }

    public bool? MembershipRequired { get; init; }

    public bool? OffHours { get; init; }

    public bool? ClosedOnHolidays { get; init; }

    public int? MakeUpWeekday { get; init; }

    public IReadOnlyList<ExemptTime>? ExemptTimes { get; init; }

    public int? OutsideSharePercent { get; init; }

    public int? OutsideReleaseHours { get; init; }

    public int? FeedbackDays { get; init; }

    public bool? ApprovalRequired { get; init; }

    public IReadOnlyList<ApprovalRule>? Approvals { get; init; }

    public IReadOnlyList<string>? Strict { get; init; }

    public string? Reason { get; init; }
}

/// <summary>Checks booking rules against their bounds and each other. Where a set does not say a setting, the default stands in for it.</summary>
public static class BookingRuleSetRules
{
    /// <summary>31 days.</summary>
    public const int MaxMinutes = 44_640;

    public const int DayMinutes = 1440;

    private const int MostEntries = 20;

    public static List<Problem> Check(BookingRuleSet rules)
    {
        var problems = new List<Problem>();
        Within("minMinutes", rules.MinMinutes, 1, MaxMinutes);
        Within("maxMinutes", rules.MaxMinutes, 1, MaxMinutes);
        Within("granularityMinutes", rules.GranularityMinutes, 1, DayMinutes);
        Within("leadMinutes", rules.LeadMinutes, 0, 365 * DayMinutes);
        Within("horizonDays", rules.HorizonDays, 1, 730);
        Within("changeLeadMinutes", rules.ChangeLeadMinutes, 0, 365 * DayMinutes);
        Within("cancelLeadMinutes", rules.CancelLeadMinutes, 0, 365 * DayMinutes);
        Within("setupMinutes", rules.SetupMinutes, 0, DayMinutes);
        Within("coolingMinutes", rules.CoolingMinutes, 0, DayMinutes);
        Within("personDayMinutes", rules.PersonDayMinutes, 0, DayMinutes);
        Within("personWeekMinutes", rules.PersonWeekMinutes, 0, 7 * DayMinutes);
        Within("gapMinutes", rules.GapMinutes, 0, MaxMinutes);
        Within("makeUpWeekday", rules.MakeUpWeekday, 0, 7);
        Within("outsideSharePercent", rules.OutsideSharePercent, 0, 100);
        Within("outsideReleaseHours", rules.OutsideReleaseHours, 0, 8760);
        Within("feedbackDays", rules.FeedbackDays, 0, 366);
        Within("blockSlots", rules.BlockSlots?.Count, 0, MostEntries);
        Within("limits", rules.Limits?.Count, 0, MostEntries);
        Within("exemptTimes", rules.ExemptTimes?.Count, 0, MostEntries);
        Within("approvals", rules.Approvals?.Count, 0, MostEntries);
        foreach (var step in rules.Approvals ?? [])
        {
            Within("approvals.longerThanMinutes", step.LongerThanMinutes, 1, MaxMinutes);
            Within("approvals.deadlineHours", step.DeadlineHours, 1, ApprovalRule.MaxDeadlineHours);
            if (step.DearerThanFen is < 0 or > ApprovalRule.MaxFen) problems.Add(Problem.Invalid("booking-rules.out-of-bounds", "approvals.dearerThanFen", ("value", step.DearerThanFen), ("min", 0), ("max", ApprovalRule.MaxFen)));
            if (step.DeadlineHours is null && step.AtDeadline != AtDeadline.Remind) problems.Add(Problem.Invalid("booking-rules.no-deadline", "approvals.deadlineHours"));
        }

        Within("reason", rules.Reason?.EnumerateRunes().Count(), 0, 500);
        foreach (var limit in rules.Limits ?? []) Within("limits", limit.Max, 1, limit.Measure == LimitMeasure.Count ? 1000 : MaxMinutes);
        foreach (var span in rules.BlockSlots ?? []) CheckClock("blockSlots", span.FromMinute, span.ToMinute);
        foreach (var time in rules.ExemptTimes ?? [])
        {
            CheckClock("exemptTimes", time.FromMinute, time.ToMinute);
            Within("exemptTimes", time.Weekdays.Count, 1, 7);
            foreach (var weekday in time.Weekdays) Within("exemptTimes", weekday, 1, 7);
        }

        if (problems.Count > 0) return problems;
        AddContradictions(problems, rules);
        return problems;

        void Within(string field, int? value, int min, int max)
        {
            if (value < min || value > max) problems.Add(Problem.Invalid("booking-rules.out-of-bounds", field, ("value", value), ("min", min), ("max", max)));
        }

        void CheckClock(string field, int from, int to)
        {
            Within(field, from, 0, DayMinutes - 1);
            Within(field, to, 0, DayMinutes);
            if (from == to) problems.Add(Problem.Invalid("booking-rules.empty-span", field, ("at", OpeningHoursRules.Clock(from))));
        }
    }

    private static void AddContradictions(List<Problem> problems, BookingRuleSet rules)
    {
        var terms = BookingTerms.Of([rules]);
        var saysLength = rules.MinMinutes is not null || rules.MaxMinutes is not null || rules.GranularityMinutes is not null;
        if (saysLength && terms.MaxMinutes < terms.MinMinutes) problems.Add(Problem.Invalid("booking-rules.max-below-min", "maxMinutes", ("min", terms.MinMinutes), ("max", terms.MaxMinutes)));
        // A day of the clock must hold a whole number of steps, and a shortest booking must be one that can be asked for.
        if (DayMinutes % terms.GranularityMinutes != 0) problems.Add(Problem.Invalid("booking-rules.granularity", "granularityMinutes", ("value", terms.GranularityMinutes)));
        if (saysLength && terms.MaxMinutes < terms.GranularityMinutes) problems.Add(Problem.Invalid("booking-rules.max-below-granularity", "maxMinutes", ("granularity", terms.GranularityMinutes)));
        if ((rules.LeadMinutes ?? rules.HorizonDays) is not null && terms.LeadMinutes >= terms.HorizonDays * DayMinutes) problems.Add(Problem.Invalid("booking-rules.lead-beyond-horizon", "leadMinutes", ("days", terms.HorizonDays)));
        if (rules.ValidTo < rules.ValidFrom) problems.Add(Problem.Invalid("booking-rules.dates", "validTo", ("from", rules.ValidFrom), ("to", rules.ValidTo)));
    }
}
