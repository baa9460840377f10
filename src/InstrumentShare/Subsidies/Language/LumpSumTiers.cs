using InstrumentShare.Kernel;

namespace InstrumentShare.Subsidies.Language;

/// <summary>A fixed sum by the instrument's original value. Tiers are half-open: the lower bound belongs to the tier.</summary>
public sealed record LumpSumTiers(IReadOnlyList<Tier> Tiers) : IPayShape
{
    public IEnumerable<Figure> Figures => Tiers.Select(t => t.Sum);

    public static IPayShape Read(PolicyNode node)
    {
        var read = node.Items().Select(n => (Node: n, Tier: Tier.Read(n))).ToList();
        foreach (var ((_, a), (n, b)) in read.Zip(read.Skip(1)))
        {
            if (a.BelowFen is null || b.FromFen < a.BelowFen) n.Refuse("subsidy.policy.tiers-overlap", ("value", PayShapes.Yuan(b.FromFen)));
            else if (b.FromFen > a.BelowFen) n.Refuse("subsidy.policy.tiers-gap", ("value", PayShapes.Yuan(b.FromFen)));
        }

        return new LumpSumTiers([.. read.Select(r => r.Tier)]);
    }

    public Pay On(in PayBase on)
    {
        foreach (var tier in Tiers)
            if (tier.Holds(on.ValueFen)) return new Pay(tier.Sum.Value, tier.Sum);
        return default;
    }

    public ExplanationStep Explain(in PayBase on, SubsidyPolicy policy)
    {
        var value = on.ValueFen;
        var tier = Tiers.FirstOrDefault(t => t.Holds(value));
        return PayShapes.Step(
            "subsidy.tier",
            policy,
            On(on),
            tier is null ? PayShapes.Yuan(value) : $"{PayShapes.Yuan(tier.FromFen)} ≤ {PayShapes.Yuan(value)}" + (tier.BelowFen is { } below ? $" < {PayShapes.Yuan(below)}" : ""),
            ("originalValue", PayShapes.Yuan(value)));
    }
}

/// <param name="FromFen">Lowest value that belongs to it.</param>
/// <param name="BelowFen">First value that does not; null for the last tier.</param>
public sealed record Tier(long FromFen, long? BelowFen, Figure Sum)
{
    public bool Holds(long valueFen) => valueFen >= FromFen && (BelowFen is null || valueFen < BelowFen);

    public static Tier Read(PolicyNode node)
    {
        var from = node.Get("from").Fen();
        var below = node.Find("below")?.Fen();
        if (below <= from) node.Refuse("subsidy.policy.tiers-overlap", ("value", PayShapes.Yuan(below.Value)));
        return new Tier(from, below, node.Amount("pays"));
    }
}
