using InstrumentShare.Subsidies;
using InstrumentShare.Subsidies.Engine;
using InstrumentShare.Subsidies.Language;
using NodaTime;

namespace InstrumentShare.Tests.Subsidies;

public sealed class RunRulesTests
{
    private static readonly LocalDate Late = new(2030, 1, 1);

    [Theory]
    [InlineData("chongqing-early", 2025, 12, 31, "2026-01-31")]
    [InlineData("chongqing-early", 2025, 1, 1, "2025-07-31")]
    [InlineData("hunan-2018", 2024, 7, 31, "2024-09-15")]
    [InlineData("hunan-2018", 2024, 8, 1, "2025-09-15")]
    [InlineData("qingdao", 2025, 12, 31, null)]
    public void Claims_close_with_the_first_claim_window_after_the_accrual_window(string policy, int year, int month, int day, string? closes) =>
        RunRules.ClaimsCloseOn(PolicyPresets.Named(policy), new AccrualWindow(new LocalDate(year, 1, 1), new LocalDate(year, month, day)))
            ?.ToString("uuuu-MM-dd", null).ShouldBe(closes);

    [Theory]
    [InlineData("2026-01-31", "subsidy.claims-open")]
    [InlineData("2026-02-01", null)]
    public void A_run_is_not_final_while_claims_are_taken(string today, string? code) =>
        Final("chongqing-early", 2025, NodaTime.Text.LocalDatePattern.Iso.Parse(today).Value).ShouldBe(code is null ? [] : [code]);

    [Theory]
    [InlineData("2025-12-31", "subsidy.window-open")]
    [InlineData("2026-01-01", null)]
    public void A_run_is_not_final_before_its_window_ends(string today, string? code) =>
        Final("qingdao", 2025, NodaTime.Text.LocalDatePattern.Iso.Parse(today).Value).ShouldBe(code is null ? [] : [code]);

    [Fact]
    public void An_unsettled_reading_refuses_even_when_all_is_confirmed() => Final("hunan-2018", 2020, Late).ShouldAllBe(c => c == "subsidy.figure-unsettled");

    [Fact]
    public void A_blank_figure_refuses_to_calculate_and_to_be_final()
    {
        var text = PolicyPresets.Texts.Single(t => t.File == "qingdao.yaml").Text.Replace("percent: 100,", "percent: blank,", StringComparison.Ordinal);
        var policy = PolicyLoader.Load("qingdao.yaml", text).Value!;
        RunRules.OfPolicy(policy, Year(2025)).Select(p => p.Code).ShouldBe(["subsidy.figure-blank"]);
        RunRules.OfFinal(policy, Year(2025), RunStatus.Calculated, [.. policy.Clauses.Select(c => c.Name)], Late).Select(p => p.Code).ShouldBe(["subsidy.figure-blank"]);
    }

    [Theory]
    [InlineData(RunStatus.Calculating)]
    [InlineData(RunStatus.Final)]
    [InlineData(RunStatus.Superseded)]
    [InlineData(RunStatus.Failed)]
    [InlineData(RunStatus.Cancelled)]
    public void Only_a_calculated_run_becomes_final(RunStatus status) =>
        RunRules.OfFinal(PolicyPresets.Named("qingdao"), Year(2025), status, [], Late).Select(p => p.Code).ShouldBe(["subsidy.run-not-calculated"]);

    private static IEnumerable<string> Final(string id, int year, LocalDate today)
    {
        var policy = PolicyPresets.Named(id);
        return RunRules.OfFinal(policy, Year(year), RunStatus.Calculated, [.. policy.Clauses.Select(c => c.Name)], today).Select(p => p.Code);
    }

    private static AccrualWindow Year(int year) => new(new LocalDate(year, 1, 1), new LocalDate(year, 12, 31));
}
