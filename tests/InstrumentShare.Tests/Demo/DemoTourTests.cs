using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using InstrumentShare.Demo;
using InstrumentShare.Subsidies.Language;
using InstrumentShare.Tests.Support;

namespace InstrumentShare.Tests.Demo;

/// <summary>Goes round the demo as the people of its sign-in page do.</summary>
public sealed class DemoTourTests(DemoHost host) : IClassFixture<DemoHost>
{
    public static TheoryData<string, string> Accounts => new()
    {
        { "researcher", "/bookings /my/usage /charges" }, { "researcher2", "/bookings /my/usage /charges" }, { "company", "/bookings /my/usage /charges" }, { "leader", "/bookings /groups" },
        { "technician", "/manage/today /manage/usage" }, { "manager", "/manage/today /manage/requests /manage/usage /manage/charges" }, { "institution", "/people /groups /manage/charges" },
        { "officer", "/subsidies/policies /subsidies/runs /manage/usage /manage/charges" }, { "auditor", "/audit /subsidies/runs /manage/usage /manage/charges" }, { "admin", "/institutions /people /audit" },
    };

    [Theory]
    [MemberData(nameof(Accounts))]
    public async Task Every_entry_of_an_accounts_menu_opens_and_its_own_work_is_there(string account, string withWork)
    {
        var pages = new PageClient(host.First.CreateClient());
        var form = await pages.GetAsync("/sign-in");
        var home = await pages.SubmitAsync(form, "form[data-sign-in]", ("Email", account + "@demo.example"), ("Password", DemoAccounts.Password));
        var paths = home.QuerySelectorAll("nav a[href^='/']").Select(a => a.GetAttribute("href")!.Split('?')[0]).Distinct().ToList();
        withWork.Split(' ').ShouldBeSubsetOf(paths);
        foreach (var path in paths)
        {
            var page = await pages.GetAsync(path);
            pages.Last.StatusCode.ShouldBe(HttpStatusCode.OK, path);
            if (!withWork.Split(' ').Contains(path)) continue;
            page.QuerySelector("main .nothing")?.TextContent.ShouldBeNull(path);
            page.QuerySelectorAll("main tbody tr, main li, main article, main .card").Length.ShouldBeGreaterThan(0, path);
        }
    }

    [Fact]
    public async Task A_researcher_finds_an_instrument_and_books_its_next_free_slot()
    {
        var api = await ApiAsync("researcher@demo.example");
        var found = await JsonAsync(api, "/api/v1/instruments?q=" + Uri.EscapeDataString("电镜"));
        found.GetProperty("items").GetArrayLength().ShouldBeGreaterThan(5);
        foreach (var instrument in found.GetProperty("items").EnumerateArray().Select(i => i.GetProperty("id").GetString()))
        {
            var free = await JsonAsync(api, $"/api/v1/instruments/{instrument}/free-slots?from=2026-03-09T00:00:00Z&to=2026-03-14T00:00:00Z&limit=1");
            if (free.GetProperty("items").EnumerateArray().FirstOrDefault() is not { ValueKind: JsonValueKind.Object } slot) continue;
            var answer = await api.PostAsJsonAsync("/api/v1/bookings", new
            {
                instrumentId = instrument, startsAt = slot.GetProperty("startsAt").GetString(), endsAt = slot.GetProperty("endsAt").GetString(), serviceMode = "selfOperated", purpose = "看看",
            });
            answer.StatusCode.ShouldBe(HttpStatusCode.Created, await answer.Content.ReadAsStringAsync());
            return;
        }

        Assert.Fail("No electron microscope has a free slot next week.");
    }

    [Theory]
    [InlineData("anhui-2015", "sameEntity,duplicateClaim,relatedParty,outOfRegion,tradeInspection,commercialFilming,medicalService,telecomBilling,statutoryCertification,enforcementInspection,notEnrolled,belowThreshold,notEligible")]
    [InlineData("qingdao", "duplicateClaim,notEnrolled,belowThreshold,wrongFunding,notEligible")]
    public async Task A_run_over_the_demos_year_pays_and_meets_every_reason_of_its_policy_to_exclude(string policy, string reasons)
    {
        var api = await ApiAsync("officer@demo.example");
        var order = new { policyId = policy, from = "2025-03-02", to = "2026-03-01" };
        var run = await (await api.PostAsJsonAsync("/api/v1/subsidy/runs", order)).Content.ReadFromJsonAsync<JsonElement>();
        run.GetProperty("status").GetString().ShouldBe("calculated", run.ToString());
        run.GetProperty("totals").GetProperty("paid").GetProperty("amount").GetString().ShouldNotBe("0.00");

        var bits = await host.ScalarAsync<int>("SELECT bit_or(-outcome)::integer FROM subsidy_blocks, unnest(outcomes) outcome WHERE run_id = @run AND outcome < 0", ("run", run.GetProperty("id").GetGuid()));
        var met = Lexicon.Each((Reasons)bits).ToList();
        reasons.Split(',').ShouldAllBe(r => met.Contains(r), $"met: {string.Join(',', met)}");

        var again = await (await api.PostAsJsonAsync("/api/v1/subsidy/runs", order)).Content.ReadFromJsonAsync<JsonElement>();
        again.GetProperty("resultDigest").GetString().ShouldBe(run.GetProperty("resultDigest").GetString());
    }

    private static async Task<JsonElement> JsonAsync(HttpClient api, string path)
    {
        var answer = await api.GetAsync(path);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK, await answer.Content.ReadAsStringAsync());
        return await answer.Content.ReadFromJsonAsync<JsonElement>();
    }

    private async Task<HttpClient> ApiAsync(string email)
    {
        var client = host.First.CreateClient();
        var answer = await client.PostAsJsonAsync("/api/v1/account/login", new { email, password = DemoAccounts.Password });
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("accessToken").GetString());
        return client;
    }
}
