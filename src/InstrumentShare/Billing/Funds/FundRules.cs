using InstrumentShare.Catalog;
using InstrumentShare.Kernel;
using InstrumentShare.Persistence;
using NodaTime;

namespace InstrumentShare.Billing.Funds;

/// <param name="IsMine">Whether who books is of its group.</param>
/// <param name="LeftFen">What may still be held of it, the booking's own present hold included.</param>
/// <param name="PartFen">What the booking would hold of it.</param>
public sealed record FundView(Guid Id, string Number, FundState State, LocalDate ValidFrom, LocalDate ValidTo, IReadOnlyList<string> Expenses, bool IsMine, long LeftFen, long PartFen);

/// <summary>What a fund card may be, and what it pays for.</summary>
public static class FundRules
{
    public const int MaxNumber = 50;

    public const int MaxName = 100;

    public const int MaxNameEn = 200;

    /// <summary>The longest window of a fund card.</summary>
    public const int MaxYears = 20;

    /// <summary>What a booking's money is spent on.</summary>
    public static ExpenseKind ExpenseOf(ServiceMode mode) => mode switch
    {
        ServiceMode.SelfOperated => ExpenseKind.MachineTime,
        ServiceMode.Assisted or ServiceMode.Entrusted or ServiceMode.Remote => ExpenseKind.Testing,
        _ => ExpenseKind.Other,
    };

    /// <summary>What is wrong with a fund card by itself: number, names, days, expenses and a credit line of 0 or more.</summary>
    public static List<Problem> Wrong(string? number, string? name, string? nameEn, LocalDate? from, LocalDate? to, IReadOnlyCollection<string> expenses, Money? limit)
    {
        var problems = new List<Problem>();
        if (number is not { Length: > 0 and <= MaxNumber }) problems.Add(Problem.Invalid("fund.number", "number", ("most", MaxNumber)));
        AddNames(problems, name, nameEn);
        if (from is not { Year: >= 1990 and <= 2200 }) problems.Add(Problem.Invalid("fund.days", "validFrom", ("years", MaxYears)));
        else if (to is null || to < from || to > from.Value.PlusYears(MaxYears)) problems.Add(Problem.Invalid("fund.days", "validTo", ("years", MaxYears)));
        if (expenses.Count == 0 || expenses.Any(e => !Word.TryParse<ExpenseKind>(e, out _))) problems.Add(Problem.Invalid("fund.expenses", "expenses", ("known", string.Join(", ", Word.All<ExpenseKind>()))));
        if (limit is not { Fen: >= 0, Currency: Money.Cny } given || given > Ledger.LedgerRules.Most) problems.Add(Problem.Invalid("fund.limit", "limit", ("most", Ledger.LedgerRules.Most)));
        return problems;
    }

    /// <summary>What is wrong with a split: names, and two funds or more that share 100 % exactly, one of them taking what rounding leaves.</summary>
    public static List<Problem> WrongSplit(string? name, string? nameEn, IReadOnlyList<(Guid Fund, int BasisPoints, bool TakesRest)> shares)
    {
        var problems = new List<Problem>();
        AddNames(problems, name, nameEn);
        if (shares.Count < 2 || shares.DistinctBy(s => s.Fund).Count() != shares.Count || shares.Any(s => s.BasisPoints is < 1 or >= Ledger.PostingRules.Whole) || shares.Sum(s => (long)s.BasisPoints) != Ledger.PostingRules.Whole || shares.Count(s => s.TakesRest) != 1)
            problems.Add(Problem.Invalid("fund-split.sum", "shares", ("sum", Percent(shares.Sum(s => (long)s.BasisPoints)))));
        return problems;
    }

    /// <summary>What stands against paying a booking from these funds, the first reason of each fund.</summary>
    /// <param name="on">The day of the use in the owner's zone.</param>
    public static List<Problem> Judge(IReadOnlyList<FundView> funds, LocalDate on, ExpenseKind expense)
    {
        if (funds.Count == 0 || funds.Any(f => !f.IsMine)) return [Problem.Refused("fund.unknown", "fundId")];
        return [.. funds.Select(f => Against(f, on, expense)).OfType<Problem>()];
    }

    /// <summary>What a fund has left is less than what is needed of it.</summary>
    public static Problem Lacking(string number, long leftFen, long neededFen, string field = "fundId") =>
        Problem.Refused("fund.short", field, ("fund", number), ("left", new Money(Math.Max(0, leftFen))), ("needed", new Money(neededFen)));

    private static Problem? Against(FundView f, LocalDate on, ExpenseKind expense)
    {
        if (f.State != FundState.Active) return Problem.Refused("fund.not-active", "fundId", ("fund", f.Number), ("state", f.State));
        if (on < f.ValidFrom || on > f.ValidTo) return Problem.Refused("fund.outside-days", "fundId", ("fund", f.Number), ("on", on), ("from", f.ValidFrom), ("to", f.ValidTo));
        if (!f.Expenses.Contains(Word.Of(expense))) return Problem.Refused("fund.expense", "fundId", ("fund", f.Number), ("expense", expense));
        return f.PartFen > f.LeftFen ? Lacking(f.Number, f.LeftFen, f.PartFen) : null;
    }

    private static string Percent(long basisPoints) => (basisPoints / 100m).ToString("0.##", System.Globalization.CultureInfo.InvariantCulture);

    private static void AddNames(List<Problem> problems, string? name, string? nameEn)
    {
        if (name is not { Length: > 0 and <= MaxName }) problems.Add(Problem.Invalid("fund.name", "name", ("most", MaxName)));
        if (nameEn is not { Length: > 0 and <= MaxNameEn }) problems.Add(Problem.Invalid("fund.name", "nameEn", ("most", MaxNameEn)));
    }
}
