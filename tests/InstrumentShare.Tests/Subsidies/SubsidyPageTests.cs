using System.Net;
using AngleSharp.Html.Dom;
using InstrumentShare.Access;
using InstrumentShare.Tests.Support;

namespace InstrumentShare.Tests.Subsidies;

public sealed class SubsidyPageTests(TestHost host) : IClassFixture<TestHost>, IAsyncLifetime
{
    public async Task InitializeAsync()
    {
        if (await host.ScalarAsync<long>("SELECT count(*) FROM charges") > 0) return;
        var university = await host.Given.InstitutionAsync(name: "皖江大学", region: "CN-3401");
        var company = await host.Given.InstitutionAsync(InstitutionKind.Enterprise, "CN-3402", "芜湖某公司");
        var person = await host.Given.PersonAsync(company);
        var instrument = await SubsidyRecords.EnrolledAsync(host, university, "A1");
        await SubsidyRecords.ChargeAsync(host, instrument, person, company, 3_000_000_000, "2025-03-01");
        await SubsidyRecords.ChargeAsync(host, instrument, person, company, 40_000, "2025-03-04", "medicalService");
    }

    public Task DisposeAsync() => Task.CompletedTask;

    public static TheoryData<Role?, HttpStatusCode> Roles => new()
    {
        { null, HttpStatusCode.OK },
        { Role.Researcher, HttpStatusCode.Forbidden },
        { Role.SystemAdministrator, HttpStatusCode.Forbidden },
        { Role.Auditor, HttpStatusCode.OK },
        { Role.FundingOfficer, HttpStatusCode.OK },
    };

    [Theory]
    [MemberData(nameof(Roles))]
    public async Task Everyone_reads_policies_and_officers_and_auditors_the_runs(Role? role, HttpStatusCode runs)
    {
        var pages = await host.PagesAsync(role is null ? null : await host.Given.PersonWithRoleAsync(role.Value));
        (await pages.GetAsync("/subsidies/policies")).QuerySelectorAll("tbody tr").Length.ShouldBe(6);
        var page = await pages.GetAsync("/subsidies/runs");
        pages.Last.StatusCode.ShouldBe(runs);
        if (role is null) page.QuerySelector("form[data-sign-in]").ShouldNotBeNull("one who is not signed in is asked to");
        (page.QuerySelector("form[data-new-run]") is not null).ShouldBe(role == Role.FundingOfficer);
    }

    [Theory]
    [InlineData("zh-CN", "另有读法")]
    [InlineData("en", "Another reading")]
    public async Task A_policy_page_shows_the_text_beside_its_words_with_trust_marks(string language, string unsettled)
    {
        var pages = await host.PagesAsync(language: language);
        var page = await pages.GetAsync("/subsidies/policies/hunan-2018");
        page.QuerySelector("pre")!.TextContent.ShouldContain("id: hunan-2018");
        page.Body!.TextContent.ShouldContain("10%");
        page.Body.TextContent.ShouldContain(unsettled);
        page.QuerySelectorAll(".state-warn").Length.ShouldBeGreaterThan(5);
        page.Body.TextContent.ShouldNotContain("subsidy.", Case.Sensitive);
        await pages.GetAsync("/subsidies/policies/none");
        pages.Last.StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Every_policy_has_a_page_without_gaps_in_its_words()
    {
        foreach (var language in new[] { "zh-CN", "en" })
        {
            var pages = await host.PagesAsync(language: language);
            foreach (var policy in InstrumentShare.Subsidies.Language.PolicyPresets.All)
            {
                var page = await pages.GetAsync($"/subsidies/policies/{policy.Id}");
                page.QuerySelectorAll("main li, main dd").Select(e => e.TextContent).ShouldAllBe(t => !t.Contains("subsidy.") && !t.Contains('{'), $"{policy.Id} {language}");
            }
        }
    }

    [Fact]
    public async Task An_officer_starts_a_run_and_reads_a_line_as_a_proof()
    {
        var pages = await OfficerAsync();
        var run = await StartAsync(pages, "2025-01-01", "2025-12-31");
        pages.Last.StatusCode.ShouldBe(HttpStatusCode.OK);
        run.QuerySelector(".figures")!.TextContent.ShouldContain("CNY 7,000,000.00");
        var entries = run.QuerySelectorAll("section table tbody tr").Select(r => r.TextContent).ToList();
        entries.ShouldContain(t => t.Contains("Institution") && t.Contains("6,000,000.00") && t.Contains("5,000,000.00"));
        run.QuerySelector(".alert-warning").ShouldNotBeNull("reported figures are told on every page of a run");

        var excluded = await pages.GetAsync(pages.Last.RequestMessage!.RequestUri!.AbsolutePath + "?excluded=true");
        excluded.QuerySelectorAll("#lines tbody tr").Length.ShouldBe(2);
        excluded.QuerySelector("#lines tbody")!.TextContent.ShouldContain("medical service");

        var counted = await pages.GetAsync(pages.Last.RequestMessage!.RequestUri!.AbsolutePath + "?excluded=false&kind=institution");
        var link = (IHtmlAnchorElement)counted.QuerySelector("#lines tbody a")!;
        var proof = await pages.GetAsync(link.PathName);
        var steps = proof.QuerySelectorAll(".explanation > li").Select(s => s.GetAttribute("data-step")).ToList();
        steps.ShouldBe(["subsidy.service", "subsidy.evidence-missing", "subsidy.counted", "subsidy.rate", "subsidy.rounding", "subsidy.cap-hit", "subsidy.entry", "subsidy.paid"]);
        proof.QuerySelector("a.evidence")!.GetAttribute("href")!.ShouldStartWith("/charges/");
        proof.QuerySelectorAll(".digest").ShouldNotBeEmpty();
        proof.QuerySelector("main")!.TextContent.ShouldNotContain("{");
        proof.QuerySelector(".alert-warning").ShouldNotBeNull();
    }

    [Fact]
    public async Task A_wrong_order_keeps_what_was_typed_and_shows_the_problem_beside_the_field()
    {
        var pages = await OfficerAsync();
        var page = await StartAsync(pages, "2025-12-31", "2025-01-01", "12.345");
        pages.Last.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        ((IHtmlInputElement)page.QuerySelector("#Budget")!).Value.ShouldBe("12.345");
        page.QuerySelector("#Budget-problem")!.TextContent.ShouldContain("two decimals");
    }

    [Fact]
    public async Task Confirming_every_figure_by_name_makes_the_run_final()
    {
        var pages = await OfficerAsync();
        var run = await StartAsync(pages, "2024-01-01", "2024-12-31");
        var none = await pages.SubmitAsync(run, "form[data-final]");
        pages.Last.StatusCode.ShouldBe(HttpStatusCode.Conflict);
        none.QuerySelector("[data-problems]")!.TextContent.ShouldContain("confirm it by name");
        foreach (var box in none.QuerySelectorAll("form[data-final] input[type=checkbox]").Cast<IHtmlInputElement>()) box.IsChecked = true;
        var final = await pages.SubmitAsync(none, "form[data-final]");
        pages.Last.StatusCode.ShouldBe(HttpStatusCode.OK, final.QuerySelector("[data-problems]")?.TextContent);
        final.QuerySelector(".state-good")!.TextContent.ShouldContain("final");
        final.QuerySelector("form[data-final]").ShouldBeNull();
    }

    private async Task<PageClient> OfficerAsync() => await host.PagesAsync(await host.Given.PersonWithRoleAsync(Role.FundingOfficer, region: "CN-34"));

    private static async Task<IHtmlDocument> StartAsync(PageClient pages, string from, string to, string budget = "")
    {
        var page = await pages.GetAsync("/subsidies/runs?policy=anhui-2015");
        return await pages.SubmitAsync(page, "form[data-new-run]", ("From", from), ("To", to), ("Budget", budget));
    }
}
