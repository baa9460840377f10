using InstrumentShare.Kernel;
using InstrumentShare.Subsidies.Engine;
using InstrumentShare.Subsidies.Evaluation;

namespace InstrumentShare.Subsidies;

/// <summary>The engine over facts that the caller brings. Stores nothing; validity, trust and claim window do not matter here.</summary>
public sealed class EvaluateSubsidy(PolicyLibrary library)
{
    public async Task<Outcome<EvaluationAnswer>> RunAsync(EvaluationRequest request, CancellationToken cancel)
    {
        if (request.PolicyId is null) return Problem.Invalid("subsidy.facts.missing", "policyId");
        if (await library.FindAsync(request.PolicyId, cancel) is not { } known) return new Problem("subsidy.policy-not-found", "policyId", Kind: ProblemKind.NotFound);
        var brought = FactsReader.Read(request);
        if (!brought.IsOk) return Outcome<EvaluationAnswer>.Refuse(brought.Problems);
        if (RunRules.Blanks(known.Policy) is { Count: > 0 } blanks) return blanks;
        var (facts, window, budget) = (brought.Value.Facts, brought.Value.Window, brought.Value.BudgetFen);
        var result = SubsidyCalculator.Calculate(known.Policy, facts, window, budget, brought.Value.Names, stop: cancel);
        return EvaluationAnswer.Of(known.Policy, brought.Value, result);
    }
}
