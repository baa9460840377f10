using InstrumentShare.Kernel;

namespace InstrumentShare.Subsidies.Language;

public sealed record BilingualText(string Zh, string En);

/// <summary>One clause of a policy: where it stands in the text, how far it may be trusted, and what is unsettled about it.</summary>
/// <param name="Name">Its place in the policy text, such as <c>pays[institution].rate</c>: the name by which a person confirms it.</param>
/// <param name="Citation">The article or the words of the document.</param>
/// <param name="Unsettled">Another reading that a person has to settle in the text itself before a run may be final.</param>
public sealed record Clause(string Name, string Citation, Trust Trust, int Line, BilingualText? Unsettled = null)
{
    public RuleReference In(SubsidyPolicy policy) => new(policy.Document, Citation, policy.Version);
}

/// <summary>A number with its clause. A blank is a figure that nobody has read yet: nothing can be computed with it.</summary>
/// <param name="Value">A fraction for rates (0.2 for 20 %), fen for amounts.</param>
public sealed record Figure(decimal Value, Clause Clause, bool IsBlank = false);
