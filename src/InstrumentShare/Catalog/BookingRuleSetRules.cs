using InstrumentShare.Kernel;
using NodaTime;

namespace InstrumentShare.Catalog;

/// <summary>Booking rules as they were sent; what is absent has the default of <see cref="BookingRuleSet"/>.</summary>
public sealed record BookingRulesInput(
    LocalDate? ValidFrom, LocalDate? ValidTo, int? MinMinutes, int? MaxMinutes, int? GranularityMinutes, int? LeadMinutes, int? HorizonDays, int? CancelLeadMinutes,
    int? SetupMinutes, int? CoolingMinutes, int? PersonDayMinutes, int? PersonWeekMinutes, bool? ApprovalRequired);

/// <summary>Checks booking rules against their bounds and each other.</summary>
public static class BookingRuleSetRules
{
    /// <summary>31 days.</summary>
    public const int MaxMinutes = 44_640;

    public const int DayMinutes = 1440;

    public static List<Problem> Check(BookingRuleSet rules)
    {
        var problems = new List<Problem>();
        Within("minMinutes", rules.MinMinutes, 1, MaxMinutes);
        Within("maxMinutes", rules.MaxMinutes, 1, MaxMinutes);
        Within("granularityMinutes", rules.GranularityMinutes, 1, DayMinutes);
        Within("leadMinutes", rules.LeadMinutes, 0, 365 * DayMinutes);
        Within("horizonDays", rules.HorizonDays, 1, 730);
        Within("cancelLeadMinutes", rules.CancelLeadMinutes, 0, 365 * DayMinutes);
        Within("setupMinutes", rules.SetupMinutes, 0, DayMinutes);
        Within("coolingMinutes", rules.CoolingMinutes, 0, DayMinutes);
        Within("personDayMinutes", rules.PersonDayMinutes, 1, DayMinutes);
        Within("personWeekMinutes", rules.PersonWeekMinutes, 1, 7 * DayMinutes);
        if (problems.Count > 0) return problems;
        if (rules.MaxMinutes < rules.MinMinutes) problems.Add(Problem.Invalid("booking-rules.max-below-min", "maxMinutes", ("min", rules.MinMinutes), ("max", rules.MaxMinutes)));
        // A day of the clock must hold a whole number of steps, and a shortest booking must be one that can be asked for.
        if (DayMinutes % rules.GranularityMinutes != 0) problems.Add(Problem.Invalid("booking-rules.granularity", "granularityMinutes", ("value", rules.GranularityMinutes)));
        if (rules.MaxMinutes < rules.GranularityMinutes) problems.Add(Problem.Invalid("booking-rules.max-below-granularity", "maxMinutes", ("granularity", rules.GranularityMinutes)));
        if (rules.LeadMinutes >= rules.HorizonDays * DayMinutes) problems.Add(Problem.Invalid("booking-rules.lead-beyond-horizon", "leadMinutes", ("days", rules.HorizonDays)));
        if (rules.ValidTo < rules.ValidFrom) problems.Add(Problem.Invalid("booking-rules.dates", "validTo", ("from", rules.ValidFrom), ("to", rules.ValidTo)));
        return problems;

        void Within(string field, int? value, int min, int max)
        {
            if (value < min || value > max) problems.Add(Problem.Invalid("booking-rules.out-of-bounds", field, ("value", value), ("min", min), ("max", max)));
        }
    }
}
