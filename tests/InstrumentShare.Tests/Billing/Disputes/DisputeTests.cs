using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using InstrumentShare.Access;
using InstrumentShare.Billing.Funds;
using InstrumentShare.Tests.Billing.Funds;
using InstrumentShare.Tests.Support;
using NodaTime;

namespace InstrumentShare.Tests.Billing.Disputes;

/// <summary>The review week: who pays says what is wrong, and who manages the instrument decides.</summary>
public sealed class DisputeTests(TestHost host) : IClassFixture<TestHost>
{
    [Fact]
    public async Task A_dispute_that_is_upheld_takes_the_charge_back_and_enters_it_again()
    {
        var (scene, fund, charge) = await ChargedAsync();
        var dispute = await StatedAsync(scene, charge);
        var manager = await host.ApiAsync(scene.Manager);
        await (await manager.PatchAsJsonAsync($"/api/v1/charges/{Id(charge)}", new { claimReference = "SQ-1" })).ShouldRefuseAsync(HttpStatusCode.Conflict, "charge.disputed");
        (await (await manager.GetAsync("/api/v1/charge-disputes")).JsonAsync(HttpStatusCode.OK)).GetProperty("items").EnumerateArray().Single(d => d.GetProperty("id").GetGuid() == dispute).GetProperty("mayDecide").GetBoolean().ShouldBeTrue();
        await (await DecideAsync(manager, dispute, true, "120.00")).ShouldRefuseAsync(HttpStatusCode.BadRequest, "charge-dispute.amount");
        var decided = await (await DecideAsync(manager, dispute, true, "30.00")).JsonAsync(HttpStatusCode.OK);
        decided.GetProperty("status").GetString().ShouldBe("upheld");

        var again = await scene.ChargeAsync(charge.GetProperty("bookingId").GetGuid());
        Id(again).ShouldBe(decided.GetProperty("replacedBy").GetGuid());
        again.GetProperty("amount").GetProperty("amount").GetString().ShouldBe("30.00");
        again.GetProperty("isDisputed").GetBoolean().ShouldBeFalse();
        (await scene.StandAsync(fund.Id)).ShouldBe("470.00 0.00 470.00");
        (await scene.LedgerAsync()).ShouldBe("fund 47000, income 3000");
        var steps = (await (await manager.GetAsync($"/api/v1/charges/{Id(again)}/explanation")).JsonAsync(HttpStatusCode.OK)).GetProperty("steps");
        steps[steps.GetArrayLength() - 1].GetProperty("result").GetString().ShouldBe("30.00");
        await (await DecideAsync(manager, dispute, false, null)).ShouldRefuseAsync(HttpStatusCode.Conflict, "charge-dispute.decided");
    }

    [Fact]
    public async Task A_dispute_that_is_rejected_lets_the_charge_stand_with_the_reason()
    {
        var (scene, fund, charge) = await ChargedAsync();
        var dispute = await StatedAsync(scene, charge);
        var manager = await host.ApiAsync(scene.Manager);
        await (await manager.PostAsJsonAsync($"/api/v1/charge-disputes/{dispute}/decision", new { uphold = false })).ShouldRefuseAsync(HttpStatusCode.BadRequest, "charge-dispute.reason-missing");
        (await (await DecideAsync(manager, dispute, false, null)).JsonAsync(HttpStatusCode.OK)).GetProperty("decisionReason").GetString().ShouldBe("看过记录");
        (await scene.StandAsync(fund.Id)).ShouldBe("380.00 0.00 380.00");
        (await manager.PatchAsJsonAsync($"/api/v1/charges/{Id(charge)}", new { claimReference = "SQ-1" })).StatusCode.ShouldBe(HttpStatusCode.OK);
        await (await StateAsync(scene.Api, charge)).ShouldRefuseAsync(HttpStatusCode.Conflict, "charge-dispute.once");
    }

    [Theory]
    [InlineData(7, HttpStatusCode.OK)]
    [InlineData(8, HttpStatusCode.Conflict)]
    public async Task A_charge_is_disputed_to_the_end_of_its_last_review_day_in_the_institutions_zone(int days, HttpStatusCode expected)
    {
        var (scene, _, charge) = await ChargedAsync();
        // Issued on 3 March in Shanghai: the week ends with 10 March there.
        host.Clock.Now = new LocalDate(2026, 3, 3).PlusDays(days).At(days == 7 ? new LocalTime(23, 59) : LocalTime.Midnight).InZoneStrictly(DateTimeZoneProviders.Tzdb["Asia/Shanghai"]).ToInstant();
        (await StateAsync(await host.ApiAsync(scene.Member), charge)).StatusCode.ShouldBe(expected);
    }

    [Theory]
    [InlineData("member", HttpStatusCode.OK)]
    [InlineData("leader", HttpStatusCode.OK)]
    [InlineData("manager", HttpStatusCode.Forbidden)]
    [InlineData("administrator", HttpStatusCode.Forbidden)]
    [InlineData("colleague", HttpStatusCode.NotFound)]
    [InlineData("nobody", HttpStatusCode.Unauthorized)]
    public async Task Who_pays_disputes(string role, HttpStatusCode expected)
    {
        var (scene, _, charge) = await ChargedAsync();
        (await StateAsync(await host.ApiAsync(await PersonAsync(scene, role)), charge)).StatusCode.ShouldBe(expected);
    }

    [Theory]
    [InlineData("manager", HttpStatusCode.OK)]
    [InlineData("administrator", HttpStatusCode.OK)]
    [InlineData("member", HttpStatusCode.Forbidden)]
    [InlineData("leader", HttpStatusCode.Forbidden)]
    [InlineData("elsewhere", HttpStatusCode.NotFound)]
    [InlineData("auditor", HttpStatusCode.Forbidden)]
    public async Task Who_manages_the_instrument_decides(string role, HttpStatusCode expected)
    {
        var (scene, _, charge) = await ChargedAsync();
        var dispute = await StatedAsync(scene, charge);
        (await DecideAsync(await host.ApiAsync(await PersonAsync(scene, role)), dispute, false, null)).StatusCode.ShouldBe(expected);
    }

    [Fact]
    public async Task Nobody_decides_on_their_own_dispute()
    {
        var (scene, _, charge) = await ChargedAsync();
        await host.Given.GrantAsync(scene.Member, Role.LabManager, scene.Owner.Id.Value, ScopeKind.Institution);
        // A node that has not kept the member's former roles.
        await using var fresh = host.NewNode();
        var api = await fresh.ApiAsync(scene.Member);
        var dispute = (await (await StateAsync(api, charge)).JsonAsync(HttpStatusCode.OK)).GetProperty("id").GetGuid();
        await (await DecideAsync(api, dispute, true, "0.00")).ShouldRefuseAsync(HttpStatusCode.Conflict, "charge-dispute.own");
        (await Should.ThrowAsync<Npgsql.PostgresException>(() => host.ExecuteAsync("UPDATE charge_disputes SET status = 'rejected', decided_by = person_id, decided_at = now(), decision_reason = 'x' WHERE id = @id", ("id", dispute)))).ConstraintName.ShouldBe("charge-dispute.own");
    }

    [Fact]
    public async Task Who_leads_the_group_that_pays_does_not_decide_for_it()
    {
        var (scene, _, charge) = await ChargedAsync();
        var dispute = await StatedAsync(scene, charge);
        await host.Given.GrantAsync(scene.Leader, Role.LabManager, scene.Owner.Id.Value, ScopeKind.Institution);
        await using var fresh = host.NewNode();
        var api = await fresh.ApiAsync(scene.Leader);
        (await (await api.GetAsync("/api/v1/charge-disputes")).JsonAsync(HttpStatusCode.OK)).GetProperty("items").EnumerateArray().Single(d => d.GetProperty("id").GetGuid() == dispute).GetProperty("mayDecide").GetBoolean().ShouldBeFalse();
        await (await DecideAsync(api, dispute, true, "0.00")).ShouldRefuseAsync(HttpStatusCode.Conflict, "charge-dispute.own");
    }

    [Fact]
    public async Task A_use_that_is_corrected_takes_its_dispute_along()
    {
        var (scene, _, charge) = await ChargedAsync();
        var dispute = await StatedAsync(scene, charge);
        var manager = await host.ApiAsync(scene.Manager);
        var usage = await host.ScalarAsync<Guid>("SELECT usage_id FROM charges WHERE id = @id", ("id", Id(charge)));
        await (await manager.PostAsJsonAsync($"/api/v1/usage-records/{usage}/corrections", new { feedback = "fine", reason = "feedback was missing" })).JsonAsync(HttpStatusCode.Created);
        var again = await scene.ChargeAsync(charge.GetProperty("bookingId").GetGuid());
        (Id(again) != Id(charge), again.GetProperty("isDisputed").GetBoolean()).ShouldBe((true, true));
        (await DecideAsync(manager, dispute, true, "30.00")).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await scene.ChargeAsync(charge.GetProperty("bookingId").GetGuid())).GetProperty("amount").GetProperty("amount").GetString().ShouldBe("30.00");
    }

    [Fact]
    public async Task Pages_dispute_a_charge_and_decide_on_it()
    {
        var (scene, _, charge) = await ChargedAsync();
        var payer = await host.PagesAsync(scene.Member);
        var page = await payer.GetAsync($"/charges/{Id(charge)}");
        page = await payer.SubmitAsync(page, "form[data-dispute]", ("DisputeReason", "仪器中途停机"));
        page.QuerySelector("[data-review]")!.TextContent.ShouldContain("仪器中途停机");
        page.QuerySelector("form[data-dispute]").ShouldBeNull();
        var manager = await host.PagesAsync(scene.Manager);
        var list = await manager.GetAsync("/manage/charge-disputes");
        list = await manager.SubmitAsync(list, "form[data-decide]", ("Reason", "属实"), ("Amount", "abc"), ("uphold", "true"));
        list.QuerySelector("[data-problems]")!.TextContent.ShouldContain("charge-dispute.amount");
        list.QuerySelector("form[data-decide] [name=Reason]")!.GetAttribute("value").ShouldBe("属实");
        await manager.SubmitAsync(list, "form[data-decide]", ("Amount", "60.00"), ("uphold", "true"));
        (await payer.GetAsync($"/charges/{Id(charge)}")).QuerySelector("[data-review]")!.TextContent.ShouldContain("upheld");
    }

    private static Guid Id(JsonElement row) => row.GetProperty("id").GetGuid();

    private static Task<HttpResponseMessage> StateAsync(HttpClient api, JsonElement charge) => api.PostAsJsonAsync($"/api/v1/charges/{Id(charge)}/dispute", new { reason = "仪器中途停机" });

    private static Task<HttpResponseMessage> DecideAsync(HttpClient api, Guid dispute, bool uphold, string? amount) =>
        api.PostAsJsonAsync($"/api/v1/charge-disputes/{dispute}/decision", new { uphold, amount = amount is null ? null : new { amount, currency = "CNY" }, reason = "看过记录" });

    private static async Task<Guid> StatedAsync(FundScene scene, JsonElement charge) => (await (await StateAsync(scene.Api, charge)).JsonAsync(HttpStatusCode.OK)).GetProperty("id").GetGuid();

    private async Task<Person?> PersonAsync(FundScene scene, string role) => role switch
    {
        "member" => scene.Member,
        "leader" => scene.Leader,
        "manager" => scene.Manager,
        "administrator" => scene.Administrator,
        "colleague" => await host.Given.PersonAsync(scene.Owner),
        "elsewhere" => await host.Given.PersonWithRoleAsync(Role.LabManager, await host.Given.InstitutionAsync()),
        "auditor" => await host.Given.PersonWithRoleAsync(Role.Auditor),
        _ => null,
    };

    private async Task<(FundScene Scene, Fund Fund, JsonElement Charge)> ChargedAsync()
    {
        var scene = await FundScene.MakeAsync(host);
        var fund = await scene.FundAsync(50_000);
        var booking = await scene.BookedAsync(fund.Id, 9);
        await scene.UseAsync(booking, 9, 60);
        return (scene, fund, await scene.ChargeAsync(booking));
    }
}
