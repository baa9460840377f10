using static InstrumentShare.Tests.Subsidies.Evaluated;

namespace InstrumentShare.Tests.Subsidies;

public sealed class BudgetTests
{
    [Fact]
    public void A_budget_that_suffices_changes_nothing() =>
        By("hunan-2025", Year2025([Service("s", "100")], users: [User(kind: "research")], budget: "20.00")).Total.ShouldBe("20.00");

    [Fact]
    public void Fen_left_over_go_to_the_largest_remainders_and_ties_to_kind_then_id_then_payer()
    {
        var answer = By("fujian-2019", Year2025(
            [],
            [Instrument("a", "300000", "c", funding: "private"), Instrument("b", "300000", "b", funding: "private"), Instrument("c", "300000", "B", funding: "private")],
            [Institution("c"), Institution("b"), Institution("B")],
            [],
            budget: "100.00"));
        answer.Beneficiaries.Select(b => $"{b.Id} {b.Amount}").ShouldBe(["B 33.34", "b 33.33", "c 33.33"]);
        answer.Total.ShouldBe("100.00");
    }

    [Fact]
    public void Ties_between_kinds_and_payers_follow_the_ordinal_order_of_their_words()
    {
        var answer = By("qingdao", Year2025([Service("s", "1")], users: [User("a", region: "CN-3702"), User("u1", region: "CN-3702")], budget: "0.05"));
        answer.Beneficiaries.Select(b => $"{b.Kind} {b.Id} {b.Payer} {b.Amount}").ShouldBe(["institution org1 city 0.02", "user u1 city 0.02", "user u1 district 0.01"]);
    }

    [Fact]
    public void A_budget_of_nothing_pays_nothing() =>
        By("hunan-2025", Year2025([Service("s", "100")], budget: "0")).Beneficiaries.ShouldAllBe(b => b.Amount == "0.00");

    [Fact]
    public void Lines_stay_as_they_were_before_caps_and_budget()
    {
        var answer = By("chongqing-early", Year2025([Service("s", "1000000", tags: "project:city")], users: [User(region: "CN-50")], budget: "10"));
        answer.Lines.Single().Amount.ShouldBe("300000.00");
        answer.Total.ShouldBe("10.00");
    }

    [Fact]
    public void Fujian_of_2019_could_pay_85_instruments_three_quarters()
    {
        // 85 instruments worth 3,240,000 yuan of awards against a budget of 2,430,000.
        var instruments = Enumerable.Range(0, 85).Select(i => Instrument($"i{i}", i < 31 ? "300000" : i < 62 ? "500000" : "1000000", $"org{i % 7}", funding: "private")).ToList();
        var institutions = Enumerable.Range(0, 7).Select(i => Institution($"org{i}"));
        var answer = By("fujian-2019", Year2025([], instruments, institutions, [], budget: "2430000"));
        answer.Total.ShouldBe("2430000.00");
        answer.Lines.Sum(l => decimal.Parse(l.Amount, System.Globalization.CultureInfo.InvariantCulture)).ShouldBe(3_240_000m);
        answer.Of("institution", "province", "org0").ShouldBe("375000.00");
    }
}
