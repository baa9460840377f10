using InstrumentShare.Access;
using InstrumentShare.Kernel;
using InstrumentShare.Usage.Verdicts;
using NodaTime;

namespace InstrumentShare.Integrity;

/// <summary>How credit is counted, entered, appealed against and decided on.</summary>
public static class CreditRules
{
    /// <summary>The score of whom nothing is said against, person or group.</summary>
    public const int Base = 100;

    public const int LowestPoints = -100;

    public const int MaxExpiresDays = 3650;

    public const int MaxText = 500;

    /// <summary>How long an entry may be appealed against.</summary>
    public static readonly Duration AppealWithin = Duration.FromDays(30);

    /// <summary>How long a decision may take.</summary>
    public static readonly Duration DecideWithin = Duration.FromDays(15);

    /// <summary>
    /// The one rule that a booking is entered by: of the rules in force for what was found the gravest, so that a booking
    /// never costs twice. The institution's rule comes before the nearest region's, that before the one for everywhere; a place's
    /// rule that is switched off takes nothing. Null: nothing is entered.
    /// </summary>
    public static CreditRule? RuleFor(IEnumerable<CreditEvent> found, bool isExcused, IReadOnlyList<CreditRule> rules, InstitutionId institution, Region region, LocalDate on) =>
        isExcused ? null : found.Select(f => InForce(f, rules, institution, region, on)).Where(r => r is { IsEnabled: true, Points: < 0 }).MinBy(r => r!.Points);

    /// <summary>What a judgement is called here; null for a booking that was kept.</summary>
    public static CreditEvent? EventOf(BookingVerdict verdict) => verdict switch
    {
        BookingVerdict.Late => CreditEvent.Late,
        BookingVerdict.Overran => CreditEvent.Overran,
        BookingVerdict.LeftEarly => CreditEvent.LeftEarly,
        BookingVerdict.NoShow => CreditEvent.NoShow,
        _ => null,
    };

    /// <summary>The base and the points that count; never below zero.</summary>
    public static int Score(IEnumerable<int> counting) => Math.Max(0, Base + counting.Sum());

    /// <summary>Of thresholds that hold, the strictest that a score is below; null where it is below none. At a threshold is not below it.</summary>
    public static CreditThreshold? Strictest(int score, IEnumerable<CreditThreshold> holding) => holding.Where(t => score < t.Threshold).MaxBy(t => t.Effect);

    /// <summary>What stands against an appeal: whose entry, until when, only once, with a reason of at most 500 characters.</summary>
    public static List<Problem> Appeal(bool isOwn, bool isReversed, bool isAppealed, Instant enteredAt, string? reason, Instant now)
    {
        var problems = new List<Problem>();
        if (!isOwn) problems.Add(Problem.Refused("credit-appeal.not-own"));
        if (isReversed) problems.Add(Problem.Refused("credit-appeal.reversed"));
        else if (isAppealed) problems.Add(Problem.Refused("credit-appeal.once"));
        else if (now > enteredAt + AppealWithin) problems.Add(Problem.Refused("credit-appeal.too-late", null, ("until", enteredAt + AppealWithin)));
        AddReason(problems, reason);
        return problems;
    }

    /// <summary>What stands against a decision: it is open, not one's own, and has a reason.</summary>
    public static List<Problem> Decide(bool isOpen, bool isOwn, string? reason)
    {
        var problems = new List<Problem>();
        if (!isOpen) problems.Add(Problem.Refused("credit-appeal.decided"));
        if (isOwn) problems.Add(Problem.Refused("credit-appeal.own"));
        AddReason(problems, reason);
        return problems;
    }

    /// <summary>What is wrong with a rule: points from -100 to 0, an expiry of 1 to 3650 days, a start today or later.</summary>
    public static List<Problem> Change(CreditEvent? what, int? points, int? expiresDays, LocalDate from, LocalDate today)
    {
        var problems = new List<Problem>();
        if (what is null) problems.Add(Problem.Invalid("credit-rule.event", "event"));
        if (points is null or < LowestPoints or > 0) problems.Add(Problem.Invalid("credit-rule.points", "points", ("lowest", LowestPoints)));
        if (expiresDays is < 1 or > MaxExpiresDays) problems.Add(Problem.Invalid("credit-rule.expires", "expiresDays", ("most", MaxExpiresDays)));
        if (from < today) problems.Add(Problem.Invalid("credit-rule.past", "validFrom", ("today", today)));
        return problems;
    }

    /// <summary>The rule that has the word on an event: the institution's, else the nearest region's, else the one for everywhere; it may be switched off.</summary>
    public static CreditRule? InForce(CreditEvent found, IReadOnlyList<CreditRule> rules, InstitutionId institution, Region region, LocalDate on) => rules
        .Where(r => r.Event == found && r.HoldsOn(on) && (r.InstitutionId is { } own ? own == institution : r.Region is not { } around || around.Covers(region)))
        .MaxBy(r => r.InstitutionId is not null ? int.MaxValue : r.Region?.Code.Length ?? 0);

    private static void AddReason(List<Problem> problems, string? reason)
    {
        if (string.IsNullOrWhiteSpace(reason)) problems.Add(Problem.Invalid("credit-appeal.reason-missing", "reason"));
        else if (reason.Trim().Length > MaxText) problems.Add(Problem.Invalid("credit-appeal.reason-length", "reason", ("most", MaxText)));
    }
}
