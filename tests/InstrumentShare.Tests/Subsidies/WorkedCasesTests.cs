using static InstrumentShare.Tests.Subsidies.Evaluated;

namespace InstrumentShare.Tests.Subsidies;

public sealed class WorkedCasesTests
{
    [Fact]
    public void Chongqing_pays_the_highest_of_the_rates_up_to_the_cap_of_the_claim()
    {
        var answer = By("chongqing-early", Year2025(
            [Service("s1", "180000", claim: "c1", tags: ["project:city", "project:research"])],
            users: [User(region: "CN-5001", tags: "networkMember")]));
        answer.Lines.Single().Amount.ShouldBe("54000.00");
        answer.Total.ShouldBe("50000.00");
    }

    [Fact]
    public void Chongqing_caps_each_claim_of_a_user_by_itself_and_all_services_without_one_together()
    {
        var answer = By("chongqing-early", Year2025(
            [
                Service("a", "200000", claim: "c1", tags: "project:city"),
                Service("b", "200000", claim: "c2", tags: "project:city"),
                Service("c", "100000", tags: "project:city"),
                Service("d", "100000", tags: "project:city"),
                Service("e", "200000", user: "u2", claim: "c1", tags: "project:city"),
                Service("f", "1000", user: "u2", claim: "c3"),
            ],
            users: [User(region: "CN-50"), User("u2", "research", "CN-500101")]));
        answer.Of("user", "city", "u1").ShouldBe("150000.00");
        answer.Of("user", "city", "u2").ShouldBe("50000.00");
        answer.Lines.Single(l => l.ServiceId == "f").ShouldSatisfyAllConditions(l => l.Amount.ShouldBe("0.00"), l => l.Excluded.ShouldBeNull());
    }

    [Theory]
    [InlineData("enterprise", "CN-5001", null)]
    [InlineData("research", "CN-50", null)]
    [InlineData("individual", "CN-5001", "notEligible")]
    [InlineData("studentTeam", "CN-5001", "notEligible")]
    [InlineData("enterprise", "CN-5101", "notEligible")]
    public void Chongqing_counts_enterprises_and_research_units_registered_there(string kind, string region, string? excluded) =>
        By("chongqing-early", Year2025([Service("s", "100", tags: "project:city")], users: [User(kind: kind, region: region)]))
            .Lines.Single().Excluded.ShouldBe(excluded);

    [Fact]
    public void Anhui_pays_a_fifth_of_the_income_that_is_neither_related_nor_statutory()
    {
        var answer = By("anhui-2015", Year2025(
        [
            Service("s1", "24000000"),
            Service("s2", "5000000", tags: "relatedParty"),
            Service("s3", "1000000", tags: "statutoryCertification"),
        ]));
        answer.Of("institution", "province", "org1").ShouldBe("4800000.00");
        answer.Of("user", "city", "u1").ShouldBe("2000000.00");
        answer.Lines.Count(l => l.Excluded == "relatedParty" && l.Amount == "0.00").ShouldBe(2);
    }

    [Theory]
    [InlineData(false, "299999.99", "belowThreshold")]
    [InlineData(false, "300000", null)]
    [InlineData(true, "999999.99", "belowThreshold")]
    [InlineData(true, "1000000", null)]
    public void Anhui_asks_more_of_a_set_than_of_a_single_instrument(bool isSet, string value, string? excluded) =>
        By("anhui-2015", Year2025([Service("s", "100")], [Instrument(value: value, isSet: isSet)])).Lines.ShouldAllBe(l => l.Excluded == excluded);

    [Fact]
    public void Anhui_pays_no_student_team_for_rent_but_still_the_institution()
    {
        var answer = By("anhui-2015", Year2025([Service("s", "100")], users: [User(kind: "studentTeam")]));
        answer.Lines.Single(l => l.BeneficiaryKind == "user").Excluded.ShouldBe("notEligible");
        answer.Total.ShouldBe("20.00");
    }

    [Fact]
    public void Anhui_caps_hold_in_each_calendar_year_of_accrual()
    {
        var answer = By("anhui-2015", Year2025(
            [Service("s1", "30000000", servedOn: "2024-12-31"), Service("s2", "30000000", servedOn: "2025-01-01"), Service("s3", "5000000", servedOn: "2025-02-01")],
            from: "2024-07-01", to: "2025-06-30"));
        answer.Of("institution", "province", "org1").ShouldBe("10000000.00");
        answer.Of("user", "city", "u1").ShouldBe("4000000.00");
    }

    [Fact]
    public void Qingdao_city_matches_the_district_up_to_its_own_cap()
    {
        var answer = By("qingdao", Year2025([Service("s1", "3000000")], users: [User(region: "CN-370202", tags: "highTech")]));
        answer.Of("user", "district", "u1").ShouldBe("600000.00");
        answer.Of("user", "city", "u1").ShouldBe("500000.00");
        answer.Of("institution", "city", "org1").ShouldBe("300000.00");
        answer.Total.ShouldBe("1400000.00");
    }

    [Fact]
    public void Qingdao_city_matches_line_by_line_the_rounded_district_amount()
    {
        var answer = By("qingdao", Year2025([Service("a", "0.05"), Service("b", "0.05")], users: [User(region: "CN-3702")]));
        answer.Of("user", "district", "u1").ShouldBe("0.02");
        answer.Of("user", "city", "u1").ShouldBe("0.02");
    }

    [Theory]
    [InlineData("research", "CN-3702", "public", "200000", "notEligible")]
    [InlineData("enterprise", "CN-3701", "public", "200000", "notEligible")]
    [InlineData("enterprise", "CN-3702", "private", "200000", "wrongFunding")]
    [InlineData("enterprise", "CN-3702", "public", "199999.99", "belowThreshold")]
    [InlineData("enterprise", "CN-370211", "public", "200000", null)]
    public void Qingdao_counts_for_neither_side_what_it_does_not_count(string kind, string region, string funding, string value, string? excluded)
    {
        var answer = By("qingdao", Year2025([Service("s", "100")], [Instrument(value: value, funding: funding)], users: [User(kind: kind, region: region)]));
        answer.Lines.Count.ShouldBe(3);
        answer.Lines.ShouldAllBe(l => l.Excluded == excluded);
    }

    [Theory]
    [InlineData("499999.99", "20000.00")]
    [InlineData("500000", "40000.00")]
    [InlineData("999999.99", "40000.00")]
    [InlineData("1000000", "60000.00")]
    public void Fujian_tiers_include_their_lower_bound(string value, string paid) =>
        By("fujian-2019", Year2025(instruments: [Instrument(value: value, funding: "private")])).Total.ShouldBe(paid);

    [Theory]
    [InlineData("299999.99", "private", "2020-01-01", "belowThreshold")]
    [InlineData("300000", "public", "2020-01-01", "wrongFunding")]
    [InlineData("300000", "private", "2026-01-01", "notEnrolled")]
    [InlineData("300000", "private", "2025-12-31", null)]
    public void Fujian_pays_privately_bought_instruments_enrolled_by_the_end_of_the_window(string value, string funding, string enrolledOn, string? excluded)
    {
        var answer = By("fujian-2019", Year2025([Service("s", "100", tags: "relatedParty")], [Instrument(value: value, funding: funding, enrolledOn: enrolledOn)]));
        var line = answer.Lines.Single();
        line.InstrumentId.ShouldBe("i1");
        line.ServiceId.ShouldBeNull();
        line.Excluded.ShouldBe(excluded);
    }

    [Fact]
    public void Hunan_2018_caps_each_instrument_before_the_institution_sums()
    {
        var answer = By("hunan-2018", Year2025(
            [Service("s1", "800000", instrument: "A"), Service("s2", "120000", instrument: "B")],
            [Instrument("A"), Instrument("B")],
            users: [User(kind: "research")]));
        answer.Of("institution", "province", "org1").ShouldBe("62000.00");
        answer.Of("user", "province", "u1").ShouldBe("0.00");
        answer.Lines.Where(l => l.BeneficiaryKind == "user").ShouldAllBe(l => l.Excluded == null);
    }

    [Fact]
    public void Hunan_2018_caps_a_user_in_each_year()
    {
        var answer = By("hunan-2018", Year2025(
            [Service("s1", "400000", servedOn: "2024-03-01"), Service("s2", "400000"), Service("s3", "1000")], from: "2024-01-01", to: "2025-12-31"));
        answer.Of("user", "province", "u1").ShouldBe("200000.00");
        answer.Of("institution", "province", "org1").ShouldBe("80100.00");
    }

    [Theory]
    [InlineData("studentTeam", "100000.00")]
    [InlineData("individual", "100000.00")]
    [InlineData("enterprise", "75000.00")]
    [InlineData("research", "0.00")]
    public void Hunan_2025_pays_by_status_and_caps_students_only(string kind, string paid) =>
        By("hunan-2025", Year2025([Service("s1", "150000")], users: [User(kind: kind)])).Of("user", "province", "u1").ShouldBe(paid);

    [Fact]
    public void Hunan_2025_knows_no_cap_for_enterprises() =>
        By("hunan-2025", Year2025([Service("s1", "1500000")])).Of("user", "province", "u1").ShouldBe("750000.00");
}
