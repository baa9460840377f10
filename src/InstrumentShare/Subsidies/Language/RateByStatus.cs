using InstrumentShare.Kernel;

namespace InstrumentShare.Subsidies.Language;

/// <summary>A rate that depends on who the user is: the first case that fits decides.</summary>
public sealed record RateByStatus(IReadOnlyList<StatusRate> Cases) : IPayShape
{
    public IEnumerable<Figure> Figures => Cases.Select(c => c.Rate);

    public static IPayShape Read(PolicyNode node)
    {
        var cases = node.Items().Select(StatusRate.Read).ToList();
        var covered = cases.Where(c => c.Tags == Tag.None).SelectMany(c => c.Kinds).ToHashSet();
        var open = Enum.GetValues<UserKind>().Where(k => !covered.Contains(k)).Select(Lexicon.Of).ToList();
        if (open.Count > 0) node.Refuse("subsidy.policy.status-uncovered", ("value", string.Join(", ", open)));
        return new RateByStatus(cases);
    }

    public Pay On(in PayBase on)
    {
        foreach (var c in Cases)
            if (c.Fits(on.UserKind, on.Tags)) return new Pay(on.IncomeFen * c.Rate.Value, c.Rate);
        return default;
    }

    public ExplanationStep Explain(in PayBase on, SubsidyPolicy policy)
    {
        var pay = On(on);
        var rate = PayShapes.Percent(pay.Figure?.Value ?? 0);
        return PayShapes.Step(
            "subsidy.rate-by-status",
            policy,
            pay,
            $"{PayShapes.Yuan(on.IncomeFen)} × {rate}",
            ("base", PayShapes.Yuan(on.IncomeFen)),
            ("rate", rate),
            ("userKind", Lexicon.Of(on.UserKind)),
            ("tags", string.Join(", ", Lexicon.Each(on.Tags))));
    }
}

/// <param name="Kinds">The kinds of user it fits.</param>
/// <param name="Tags">Any of these must be there; none for a case that asks for no tag.</param>
public sealed record StatusRate(IReadOnlySet<UserKind> Kinds, Tag Tags, Figure Rate)
{
    public bool Fits(UserKind kind, Tag tags) => Kinds.Contains(kind) && (Tags == Tag.None || (Tags & tags) != 0);

    public static StatusRate Read(PolicyNode node) => new(
        node.Find("kinds")?.Words<UserKind>() ?? Enum.GetValues<UserKind>().ToHashSet(),
        node.Find("tags")?.Tags(Lexicon.OfUsers | Lexicon.OfServices) ?? Tag.None,
        node.Rate());
}
