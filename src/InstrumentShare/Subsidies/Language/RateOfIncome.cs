using InstrumentShare.Kernel;

namespace InstrumentShare.Subsidies.Language;

/// <summary>One rate on the service's amount. A ceiling (最高不超过) is the rate that is paid; a budget may lower it.</summary>
public sealed record RateOfIncome(Figure Rate) : IPayShape
{
    public IEnumerable<Figure> Figures => [Rate];

    public static IPayShape Read(PolicyNode node) => new RateOfIncome(node.Rate());

    public Pay On(in PayBase on) => new(on.IncomeFen * Rate.Value, Rate);

    public ExplanationStep Explain(in PayBase on, SubsidyPolicy policy) => PayShapes.Step(
        "subsidy.rate",
        policy,
        On(on),
        $"{PayShapes.Yuan(on.IncomeFen)} × {PayShapes.Percent(Rate.Value)}",
        ("base", PayShapes.Yuan(on.IncomeFen)),
        ("rate", PayShapes.Percent(Rate.Value)));
}
