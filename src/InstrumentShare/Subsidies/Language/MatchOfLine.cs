using InstrumentShare.Kernel;

namespace InstrumentShare.Subsidies.Language;

/// <summary>One payer adds a share of what another pays for the same service, line by line, on the rounded amount.</summary>
/// <param name="Line">The id of the item that is matched; it stands before this one in the text.</param>
public sealed record MatchOfLine(string Line, Figure Share) : IPayShape
{
    /// <summary>The matched item's place among the policy's items; set once the whole text is read.</summary>
    public int Index { get; init; }

    public IEnumerable<Figure> Figures => [Share];

    public static IPayShape Read(PolicyNode node) => new MatchOfLine(node.Get("line").Text(), node.Rate());

    public Pay On(in PayBase on) => new(on.Earlier[Index] * Share.Value, Share);

    public ExplanationStep Explain(in PayBase on, SubsidyPolicy policy) => PayShapes.Step(
        "subsidy.match",
        policy,
        On(on),
        $"{PayShapes.Yuan(on.Earlier[Index])} × {PayShapes.Percent(Share.Value)}",
        ("base", PayShapes.Yuan(on.Earlier[Index])),
        ("rate", PayShapes.Percent(Share.Value)),
        ("line", Line));
}
