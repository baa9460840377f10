using InstrumentShare.Kernel;
using InstrumentShare.Subsidies.Engine;
using InstrumentShare.Subsidies.Evaluation;
using InstrumentShare.Subsidies.Language;

namespace InstrumentShare.Tests.Subsidies;

/// <summary>Valid facts in a few words, and the engine's answer to them.</summary>
internal static class Evaluated
{
    public static EvaluationAnswer By(string policy, EvaluationRequest request, int threads = 1) => By(PolicyPresets.Named(policy), request, threads);

    public static EvaluationAnswer By(SubsidyPolicy policy, EvaluationRequest request, int threads = 1)
    {
        var brought = FactsReader.Read(request);
        brought.Problems.ShouldBeEmpty();
        var result = SubsidyCalculator.Calculate(policy, brought.Value!.Facts, brought.Value.Window, brought.Value.BudgetFen, brought.Value.Names, threads);
        return EvaluationAnswer.Of(policy, brought.Value, result);
    }

    public static EvaluationRequest Year2025(
        IEnumerable<ServiceInput>? services = null,
        IEnumerable<InstrumentInput>? instruments = null,
        IEnumerable<InstitutionInput>? institutions = null,
        IEnumerable<UserInput>? users = null,
        string? budget = null,
        string from = "2025-01-01",
        string to = "2025-12-31") => new(
            null,
            from,
            to,
            budget,
            new FactsInput(
                [.. services ?? []],
                [.. instruments ?? [Instrument()]],
                [.. institutions ?? [Institution()]],
                [.. users ?? [User()]]));

    public static ServiceInput Service(
        string id,
        string amount,
        string user = "u1",
        string instrument = "i1",
        string institution = "org1",
        string servedOn = "2025-06-15",
        string? claim = null,
        params string[] tags) => new(id, institution, user, instrument, amount, null, servedOn, null, null, claim, tags, ["contract", "invoice"]);

    public static InstrumentInput Instrument(
        string id = "i1",
        string value = "2000000",
        string institution = "org1",
        bool isSet = false,
        string funding = "public",
        string enrolledOn = "2020-01-01") => new(id, institution, value, isSet, funding, enrolledOn, null);

    public static InstitutionInput Institution(string id = "org1", string region = "CN-3401", params string[] tags) => new(id, region, null, tags);

    public static UserInput User(string id = "u1", string kind = "enterprise", string region = "CN-3401", params string[] tags) => new(id, kind, region, tags);

    public static string Of(this EvaluationAnswer answer, string kind, string payer, string id) =>
        answer.Beneficiaries.Single(b => b.Kind == kind && b.Payer == payer && b.Id == id).Amount;

    public static Money Sum(this EvaluationAnswer answer) =>
        answer.Beneficiaries.Select(b => Money.TryParse(b.Amount, out var m) ? m : throw new FormatException(b.Amount)).Aggregate(Money.Zero, (a, b) => a + b);
}
