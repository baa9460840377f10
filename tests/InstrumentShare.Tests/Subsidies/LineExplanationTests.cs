using InstrumentShare.Kernel;
using InstrumentShare.Subsidies.Engine;
using InstrumentShare.Subsidies.Language;
using NodaTime;

namespace InstrumentShare.Tests.Subsidies;

public sealed class LineExplanationTests
{
    private static readonly AccrualWindow Year = new(new LocalDate(2025, 1, 1), new LocalDate(2025, 12, 31));

    [Fact]
    public void A_line_is_told_from_the_service_to_the_payment_with_its_clauses()
    {
        var policy = PolicyPresets.Named("hunan-2018");
        var line = Line(policy, 0) with
        {
            Caps = [new CapTrace(policy.Caps[0], "i1 2025", 8_000_000)],
            Entry = new EntryTrace(9_200_000, 6_200_000, 3_100_000, 6_200_000, 3_100_000),
        };
        var steps = LineExplanation.Of(policy, Year, line).Steps;
        steps.Select(s => s.Code).ShouldBe([
            "subsidy.service", "subsidy.evidence-missing", "subsidy.counted", "subsidy.rate", "subsidy.rounding", "subsidy.cap-hit", "subsidy.entry", "subsidy.budget", "subsidy.paid"]);
        steps.Single(s => s.Code == "subsidy.rate").ShouldSatisfyAllConditions(
            s => s.Operation.ShouldBe("800000.05 × 10%"),
            s => s.Result.ShouldBe("80000.005"),
            s => s.Rule.ShouldBe(new RuleReference(policy.Document, "开放服务收入的10%以内", "1")));
        steps.Single(s => s.Code == "subsidy.rounding").Operation.ShouldBe("80000.005 → 80000.01");
        steps.Single(s => s.Code == "subsidy.cap-hit").Operation.ShouldBe("min(80000.00, 50000.00)");
        steps[^1].Result.ShouldBe("31000.00");
    }

    [Fact]
    public void Missing_evidence_is_named_and_changes_no_amount()
    {
        var steps = LineExplanation.Of(PolicyPresets.Named("hunan-2018"), Year, Line(PolicyPresets.Named("hunan-2018"), 0)).Steps;
        steps.Single(s => s.Code == "subsidy.evidence-missing").Inputs["missing"].ShouldBe("report, payment, projectBook");
    }

    [Fact]
    public void Every_reason_against_a_line_is_told_with_its_clause()
    {
        var policy = PolicyPresets.Named("anhui-2015");
        var reasons = (Reasons)(int)(Tag.MedicalService | Tag.SameEntity) | Reasons.BelowThreshold | Reasons.OutsideWindow;
        var line = Line(policy, 0) with { Reasons = reasons, AmountFen = 0, ValueFen = 100, AccruedOn = new LocalDate(2026, 1, 1) };
        var told = LineExplanation.Of(policy, Year, line).Steps.Where(s => s.Code == "subsidy.excluded").ToList();
        told.Select(s => s.Inputs["reason"]).ShouldBe(["sameEntity", "medicalService", "outsideWindow", "belowThreshold"]);
        told.Select(s => s.Rule?.Document).ShouldBe(["国科发基〔2017〕289号", policy.Document, null, policy.Document]);
        told[3].Inputs["detail"].ShouldBe("1.00 < 300000.00");
    }

    [Fact]
    public void The_highest_of_several_rates_is_told_with_the_others()
    {
        var policy = PolicyPresets.Named("chongqing-early");
        var line = Line(policy, 0) with { IncomeFen = 18_000_000, Tags = Tag.NetworkMember | Tag.ProjectCity, AmountFen = 5_400_000 };
        LineExplanation.Of(policy, Year, line).Steps.Single(s => s.Code == "subsidy.highest-of").Operation.ShouldBe("180000.00 × max(30%, 20%)");
    }

    [Fact]
    public void A_matched_line_names_what_it_matches()
    {
        var policy = PolicyPresets.Named("qingdao");
        var line = Line(policy, 2) with { AmountFen = 60_000_000, Earlier = [30_000_000, 60_000_000, 60_000_000] };
        var step = LineExplanation.Of(policy, Year, line).Steps.Single(s => s.Code == "subsidy.match");
        (step.Operation, step.Inputs["line"]).ShouldBe(("600000.00 × 100%", "user-district"));
    }

    [Fact]
    public void A_tier_is_told_with_its_bounds()
    {
        var policy = PolicyPresets.Named("fujian-2019");
        var line = Line(policy, 0) with { ValueFen = 50_000_000, AmountFen = 4_000_000 };
        LineExplanation.Of(policy, Year, line).Steps.Single(s => s.Code == "subsidy.tier").Operation.ShouldBe("500000.00 ≤ 500000.00 < 1000000.00");
    }

    private static LineTrace Line(SubsidyPolicy policy, int item) => new()
    {
        Item = policy.Items[item],
        Subject = "s1",
        Beneficiary = "org1",
        IncomeFen = 80_000_005,
        ValueFen = 200_000_000,
        EnrolledOn = new LocalDate(2020, 1, 1),
        AccruedOn = new LocalDate(2025, 6, 15),
        Evidence = Evidence.Contract | Evidence.Invoice,
        AmountFen = 8_000_001,
    };
}
