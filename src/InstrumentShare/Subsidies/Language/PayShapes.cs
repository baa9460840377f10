using System.Globalization;
using InstrumentShare.Kernel;

namespace InstrumentShare.Subsidies.Language;

/// <summary>The words by which a policy names a shape.</summary>
public static class PayShapes
{
    public static IReadOnlyDictionary<string, Func<PolicyNode, IPayShape>> Known { get; } =
        new Dictionary<string, Func<PolicyNode, IPayShape>>(StringComparer.Ordinal)
        {
            ["rate"] = RateOfIncome.Read,
            ["rateByStatus"] = RateByStatus.Read,
            ["highestOf"] = HighestOf.Read,
            ["tiers"] = LumpSumTiers.Read,
            ["match"] = MatchOfLine.Read,
        };

    internal static string Yuan(long fen) => new Money(fen).ToString();

    internal static string Percent(decimal rate) => (rate * 100m).ToString("0.############", CultureInfo.InvariantCulture) + "%";

    internal static string Exact(decimal fen) => (fen / 100m).ToString("0.00##########", CultureInfo.InvariantCulture);

    internal static ExplanationStep Step(string code, SubsidyPolicy policy, Pay pay, string operation, params (string Name, string Value)[] inputs) =>
        new(code, inputs.ToDictionary(i => i.Name, i => i.Value, StringComparer.Ordinal), operation, Exact(pay.ExactFen), pay.Figure?.Clause.In(policy));
}
