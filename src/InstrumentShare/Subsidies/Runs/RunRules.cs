using InstrumentShare.Kernel;
using InstrumentShare.Subsidies.Engine;
using InstrumentShare.Subsidies.Language;
using NodaTime;

namespace InstrumentShare.Subsidies;

/// <summary>What stands against a run, and against making it final for payment.</summary>
public static class RunRules
{
    /// <summary>Longest accrual window, in years.</summary>
    public const int LongestYears = 5;

    /// <summary>Problems of the request itself.</summary>
    public static List<Problem> OfRequest(LocalDate? from, LocalDate? to, long? budgetFen)
    {
        var problems = new List<Problem>();
        if (from is null) problems.Add(Problem.Invalid("subsidy.run-window-missing", "from"));
        if (to is null) problems.Add(Problem.Invalid("subsidy.run-window-missing", "to"));
        if (from > to) problems.Add(Problem.Invalid("subsidy.window-crossed", "from", ("from", from), ("to", to)));
        else if (from is { } f && to is { } t && f.Year > 1 && t.Year < 9990 && f.PlusYears(LongestYears) <= t)
            problems.Add(Problem.Invalid("subsidy.window-too-long", "to", ("years", LongestYears)));
        if (budgetFen < 0) problems.Add(Problem.Invalid("subsidy.facts.negative", "budget", ("value", new Money(budgetFen.Value).ToString())));
        return problems;
    }

    /// <summary>The whole window must lie in the policy's validity, and no figure may be blank.</summary>
    public static List<Problem> OfPolicy(SubsidyPolicy policy, AccrualWindow window)
    {
        var problems = Blanks(policy);
        if (!policy.IsInForce(window.From, window.To))
            problems.Add(Problem.Refused("subsidy.policy-not-in-force", "from", ("from", policy.ValidFrom), ("to", policy.ValidTo)));
        return problems;
    }

    public static List<Problem> Blanks(SubsidyPolicy policy) =>
        [.. policy.Blanks.Select(b => Problem.Refused("subsidy.figure-blank", "policyId", ("figure", b.Clause.Name)))];

    /// <summary>
    /// Why a calculated run cannot be final: figures not verified need a name beside them, a second reading must be settled
    /// in the text, and claims for the window may still come in.
    /// </summary>
    public static List<Problem> OfFinal(SubsidyPolicy policy, AccrualWindow window, RunStatus status, IReadOnlyCollection<string> confirmed, LocalDate today)
    {
        if (status != RunStatus.Calculated) return [Problem.Refused("subsidy.run-not-calculated", "status", ("status", status))];
        var problems = Blanks(policy);
        problems.AddRange(policy.Unsettled.Select(c => Problem.Refused("subsidy.figure-unsettled", c.Name, ("figure", c.Name))));
        problems.AddRange(policy.ToConfirm.Where(c => !confirmed.Contains(c.Name))
            .Select(c => Problem.Refused("subsidy.figure-unconfirmed", c.Name, ("figure", c.Name), ("citation", c.Citation))));
        if (ClaimsCloseOn(policy, window) is { } closes && today <= closes) problems.Add(Problem.Refused("subsidy.claims-open", null, ("closes", closes)));
        else if (today <= window.To) problems.Add(Problem.Refused("subsidy.window-open", null, ("to", window.To)));
        return problems;
    }

    /// <summary>The last day of the first claim window that begins after the accrual window; null when the policy names none.</summary>
    public static LocalDate? ClaimsCloseOn(SubsidyPolicy policy, AccrualWindow window) => policy.ClaimWindows
        .SelectMany(c => new[] { c.From.InYear(window.To.Year), c.From.InYear(window.To.Year + 1) }.Select(from => (From: from, To: c.To.InYear(from.Year))))
        .Where(c => c.From > window.To).OrderBy(c => c.From).Select(c => (LocalDate?)c.To).FirstOrDefault();
}
