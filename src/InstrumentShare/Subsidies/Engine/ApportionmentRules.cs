using InstrumentShare.Subsidies.Language;

namespace InstrumentShare.Subsidies.Engine;

/// <summary>
/// Shares a budget that is too small: each entry × budget ÷ sum, cut to the fen; the fen left over go one each
/// to the largest remainders, ties in ordinal order of kind, id and payer. The budget is spent to the last fen.
/// </summary>
public static class ApportionmentRules
{
    public static SubsidyResult Apportion(SubsidyPolicy policy, List<Entry> entries, SubsidyResult lines, long? budgetFen, BeneficiaryNames names)
    {
        var sum = entries.Aggregate(0L, (total, e) => checked(total + e.CappedFen));
        var limit = Limit(policy, budgetFen);
        var paid = limit < sum ? Share(entries, sum, limit.Value, names) : entries;
        return new SubsidyResult
        {
            ServiceItems = lines.ServiceItems,
            InstrumentItems = lines.InstrumentItems,
            ServiceFen = lines.ServiceFen,
            ServiceReasons = lines.ServiceReasons,
            InstrumentFen = lines.InstrumentFen,
            InstrumentReasons = lines.InstrumentReasons,
            Entries = paid,
            CappedFen = sum,
            TotalFen = paid.Sum(e => e.PaidFen),
        };
    }

    /// <summary>The smaller of the budget and the programme's own caps, in fen; null when neither is given.</summary>
    public static long? Limit(SubsidyPolicy policy, long? budgetFen)
    {
        var limits = policy.Caps.Where(c => c.Level == CapLevel.Programme).Select(c => (long)c.Amount.Value).ToList();
        if (budgetFen is { } budget) limits.Add(budget);
        return limits.Count == 0 ? null : limits.Min();
    }

    private static List<Entry> Share(List<Entry> entries, long sum, long budget, BeneficiaryNames names)
    {
        var cut = entries.Select(e =>
        {
            var (share, rest) = Int128.DivRem((Int128)e.CappedFen * budget, sum);
            return (Entry: e, Fen: (long)share, Remainder: rest);
        }).ToList();
        var left = budget - cut.Sum(c => c.Fen);
        var order = Enumerable.Range(0, cut.Count)
            .OrderByDescending(i => cut[i].Remainder)
            .ThenBy(i => Lexicon.Of(cut[i].Entry.Kind), StringComparer.Ordinal)
            .ThenBy(i => names.Of(cut[i].Entry.Kind, cut[i].Entry.Beneficiary), StringComparer.Ordinal)
            .ThenBy(i => Lexicon.Of(cut[i].Entry.Payer), StringComparer.Ordinal);
        var extra = order.Take((int)left).ToHashSet();
        return [.. cut.Select((c, i) => c.Entry with { PaidFen = c.Fen + (extra.Contains(i) ? 1 : 0) })];
    }
}
