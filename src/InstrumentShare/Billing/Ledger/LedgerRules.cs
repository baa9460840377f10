using InstrumentShare.Kernel;
using NodaTime;

namespace InstrumentShare.Billing.Ledger;

/// <summary>What may be entered by hand, and which months close.</summary>
public static class LedgerRules
{
    /// <summary>The most that one entry moves: a thousand million yuan. A typing error of some digits does not pass.</summary>
    public static readonly Money Most = new(100_000_000_000);

    public const int MaxReason = 500;

    /// <summary>What is wrong with an amount by itself: above nothing, at most <see cref="Most"/>, in yuan with two decimals.</summary>
    public static List<Problem> Amount(Money? amount)
    {
        if (amount is not { } given) return [Problem.Invalid("ledger.amount-missing", "amount")];
        return given.Currency != Money.Cny || given.Fen is <= 0 || given.Fen > Most.Fen ? [Problem.Invalid("ledger.amount", "amount", ("value", given), ("most", Most))] : [];
    }

    /// <summary>A reason of 1 to 500 characters is always asked for.</summary>
    public static List<Problem> Reason(string? reason)
    {
        if (string.IsNullOrWhiteSpace(reason)) return [Problem.Invalid("ledger.reason-missing", "reason")];
        return reason.Trim().Length > MaxReason ? [Problem.Invalid("ledger.reason-length", "reason", ("most", MaxReason))] : [];
    }

    /// <summary>The month that may be closed next: after the last one, or without one that of the first entry. Null while there is nothing to close.</summary>
    public static LocalDate? NextMonth(LocalDate? lastClosed, LocalDate? firstEntry) => lastClosed?.PlusMonths(1) ?? (firstEntry is { } first ? (LocalDate?)first.With(DateAdjusters.StartOfMonth) : null);

    /// <summary>What stands against closing a month: it is the next one and over in the institution's zone.</summary>
    public static List<Problem> Close(LocalDate? month, LocalDate? next, LocalDate today)
    {
        if (month is not { Day: 1, Year: >= 1990 and <= 2200 } asked) return [Problem.Invalid("ledger.period-month", "month")];
        if (asked.PlusMonths(1) > today) return [Problem.Refused("ledger.period-open", "month", ("until", asked.PlusMonths(1).PlusDays(-1)))];
        return asked == next ? [] : [Problem.Refused("ledger.period-order", "month", ("next", next))];
    }
}
