namespace InstrumentShare.Catalog;

/// <summary>The rules of booking that hold for one audience on one date: each setting from the set of greatest rank that says it, else its default.</summary>
public sealed record BookingTerms
{
    public const int DefaultMinMinutes = 15;
    public const int DefaultMaxMinutes = 480;
    public const int DefaultGranularityMinutes = 15;
    public const int DefaultHorizonDays = 30;

    private readonly IReadOnlyList<BookingRuleSet> sets;

    private BookingTerms(IReadOnlyList<BookingRuleSet> sets) => this.sets = sets;

    /// <param name="sets">All that hold, in any order; at least one.</param>
    public static BookingTerms Of(IEnumerable<BookingRuleSet> sets) => new(sets.OrderByDescending(s => s.Rank).ToList());

    /// <summary>The sets that hold, the one of greatest rank first.</summary>
    public IReadOnlyList<BookingRuleSet> Sets => sets;

    public int MinMinutes => Say(s => s.MinMinutes, DefaultMinMinutes);

    public int MaxMinutes => Say(s => s.MaxMinutes, DefaultMaxMinutes);

    public int GranularityMinutes => Say(s => s.GranularityMinutes, DefaultGranularityMinutes);

    public IReadOnlyList<DailySpan> BlockSlots => Say(s => s.BlockSlots) ?? [];

    public int LeadMinutes => Say(s => s.LeadMinutes, 0);

    public int HorizonDays => Say(s => s.HorizonDays, DefaultHorizonDays);

    public int ChangeLeadMinutes => Say(s => s.ChangeLeadMinutes, CancelLeadMinutes);

    public int CancelLeadMinutes => Say(s => s.CancelLeadMinutes, 0);

    public bool LateCancel => Say(s => s.LateCancel, false);

    public int SetupMinutes => Say(s => s.SetupMinutes, 0);

    public int CoolingMinutes => Say(s => s.CoolingMinutes, 0);

    public int? PersonDayMinutes => Limit(s => s.PersonDayMinutes);

    public int? PersonWeekMinutes => Limit(s => s.PersonWeekMinutes);

    public IReadOnlyList<BookingLimit> Limits => Say(s => s.Limits) ?? [];

    public int GapMinutes => Say(s => s.GapMinutes, 0);

    public bool OneAtATime => Say(s => s.OneAtATime, false);

    public bool MembershipRequired => Say(s => s.MembershipRequired, false);

    public bool OffHours => Say(s => s.OffHours, false);

    public bool ClosedOnHolidays => Say(s => s.ClosedOnHolidays, false);

    public int? MakeUpWeekday => Limit(s => s.MakeUpWeekday);

    public IReadOnlyList<ExemptTime> ExemptTimes => Say(s => s.ExemptTimes) ?? [];

    public int? OutsideSharePercent => Limit(s => s.OutsideSharePercent);

    public int OutsideReleaseHours => Say(s => s.OutsideReleaseHours, 0);

    /// <summary>How many days a user has to give feedback after a use; null where none is owed.</summary>
    public int? FeedbackDays => Limit(s => s.FeedbackDays);

    public bool ApprovalRequired => Say(s => s.ApprovalRequired, false);

    public IReadOnlyList<ApprovalRule> Approvals => Say(s => s.Approvals) ?? [];

    public IReadOnlyList<string> Strict => Say(s => s.Strict) ?? [];

    private T? Say<T>(Func<BookingRuleSet, T?> setting) where T : class
    {
        foreach (var set in sets)
            if (setting(set) is { } said) return said;
        return null;
    }

    private T Say<T>(Func<BookingRuleSet, T?> setting, T otherwise) where T : struct
    {
        foreach (var set in sets)
            if (setting(set) is { } said) return said;
        return otherwise;
    }

    private int? Limit(Func<BookingRuleSet, int?> setting) => Say(setting, 0) is > 0 and var limit ? limit : null;
}
