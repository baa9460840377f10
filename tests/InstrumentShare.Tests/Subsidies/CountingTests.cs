using InstrumentShare.Subsidies.Language;
using static InstrumentShare.Tests.Subsidies.Evaluated;

namespace InstrumentShare.Tests.Subsidies;

public sealed class CountingTests
{
    public static TheoryData<string, string> Exclusions()
    {
        var listed = new Dictionary<string, string[]>(StringComparer.Ordinal)
        {
            ["anhui-2015"] = ["relatedParty", "outOfRegion", "tradeInspection", "commercialFilming", "medicalService", "telecomBilling", "statutoryCertification", "enforcementInspection"],
            ["hunan-2018"] = ["relatedParty"],
            ["hunan-2025"] = ["relatedParty"],
            ["chongqing-early"] = [],
            ["qingdao"] = [],
        };
        var cases = new TheoryData<string, string>();
        foreach (var (policy, tags) in listed) cases.Add(policy, string.Join(",", tags.Concat(["sameEntity", "duplicateClaim"]).Order(StringComparer.Ordinal)));
        return cases;
    }

    [Theory]
    [MemberData(nameof(Exclusions))]
    public void A_tag_excludes_where_the_policy_lists_it_and_nowhere_else(string policy, string excluding)
    {
        var users = policy switch { "qingdao" => User(region: "CN-3702"), "chongqing-early" => User(region: "CN-50"), _ => User() };
        var excluded = Lexicon.Each(Lexicon.Excluding)
            .Where(tag => By(policy, Year2025([Service("s", "100", tags: tag)], users: [users])).Lines.All(l => l.Excluded == tag && l.Amount == "0.00"));
        string.Join(",", excluded.Order(StringComparer.Ordinal)).ShouldBe(excluding);
    }

    [Theory]
    [InlineData("2024-12-31", "outsideWindow")]
    [InlineData("2025-01-01", null)]
    [InlineData("2025-12-31", null)]
    [InlineData("2026-01-01", "outsideWindow")]
    public void Both_days_of_the_window_are_included(string servedOn, string? excluded) =>
        By("hunan-2025", Year2025([Service("s", "100", servedOn: servedOn)])).Lines.ShouldAllBe(l => l.Excluded == excluded);

    [Theory]
    [InlineData("2025-06-15", null)]
    [InlineData("2025-06-16", "notEnrolled")]
    public void A_service_counts_from_the_day_its_instrument_is_enrolled(string enrolledOn, string? excluded) =>
        By("hunan-2025", Year2025([Service("s", "100", servedOn: "2025-06-15")], [Instrument(enrolledOn: enrolledOn)])).Lines.ShouldAllBe(l => l.Excluded == excluded);

    [Fact]
    public void Of_several_reasons_the_tag_is_named_first() =>
        By("anhui-2015", Year2025([Service("s", "100", servedOn: "2020-01-01", tags: "medicalService")])).Lines.ShouldAllBe(l => l.Excluded == "medicalService");

    [Fact]
    public void An_excluding_tag_of_the_user_excludes_its_services() =>
        By("anhui-2015", Year2025([Service("s", "100")], users: [User(tags: "relatedParty")])).Lines.ShouldAllBe(l => l.Excluded == "relatedParty");

    [Theory]
    [InlineData("0.02", "0.00")]
    [InlineData("0.03", "0.01")]
    [InlineData("0.07", "0.01")]
    [InlineData("0.08", "0.02")]
    public void A_line_is_rounded_half_up_to_the_fen(string amount, string paid) =>
        By("hunan-2025", Year2025([Service("s", amount)], users: [User(kind: "research")])).Of("institution", "province", "org1").ShouldBe(paid);

    [Fact]
    public void Empty_facts_pay_nothing() => By("anhui-2015", Year2025([], [], [], [])).Total.ShouldBe("0.00");
}
