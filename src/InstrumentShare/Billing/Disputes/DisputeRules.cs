using InstrumentShare.Kernel;
using NodaTime;

namespace InstrumentShare.Billing.Disputes;

/// <summary>For how long and for what a charge is disputed, and how that is decided.</summary>
public static class DisputeRules
{
    public const int MaxText = 500;

    /// <summary>The last day on which a charge may be disputed: the day of its issue and as many calendar days more.</summary>
    public static LocalDate Until(LocalDate issuedOn, int reviewDays) => issuedOn.PlusDays(reviewDays);

    /// <summary>What stands against a dispute: the charge stands and was not disputed yet, its review days are not over, a reason of 1 to 500 characters.</summary>
    public static List<Problem> State(Charge charge, bool wasDisputed, LocalDate until, LocalDate today, string? reason)
    {
        var problems = new List<Problem>();
        if (charge.Kind != ChargeKind.Charge || charge.Status != ChargeStatus.Issued) problems.Add(Problem.Refused("charge-dispute.not-issued"));
        else if (wasDisputed) problems.Add(Problem.Refused("charge-dispute.once"));
        else if (today > until) problems.Add(Problem.Refused("charge-dispute.too-late", null, ("until", until)));
        AddReason(problems, reason);
        return problems;
    }

    /// <summary>What stands against a decision: it is open and about nobody's own, has a reason, and where it adjusts, an amount from 0 to below that of the charge.</summary>
    /// <param name="isOwn">Whether who decides stated it or was charged.</param>
    public static List<Problem> Decide(bool isOpen, bool isOwn, bool uphold, Money? amount, Money charged, string? reason)
    {
        var problems = new List<Problem>();
        if (!isOpen) problems.Add(Problem.Refused("charge-dispute.decided"));
        if (isOwn) problems.Add(Problem.Refused("charge-dispute.own"));
        if (uphold && (amount is not { Fen: >= 0 } given || given.Currency != charged.Currency || given >= charged)) problems.Add(Problem.Invalid("charge-dispute.amount", "amount", ("charged", charged)));
        AddReason(problems, reason);
        return problems;
    }

    private static void AddReason(List<Problem> problems, string? reason)
    {
        if (string.IsNullOrWhiteSpace(reason)) problems.Add(Problem.Invalid("charge-dispute.reason-missing", "reason"));
        else if (reason.Trim().Length > MaxText) problems.Add(Problem.Invalid("charge-dispute.reason-length", "reason", ("most", MaxText)));
    }
}
