using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using InstrumentShare.Access;
using InstrumentShare.Billing.Funds;
using InstrumentShare.Tests.Support;

namespace InstrumentShare.Tests.Billing.Funds;

/// <summary>Fund cards, their money and their splits, by who may.</summary>
public sealed class FundCardTests(TestHost host) : IClassFixture<TestHost>
{
    [Fact]
    public async Task An_administrator_makes_a_card_puts_money_in_and_takes_it_out()
    {
        var scene = await FundScene.MakeAsync(host);
        var api = await host.ApiAsync(scene.Administrator);
        var fund = (await (await api.PostAsJsonAsync("/api/v1/funds", Card(scene, "A-1"))).JsonAsync(HttpStatusCode.Created)).GetProperty("id").GetGuid();
        (await MoneyAsync(api, fund, "top-ups", "300.00")).StatusCode.ShouldBe(HttpStatusCode.Created);
        await scene.BookedAsync(fund, 9, 2);
        (await scene.StandAsync(fund)).ShouldBe("300.00 240.00 60.00");
        await (await MoneyAsync(api, fund, "withdrawals", "60.01")).ShouldRefuseAsync(HttpStatusCode.Conflict, "fund.short");
        (await MoneyAsync(api, fund, "withdrawals", "60.00")).StatusCode.ShouldBe(HttpStatusCode.Created);
        (await scene.StandAsync(fund)).ShouldBe("240.00 240.00 0.00");
        var movements = (await (await scene.Api.GetAsync($"/api/v1/funds/{fund}/movements")).JsonAsync(HttpStatusCode.OK)).GetProperty("items");
        movements.EnumerateArray().Select(m => m.GetProperty("kind").GetString()).ShouldBe(["withdrawal", "topUp"]);
        (await (await scene.Api.GetAsync($"/api/v1/funds/{fund}/holds")).JsonAsync(HttpStatusCode.OK)).GetProperty("items").GetArrayLength().ShouldBe(1);

        await (await api.PatchAsJsonAsync($"/api/v1/funds/{fund}", new { state = "closed" })).ShouldRefuseAsync(HttpStatusCode.Conflict, "fund.still-held");
        (await api.PatchAsJsonAsync($"/api/v1/funds/{fund}", new { limit = new { amount = "50.00", currency = "CNY" } })).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await scene.StandAsync(fund)).ShouldBe("240.00 240.00 50.00");
        await (await api.PostAsJsonAsync("/api/v1/funds", Card(scene, "A-1"))).ShouldRefuseAsync(HttpStatusCode.Conflict, "fund.number-taken");
    }

    [Fact]
    public async Task A_card_that_is_wrong_names_every_field()
    {
        var scene = await FundScene.MakeAsync(host);
        var api = await host.ApiAsync(scene.Administrator);
        var answer = await api.PostAsJsonAsync("/api/v1/funds", new { groupId = scene.Group.Id.Value, number = "", name = new string('x', 101), validFrom = "2026-05-01", validTo = "2026-04-30", expenses = new[] { "beer" }, limit = new { amount = "-1.00", currency = "CNY" }, responsibleId = scene.Manager.Id });
        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await answer.JsonAsync(HttpStatusCode.BadRequest)).GetProperty("problems").EnumerateArray().Select(p => p.GetProperty("field").GetString())
            .ShouldBe(["number", "name", "nameEn", "validTo", "expenses", "limit", "responsibleId"], ignoreOrder: true);
    }

    [Fact]
    public async Task A_limit_is_not_lowered_under_what_is_held()
    {
        var scene = await FundScene.MakeAsync(host);
        var fund = await scene.FundAsync(0, limit: 20_000);
        await scene.BookedAsync(fund.Id, 9);
        var api = await host.ApiAsync(scene.Administrator);
        await (await api.PatchAsJsonAsync($"/api/v1/funds/{fund.Id}", new { limit = new { amount = "119.99", currency = "CNY" } })).ShouldRefuseAsync(HttpStatusCode.Conflict, "fund.short");
        (await api.PatchAsJsonAsync($"/api/v1/funds/{fund.Id}", new { limit = new { amount = "120.00", currency = "CNY" } })).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_member_reads_of_others_charges_the_amount_only()
    {
        var scene = await FundScene.MakeAsync(host);
        var fund = await scene.FundAsync(50_000);
        await scene.UseAsync(await scene.BookedAsync(fund.Id, 10), 10, 60);
        var other = await host.Given.PersonAsync(scene.Owner);
        await host.ExecuteAsync("INSERT INTO memberships (id, group_id, person_id, starts_on, created_at) SELECT gen_random_uuid(), group_id, @id, starts_on, created_at FROM memberships WHERE group_id = @group LIMIT 1", ("id", other.Id), ("group", scene.Group.Id.Value));
        async Task<JsonElement> ChargedAsync(Person reader) =>
            (await (await (await host.ApiAsync(reader)).GetAsync($"/api/v1/funds/{fund.Id}/movements")).JsonAsync(HttpStatusCode.OK)).GetProperty("items").EnumerateArray().First(m => m.GetProperty("kind").GetString() == "charge");
        var (own, others, whole) = (await ChargedAsync(scene.Member), await ChargedAsync(other), await ChargedAsync(scene.Leader));
        (own.GetProperty("person").GetString(), whole.GetProperty("person").GetString()).ShouldBe((scene.Member.Name, scene.Member.Name));
        (others.GetProperty("person").ValueKind, others.GetProperty("chargeId").ValueKind, others.GetProperty("instrument").ValueKind).ShouldBe((JsonValueKind.Null, JsonValueKind.Null, JsonValueKind.Null));
        others.GetProperty("amount").GetProperty("amount").GetString().ShouldBe(own.GetProperty("amount").GetProperty("amount").GetString());
    }

    [Theory]
    [InlineData("1,250.00", 125_000L)]
    [InlineData("1250", 125_000L)]
    [InlineData("12,50", null)]
    [InlineData("1,2,3", null)]
    [InlineData("9999999999999999999999999999", null)]
    public void Commas_stand_between_thousands_only(string typed, long? fen) => (FundForm.AmountOf(typed)?.Fen).ShouldBe(fen);

    [Theory]
    [InlineData("administrator", HttpStatusCode.OK, HttpStatusCode.Created, HttpStatusCode.Created)]
    [InlineData("leader", HttpStatusCode.OK, HttpStatusCode.Forbidden, HttpStatusCode.Created)]
    [InlineData("member", HttpStatusCode.OK, HttpStatusCode.Forbidden, HttpStatusCode.Forbidden)]
    [InlineData("colleague", HttpStatusCode.NotFound, HttpStatusCode.Forbidden, HttpStatusCode.Forbidden)]
    [InlineData("elsewhere", HttpStatusCode.NotFound, HttpStatusCode.NotFound, HttpStatusCode.NotFound)]
    [InlineData("auditor", HttpStatusCode.OK, HttpStatusCode.Forbidden, HttpStatusCode.Forbidden)]
    [InlineData("systemAdministrator", HttpStatusCode.NotFound, HttpStatusCode.Forbidden, HttpStatusCode.Forbidden)]
    [InlineData("nobody", HttpStatusCode.Unauthorized, HttpStatusCode.Unauthorized, HttpStatusCode.Unauthorized)]
    public async Task Who_sees_a_fund_fills_it_and_splits_bills(string role, HttpStatusCode sees, HttpStatusCode fills, HttpStatusCode splits)
    {
        var scene = await FundScene.MakeAsync(host);
        var (one, two) = (await scene.FundAsync(100), await scene.FundAsync(100));
        var person = role switch
        {
            "administrator" => scene.Administrator,
            "leader" => scene.Leader,
            "member" => scene.Member,
            "colleague" => await host.Given.PersonAsync(scene.Owner),
            "elsewhere" => await host.Given.PersonWithRoleAsync(Role.InstitutionAdministrator, await host.Given.InstitutionAsync()),
            "auditor" => await host.Given.PersonWithRoleAsync(Role.Auditor),
            "systemAdministrator" => await host.Given.PersonWithRoleAsync(Role.SystemAdministrator),
            _ => null,
        };
        var api = await host.ApiAsync(person);
        (await api.GetAsync($"/api/v1/funds/{one.Id}")).StatusCode.ShouldBe(sees);
        (await MoneyAsync(api, one.Id, "top-ups", "1.00")).StatusCode.ShouldBe(fills);
        (await SplitAsync(api, scene, (one.Id, 60m, true), (two.Id, 40m, false))).StatusCode.ShouldBe(splits);
    }

    [Fact]
    public async Task A_split_has_two_funds_of_the_group_a_hundred_percent_and_one_that_takes_the_rest()
    {
        var scene = await FundScene.MakeAsync(host);
        var (one, two) = (await scene.FundAsync(100), await scene.FundAsync(100));
        var foreign = await host.Given.FundAsync(await host.Given.GroupAsync(scene.Owner, scene.Leader), 100);
        var api = await host.ApiAsync(scene.Leader);
        await (await SplitAsync(api, scene, (one.Id, 60m, true), (two.Id, 39.99m, false))).ShouldRefuseAsync(HttpStatusCode.BadRequest, "fund-split.sum");
        await (await SplitAsync(api, scene, (one.Id, 100m, true))).ShouldRefuseAsync(HttpStatusCode.BadRequest, "fund-split.sum");
        await (await SplitAsync(api, scene, (one.Id, 60m, true), (one.Id, 40m, false))).ShouldRefuseAsync(HttpStatusCode.BadRequest, "fund-split.sum");
        await (await SplitAsync(api, scene, (one.Id, 60m, false), (two.Id, 40m, false))).ShouldRefuseAsync(HttpStatusCode.BadRequest, "fund-split.sum");
        await (await SplitAsync(api, scene, (one.Id, 33.335m, true), (two.Id, 66.665m, false))).ShouldRefuseAsync(HttpStatusCode.BadRequest, "fund-split.sum");
        await (await SplitAsync(api, scene, (one.Id, 60m, true), (foreign.Id, 40m, false))).ShouldRefuseAsync(HttpStatusCode.BadRequest, "fund.unknown");
        var split = (await (await SplitAsync(api, scene, (one.Id, 66.66m, true), (two.Id, 33.34m, false))).JsonAsync(HttpStatusCode.Created)).GetProperty("id").GetGuid();
        (await api.PutAsJsonAsync($"/api/v1/groups/{scene.Group.Id.Value}/default-fund", new { fundId = split })).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await api.PatchAsJsonAsync($"/api/v1/fund-splits/{split}", new { isActive = false })).StatusCode.ShouldBe(HttpStatusCode.OK);
        await (await scene.BookAsync(split, 9)).ShouldRefuseAsync(HttpStatusCode.Conflict, "fund.not-active");
        await Should.ThrowAsync<Npgsql.PostgresException>(() => host.ExecuteAsync("DELETE FROM fund_split_shares WHERE split_id = @id", ("id", split)));
    }

    [Fact]
    public async Task Terms_hold_from_a_date_on_and_reach_bookings_at_once()
    {
        var scene = await FundScene.MakeAsync(host, demandsFund: false);
        (await scene.BookAsync(null, 9)).StatusCode.ShouldBe(HttpStatusCode.Created);
        var api = await host.ApiAsync(scene.Administrator);
        (await TermsAsync(true, 7, 6m, null)).StatusCode.ShouldBe(HttpStatusCode.OK);
        await (await scene.BookAsync(null, 10)).ShouldRefuseAsync(HttpStatusCode.Conflict, "fund.needed");
        (await TermsAsync(false, 10, 0m, "2026-03-03")).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await scene.BookAsync(null, 10)).StatusCode.ShouldBe(HttpStatusCode.Created);
        await (await TermsAsync(false, 61, 0m, null)).ShouldRefuseAsync(HttpStatusCode.BadRequest, "billing-terms.review-days");
        await (await TermsAsync(false, 7, 6.001m, null)).ShouldRefuseAsync(HttpStatusCode.BadRequest, "billing-terms.tax");
        await (await TermsAsync(false, 7, 0m, "2026-03-01")).ShouldRefuseAsync(HttpStatusCode.BadRequest, "billing-terms.past");

        Task<HttpResponseMessage> TermsAsync(bool demandsFund, int reviewDays, decimal taxPercent, string? validFrom) =>
            api.PutAsJsonAsync($"/api/v1/institutions/{scene.Owner.Id.Value}/billing-terms", new { demandsFund, reviewDays, taxPercent, validFrom });
    }

    [Fact]
    public async Task The_self_check_says_that_a_fund_is_needed_until_the_group_has_a_default()
    {
        var scene = await FundScene.MakeAsync(host);
        (await FundsGateAsync()).ShouldBe("fail");
        var fund = await scene.FundAsync(50_000);
        (await (await host.ApiAsync(scene.Leader)).PutAsJsonAsync($"/api/v1/groups/{scene.Group.Id.Value}/default-fund", new { fundId = fund.Id })).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await FundsGateAsync()).ShouldBe("pass");

        async Task<string?> FundsGateAsync() => (await (await scene.Api.GetAsync($"/api/v1/instruments/{scene.Instrument.Id.Value}/booking-check")).JsonAsync(HttpStatusCode.OK))
            .GetProperty("gates").EnumerateArray().Single(g => g.GetProperty("gate").GetString() == "funds").GetProperty("state").GetString();
    }

    [Fact]
    public async Task The_booking_form_offers_the_groups_funds_and_keeps_the_choice()
    {
        var scene = await FundScene.MakeAsync(host);
        var fund = await scene.FundAsync(50_000);
        var pages = await host.PagesAsync(scene.Member);
        var page = await pages.GetAsync($"/instruments/{scene.Instrument.Id.Value}/calendar");
        page.QuerySelector("#FundId")!.TextContent.ShouldContain($"{fund.Number} General project (CNY 500.00 left)");
        page = await pages.SubmitAsync(page, "#book", ("StartsAt", "2026-03-03T09:00"), ("EndsAt", "2026-03-03T10:00"));
        page.QuerySelector("[data-problems]")!.TextContent.ShouldContain("fund.needed");
        page = await pages.SubmitAsync(page, "#book", ("FundId", fund.Id.ToString()));
        page.QuerySelector("[data-confirm-booking]").ShouldNotBeNull();
        page.QuerySelector("#book")!.SetAttribute("action", page.QuerySelector("[data-do-book]")!.GetAttribute("formaction")!);
        page = await pages.SubmitAsync(page, "#book");
        page.QuerySelector("[data-paid-by]")!.TextContent.ShouldContain(fund.Number);
        (await scene.StandAsync(fund.Id)).ShouldBe("500.00 120.00 380.00");
    }

    [Fact]
    public async Task Pages_make_a_card_fill_it_and_split_a_bill()
    {
        var scene = await FundScene.MakeAsync(host);
        var pages = await host.PagesAsync(scene.Administrator);
        var form = await pages.GetAsync($"/funds/new?group={scene.Group.Id.Value}");
        var again = await pages.SubmitAsync(form, "form[data-new-fund]", ("Number", "P-1"), ("Name", ""), ("NameEn", "Project"));
        again.QuerySelector("#Number")!.GetAttribute("value").ShouldBe("P-1");
        var fund = await pages.SubmitAsync(again, "form[data-new-fund]", ("Name", "项目"), ("Expenses", "machineTime"), ("Expenses", "testing"));
        fund.QuerySelector("h1")!.TextContent.ShouldContain("P-1");
        fund = await pages.SubmitAsync(fund, "form[data-money]", ("Amount", "88.50"), ("Reason", "拨款"), ("kind", "topUp"));
        fund.QuerySelector("[data-figures]")!.TextContent.ShouldContain("CNY 88.50");
        fund.QuerySelector("[data-movements]")!.TextContent.ShouldContain("拨款");
        var other = await scene.FundAsync(100);
        var leader = await host.PagesAsync(scene.Leader);
        var group = await leader.GetAsync($"/groups/{scene.Group.Id.Value}/funds");
        var first = group.QuerySelectorAll("[data-new-split] input[id^=percent]").Select(i => i.GetAttribute("name")!).ToList();
        group = await leader.SubmitAsync(group, "form[data-new-split]", ("Name", "对半"), ("NameEn", "Half"), (first[0], "50"), (first[1], "50"));
        group.QuerySelector("[data-splits]")!.TextContent.ShouldContain("50%");
        group = await leader.SubmitAsync(group, "form[data-default-fund]", ("FundId", other.Id.ToString()));
        group.QuerySelector("[data-funds]")!.TextContent.ShouldContain("default");
        group = await leader.SubmitAsync(group, "form[data-default-fund]", ("FundId", ""));
        group.QuerySelector("[data-funds]")!.TextContent.ShouldNotContain("default");
    }

    private static object Card(FundScene scene, string number) => new
    {
        groupId = scene.Group.Id.Value, number, name = "面上项目", nameEn = "General project", validFrom = "2026-01-01", validTo = "2027-12-31", expenses = new[] { "machineTime" },
    };

    private static Task<HttpResponseMessage> MoneyAsync(HttpClient api, Guid fund, string what, string amount) => api.PostAsJsonAsync($"/api/v1/funds/{fund}/{what}", new { amount = new { amount, currency = "CNY" }, reason = "经费下达" });

    private static Task<HttpResponseMessage> SplitAsync(HttpClient api, FundScene scene, params (Guid FundId, decimal Percent, bool TakesRest)[] shares) =>
        api.PostAsJsonAsync($"/api/v1/groups/{scene.Group.Id.Value}/fund-splits", new { name = "分摊", nameEn = "Split", shares = shares.Select(s => new { fundId = s.FundId, percent = s.Percent, takesRest = s.TakesRest }) });
}
