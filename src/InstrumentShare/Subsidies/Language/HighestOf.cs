using InstrumentShare.Kernel;

namespace InstrumentShare.Subsidies.Language;

/// <summary>Several rates may apply to one service; the highest is paid, they never add up.</summary>
public sealed record HighestOf(IReadOnlyList<TagRate> Rates) : IPayShape
{
    public IEnumerable<Figure> Figures => Rates.Select(r => r.Rate);

    public static IPayShape Read(PolicyNode node) => new HighestOf([.. node.Items().Select(TagRate.Read)]);

    public Pay On(in PayBase on)
    {
        Figure? best = null;
        foreach (var r in Rates)
            if ((r.When & on.Tags) != 0 && (best is null || r.Rate.Value > best.Value)) best = r.Rate;
        return best is null ? default : new Pay(on.IncomeFen * best.Value, best);
    }

    public ExplanationStep Explain(in PayBase on, SubsidyPolicy policy)
    {
        var tags = on.Tags;
        var applying = Rates.Where(r => (r.When & tags) != 0).ToList();
        var pay = On(on);
        var rate = PayShapes.Percent(pay.Figure?.Value ?? 0);
        var choice = applying.Count < 2 ? rate : $"max({string.Join(", ", applying.Select(r => PayShapes.Percent(r.Rate.Value)))})";
        return PayShapes.Step(
            "subsidy.highest-of",
            policy,
            pay,
            $"{PayShapes.Yuan(on.IncomeFen)} × {choice}",
            ("base", PayShapes.Yuan(on.IncomeFen)),
            ("rate", rate),
            ("tags", string.Join(", ", applying.SelectMany(r => Lexicon.Each(r.When & tags)))));
    }
}

public sealed record TagRate(Tag When, Figure Rate)
{
    public static TagRate Read(PolicyNode node) => new(node.Get("when").Tags(Lexicon.OfUsers | Lexicon.OfServices), node.Rate());
}
