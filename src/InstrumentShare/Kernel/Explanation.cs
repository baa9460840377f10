namespace InstrumentShare.Kernel;

/// <summary>
/// How a figure came about: the steps in order, each with its inputs, its arithmetic and its result.
/// Serves charges, subsidy lines and indicators alike. Stored without words: <c>explain.&lt;code&gt;</c> gives them in the reader's language.
/// </summary>
public sealed record Explanation(IReadOnlyList<ExplanationStep> Steps)
{
    public static Explanation Empty { get; } = new([]);
}

/// <param name="Code">What the step does: <c>charge.hours</c>, <c>subsidy.cap</c> …</param>
/// <param name="Inputs">Named figures, as plain text with their unit in the name (<c>hours</c>, <c>ratePerHour</c>).</param>
/// <param name="Operation">The arithmetic as a person would write it: <c>2.5 h × 120.00</c>.</param>
/// <param name="Result">The figure after this step.</param>
/// <param name="Rule">The clause that orders it, when a document does.</param>
public sealed record ExplanationStep(
    string Code,
    IReadOnlyDictionary<string, string> Inputs,
    string Operation,
    string Result,
    RuleReference? Rule = null);

/// <summary>A clause of a dated document: its number, the clause, the version that was in force.</summary>
public sealed record RuleReference(string Document, string? Clause, string Version);
