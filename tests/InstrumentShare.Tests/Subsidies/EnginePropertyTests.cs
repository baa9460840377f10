using FsCheck;
using FsCheck.Fluent;
using InstrumentShare.Kernel;
using InstrumentShare.Subsidies.Evaluation;
using InstrumentShare.Subsidies.Language;

namespace InstrumentShare.Tests.Subsidies;

public sealed class EnginePropertyTests
{
    private static readonly Config Fixed = Config.QuickThrowOnFailure.WithReplay(20260302, 7).WithMaxTest(300);

    [Fact]
    public void The_total_is_the_sum_of_the_entries() => Holds((policy, request) =>
    {
        var answer = Evaluated.By(policy, request);
        return answer.Total == answer.Sum().ToString();
    });

    [Fact]
    public void A_budget_that_is_passed_is_spent_to_the_fen() => Holds((policy, request) =>
    {
        var full = Evaluated.By(policy, request with { Budget = null }).Sum();
        var budget = new Money(full.Fen * 2 / 3);
        return Evaluated.By(policy, request with { Budget = budget.ToString() }).Total == budget.ToString();
    });

    [Fact]
    public void No_entry_passes_its_cap_in_any_year() => Holds((policy, request) =>
    {
        var years = request.To!.StartsWith("2025", StringComparison.Ordinal) ? 2 : 1;
        return Evaluated.By(policy, request).Beneficiaries.All(b => policy.Caps
            .Where(c => c.Level == CapLevel.Beneficiary && c.Users.Count == 0 && Lexicon.Of(c.To!.Value) == b.Kind && Lexicon.Of(c.Payer!.Value) == b.Payer)
            .All(c => Fen(b.Amount) <= c.Amount.Value * years));
    });

    [Fact]
    public void The_order_of_the_facts_and_the_number_of_threads_change_nothing() => Holds((policy, request) =>
    {
        var (a, b) = (Evaluated.By(policy, request), Evaluated.By(policy, RandomFacts.Shuffled(request, 3), threads: 4));
        return a.ResultDigest == b.ResultDigest && a.Total == b.Total && a.Beneficiaries.SequenceEqual(b.Beneficiaries);
    });

    [Fact]
    public void A_fen_more_of_result_is_another_digest()
    {
        var request = Evaluated.Year2025([Evaluated.Service("s", "100")]);
        var more = Evaluated.Year2025([Evaluated.Service("s", "100.05")]);
        Evaluated.By("hunan-2025", request).ResultDigest.ShouldNotBe(Evaluated.By("hunan-2025", more).ResultDigest);
    }

    [Fact]
    public void More_income_never_lowers_a_line() => Holds((policy, request) =>
    {
        var more = request with { Facts = request.Facts! with { Services = [.. request.Facts.Services!.Select(s => s! with { Amount = new Money(Fen(s.Amount!) + 12_345).ToString() })] } };
        return Evaluated.By(policy, request).Lines.Zip(Evaluated.By(policy, more).Lines).All(p => Fen(p.First.Amount) <= Fen(p.Second.Amount));
    });

    [Fact]
    public void Excluded_lines_are_nothing_and_name_one_reason() => Holds((policy, request) =>
        Evaluated.By(policy, request).Lines.All(l => l.Excluded is null || l.Amount == "0.00"));

    private static void Holds(Func<SubsidyPolicy, EvaluationRequest, bool> property)
    {
        var cases = Gen.Choose(0, int.MaxValue).Select(seed => (Seed: seed, Policy: PolicyPresets.All[seed % PolicyPresets.All.Count].Id)).ToArbitrary();
        Prop.ForAll(cases, c => property(PolicyPresets.Named(c.Policy), RandomFacts.Of(c.Seed))).Check(Fixed);
    }

    private static long Fen(string yuan) => Money.TryParse(yuan, out var money) ? money.Fen : throw new FormatException(yuan);
}
