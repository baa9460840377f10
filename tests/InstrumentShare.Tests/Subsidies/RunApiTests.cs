using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using InstrumentShare.Access;
using InstrumentShare.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using InstrumentShare.Subsidies;

namespace InstrumentShare.Tests.Subsidies;

public sealed class RunApiTests(TestHost host) : IClassFixture<TestHost>, IAsyncLifetime
{
    private static readonly object Year = new { policyId = "anhui-2015", from = "2025-01-01", to = "2025-12-31" };
    private Person officer = null!;
    private HttpClient api = null!;
    private Guid service;

    public async Task InitializeAsync()
    {
        await host.ExecuteAsync("TRUNCATE subsidy_runs CASCADE");
        if (await host.ScalarAsync<long>("SELECT count(*) FROM charges") == 0) await SeedAsync();
        service = await host.ScalarAsync<Guid>("SELECT id FROM charges WHERE amount_fen = 10000050");
        officer = await host.Given.PersonWithRoleAsync(Role.FundingOfficer, region: "CN-34");
        api = await host.ApiAsync(officer);
    }

    public Task DisposeAsync() => Task.CompletedTask;

    public static TheoryData<Role?, string?, HttpStatusCode, HttpStatusCode> Roles => new()
    {
        { null, null, HttpStatusCode.Unauthorized, HttpStatusCode.Unauthorized },
        { Role.Researcher, null, HttpStatusCode.Forbidden, HttpStatusCode.Forbidden },
        { Role.InstitutionAdministrator, null, HttpStatusCode.Forbidden, HttpStatusCode.Forbidden },
        { Role.SystemAdministrator, null, HttpStatusCode.Forbidden, HttpStatusCode.Forbidden },
        { Role.Auditor, null, HttpStatusCode.Forbidden, HttpStatusCode.OK },
        { Role.Auditor, "CN-34", HttpStatusCode.Forbidden, HttpStatusCode.OK },
        { Role.Auditor, "CN-37", HttpStatusCode.Forbidden, HttpStatusCode.NotFound },
        { Role.FundingOfficer, "CN-34", HttpStatusCode.Created, HttpStatusCode.OK },
        { Role.FundingOfficer, "CN-3401", HttpStatusCode.Forbidden, HttpStatusCode.NotFound },
        { Role.FundingOfficer, "CN-37", HttpStatusCode.Forbidden, HttpStatusCode.NotFound },
    };

    [Theory]
    [MemberData(nameof(Roles))]
    public async Task Officers_of_the_region_run_and_auditors_read(Role? role, string? region, HttpStatusCode starting, HttpStatusCode reading)
    {
        var run = await StartAsync();
        var other = await host.ApiAsync(role is null ? null : await host.Given.PersonWithRoleAsync(role.Value, region: region));
        (await other.PostAsJsonAsync("/api/v1/subsidy/runs", Year)).StatusCode.ShouldBe(starting);
        foreach (var path in new[] { "", "/lines", "/beneficiaries" }) (await other.GetAsync($"/api/v1/subsidy/runs/{Id(run)}{path}")).StatusCode.ShouldBe(reading);
        (await other.PostAsJsonAsync($"/api/v1/subsidy/runs/{Id(run)}/final", new { confirm = Array.Empty<string>() })).StatusCode
            .ShouldBe(reading == HttpStatusCode.OK && starting == HttpStatusCode.Created ? HttpStatusCode.Conflict : role == Role.FundingOfficer ? HttpStatusCode.NotFound : starting);
    }

    [Fact]
    public async Task A_run_counts_charges_to_other_institutions_and_excludes_with_a_reason()
    {
        var run = await StartAsync();
        run.GetProperty("status").GetString().ShouldBe("calculated");
        var totals = run.GetProperty("totals");
        totals.GetProperty("services").GetInt64().ShouldBe(6);
        totals.GetProperty("lines").GetInt64().ShouldBe(12);
        totals.GetProperty("paid").GetProperty("amount").GetString().ShouldBe("40140.20");

        var lines = await ItemsAsync($"/api/v1/subsidy/runs/{Id(run)}/lines?kind=institution");
        lines.Select(l => $"{l.GetProperty("base").GetProperty("amount")} {l.GetProperty("excluded")}").Order(StringComparer.Ordinal).ShouldBe([
            "100.00 ", "100000.50 ", "200.00 sameEntity", "300.00 outOfRegion", "400.00 medicalService", "500.00 "]);
    }

    [Fact]
    public async Task Beneficiaries_are_named_and_sum_to_the_total()
    {
        var run = await StartAsync();
        var entries = await ItemsAsync($"/api/v1/subsidy/runs/{Id(run)}/beneficiaries");
        entries.Sum(e => decimal.Parse(e.GetProperty("amount").GetProperty("amount").GetString()!, System.Globalization.CultureInfo.InvariantCulture)).ShouldBe(40140.20m);
        entries[0].GetProperty("name").GetString().ShouldBe("皖江大学");
    }

    [Fact]
    public async Task Lines_can_be_filtered_and_paged()
    {
        var run = await StartAsync();
        var first = await JsonAsync(await api.GetAsync($"/api/v1/subsidy/runs/{Id(run)}/lines?limit=7"));
        first.GetProperty("total").GetInt32().ShouldBe(12);
        var second = await ItemsAsync($"/api/v1/subsidy/runs/{Id(run)}/lines?limit=7&cursor={first.GetProperty("nextCursor")}");
        second.Count.ShouldBe(5);
        (await ItemsAsync($"/api/v1/subsidy/runs/{Id(run)}/lines?excluded=true")).Count.ShouldBe(7);
        (await ItemsAsync($"/api/v1/subsidy/runs/{Id(run)}/lines?institution={Guid.CreateVersion7()}")).ShouldBeEmpty();
        (await api.GetAsync($"/api/v1/subsidy/runs/{Id(run)}/lines?institution=abc")).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await api.GetAsync($"/api/v1/subsidy/runs/{Id(run)}/lines?colour=red")).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task A_line_explains_itself_down_to_the_usage_record()
    {
        var run = await StartAsync();
        var line = (await ItemsAsync($"/api/v1/subsidy/runs/{Id(run)}/lines?kind=institution")).Single(l => l.GetProperty("chargeId").GetGuid() == service);
        var told = await JsonAsync(await api.GetAsync($"/api/v1/subsidy/runs/{Id(run)}/lines/{line.GetProperty("id").GetGuid()}/explanation"));
        told.GetProperty("chargeId").GetGuid().ShouldBe(service);
        told.GetProperty("usageId").GetGuid().ShouldBe(await host.ScalarAsync<Guid>("SELECT usage_id FROM charges WHERE id = @id", ("id", service)));
        told.GetProperty("resultDigest").GetString().ShouldBe(run.GetProperty("resultDigest").GetString());
        var steps = told.GetProperty("steps").EnumerateArray().ToList();
        steps.Select(s => s.GetProperty("code").GetString()).ShouldBe([
            "subsidy.service", "subsidy.evidence-missing", "subsidy.counted", "subsidy.rate", "subsidy.rounding", "subsidy.cap-kept", "subsidy.entry", "subsidy.paid"]);
        steps[3].GetProperty("operation").GetString().ShouldBe("100000.50 × 20%");
        steps[3].GetProperty("rule").GetProperty("document").GetString().ShouldBe("皖政办〔2015〕40号配套细则");
        steps[5].GetProperty("operation").GetString().ShouldBe("min(20120.10, 5000000.00)");
        steps.ShouldAllBe(s => !s.GetProperty("text").GetString()!.Contains('{'));
        (await api.GetAsync($"/api/v1/subsidy/runs/{Id(run)}/lines/{Guid.CreateVersion7()}/explanation")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task The_digests_are_the_same_on_another_node_and_change_with_the_data()
    {
        var run = await StartAsync();
        await using var second = host.NewNode();
        var again = await JsonAsync(await (await second.ApiAsync(officer)).PostAsJsonAsync("/api/v1/subsidy/runs", Year));
        again.GetProperty("inputDigest").GetString().ShouldBe(run.GetProperty("inputDigest").GetString());
        again.GetProperty("resultDigest").GetString().ShouldBe(run.GetProperty("resultDigest").GetString());

        await host.ExecuteAsync("UPDATE charges SET tags = '{tradeInspection}' WHERE id = @id", ("id", service));
        try
        {
            var changed = await StartAsync();
            changed.GetProperty("inputDigest").GetString().ShouldNotBe(run.GetProperty("inputDigest").GetString());
            changed.GetProperty("resultDigest").GetString().ShouldNotBe(run.GetProperty("resultDigest").GetString());
        }
        finally
        {
            await host.ExecuteAsync("UPDATE charges SET tags = '{}' WHERE id = @id", ("id", service));
        }
    }

    [Fact]
    public async Task The_digests_know_no_generated_ids_and_no_order_of_rows()
    {
        var run = await StartAsync();
        await host.ExecuteAsync("ALTER TABLE charges DISABLE TRIGGER charges_immutable");
        await host.ExecuteAsync("UPDATE charges SET id = gen_random_uuid(), usage_id = gen_random_uuid(), created_at = now() - interval '1 day'");
        await host.ExecuteAsync("ALTER TABLE charges ENABLE TRIGGER charges_immutable");
        var again = await StartAsync();
        again.GetProperty("inputDigest").GetString().ShouldBe(run.GetProperty("inputDigest").GetString());
        again.GetProperty("resultDigest").GetString().ShouldBe(run.GetProperty("resultDigest").GetString());
    }

    [Fact]
    public async Task A_newer_run_of_the_same_window_supersedes_the_older()
    {
        var older = await StartAsync();
        var newer = await StartAsync();
        var now = await JsonAsync(await api.GetAsync($"/api/v1/subsidy/runs/{Id(older)}"));
        now.GetProperty("status").GetString().ShouldBe("superseded");
        now.GetProperty("supersededBy").GetGuid().ShouldBe(Id(newer));
        (await api.PostAsJsonAsync($"/api/v1/subsidy/runs/{Id(older)}/final", new { })).StatusCode.ShouldBe(HttpStatusCode.Conflict);
    }

    [Fact]
    public async Task A_run_is_final_only_when_each_reported_figure_is_confirmed_by_name()
    {
        var run = await StartAsync();
        var path = $"/api/v1/subsidy/runs/{Id(run)}/final";
        var refused = await api.PostAsJsonAsync(path, new { confirm = new[] { "caps[user-year]" } });
        refused.StatusCode.ShouldBe(HttpStatusCode.Conflict);
        var open = (await JsonAsync(refused)).GetProperty("problems").EnumerateArray().Select(p => (Code: p.GetProperty("code").GetString(), Field: p.GetProperty("field").GetString())).ToList();
        open.ShouldAllBe(p => p.Code == "subsidy.figure-unconfirmed");
        open.ShouldContain(("subsidy.figure-unconfirmed", "pays[user].rate"));
        open.ShouldNotContain(("subsidy.figure-unconfirmed", "pays[institution].rate"), "it was verified");
        open.ShouldNotContain(("subsidy.figure-unconfirmed", "caps[user-year]"), "it was confirmed just now");

        var final = await api.PostAsJsonAsync(path, new { confirm = open.Select(p => p.Field) });
        (await JsonAsync(final)).GetProperty("status").GetString().ShouldBe("final");
        (await host.ScalarAsync<long>("SELECT count(*) FROM subsidy_confirmations WHERE run_id = @id AND person_id = @person", ("id", Id(run)), ("person", officer.Id))).ShouldBe(open.Count + 1);
        (await api.PostAsJsonAsync(path, new { confirm = new[] { "no-such-figure" } })).StatusCode.ShouldBe(HttpStatusCode.BadRequest);

        // A second one of a window that overlaps is refused by the database itself.
        var other = await JsonAsync(await api.PostAsJsonAsync("/api/v1/subsidy/runs", new { policyId = "anhui-2015", from = "2025-06-01", to = "2025-12-31" }));
        var overlap = await api.PostAsJsonAsync($"/api/v1/subsidy/runs/{Id(other)}/final", new { confirm = open.Select(p => p.Field).Append("caps[user-year]") });
        overlap.StatusCode.ShouldBe(HttpStatusCode.Conflict);
        (await JsonAsync(overlap)).GetProperty("code").GetString().ShouldBe("subsidy.final-overlap");
    }

    [Fact]
    public async Task An_unsettled_reading_can_never_be_final()
    {
        var hunan = await host.ApiAsync(await host.Given.PersonWithRoleAsync(Role.FundingOfficer, region: "CN-43"));
        var run = await JsonAsync(await hunan.PostAsJsonAsync("/api/v1/subsidy/runs", new { policyId = "hunan-2018", from = "2023-01-01", to = "2023-12-31" }));
        var refused = await JsonAsync(await hunan.PostAsJsonAsync($"/api/v1/subsidy/runs/{Id(run)}/final", new { }));
        refused.GetProperty("problems").EnumerateArray().Count(p => p.GetProperty("code").GetString() == "subsidy.figure-unsettled").ShouldBe(2);
    }

    [Theory]
    [InlineData("anhui-2015", "2025-12-31", "2025-01-01", null, HttpStatusCode.BadRequest, "subsidy.window-crossed")]
    [InlineData("anhui-2015", "2025-01-01", null, null, HttpStatusCode.BadRequest, "subsidy.run-window-missing")]
    [InlineData("anhui-2015", "yesterday", "2025-01-01", null, HttpStatusCode.BadRequest, "subsidy.facts.date")]
    [InlineData("anhui-2015", "2016-01-01", "2025-01-01", null, HttpStatusCode.BadRequest, "subsidy.window-too-long")]
    [InlineData("anhui-2015", "2025-01-01", "2025-01-01", "-5", HttpStatusCode.BadRequest, "subsidy.facts.negative")]
    [InlineData("anhui-2015", "2014-01-01", "2014-12-31", null, HttpStatusCode.Conflict, "subsidy.policy-not-in-force")]
    [InlineData("nowhere", "2025-01-01", "2025-01-01", null, HttpStatusCode.NotFound, "subsidy.policy-not-found")]
    public async Task A_wrong_order_is_refused_with_its_code(string policyId, string? from, string? to, string? budget, HttpStatusCode status, string code)
    {
        var answer = await api.PostAsJsonAsync("/api/v1/subsidy/runs", new { policyId, from, to, budget });
        answer.StatusCode.ShouldBe(status);
        (await JsonAsync(answer)).GetProperty("code").GetString().ShouldBe(code);
    }

    [Fact]
    public async Task A_budget_that_does_not_suffice_is_spent_to_the_fen()
    {
        var run = await JsonAsync(await api.PostAsJsonAsync("/api/v1/subsidy/runs", new { policyId = "anhui-2015", from = "2025-01-01", to = "2025-12-31", budget = new { amount = "100.01", currency = "CNY" } }));
        run.GetProperty("totals").GetProperty("paid").GetProperty("amount").GetString().ShouldBe("100.01");
        var line = (await ItemsAsync($"/api/v1/subsidy/runs/{Id(run)}/lines?kind=institution")).Single(l => l.GetProperty("chargeId").GetGuid() == service);
        var told = await JsonAsync(await api.GetAsync($"/api/v1/subsidy/runs/{Id(run)}/lines/{line.GetProperty("id").GetGuid()}/explanation"));
        told.GetProperty("steps").EnumerateArray().Select(s => s.GetProperty("code").GetString()).ShouldContain("subsidy.budget");
    }

    [Fact]
    public async Task The_same_key_starts_one_run()
    {
        api.DefaultRequestHeaders.Add("Idempotency-Key", Guid.CreateVersion7().ToString());
        var first = await StartAsync();
        var second = await StartAsync();
        Id(second).ShouldBe(Id(first));
        (await host.ScalarAsync<long>("SELECT count(*) FROM subsidy_runs")).ShouldBe(1);
    }

    [Fact]
    public async Task A_waiting_run_is_calculated_by_the_job_and_can_be_cancelled_before()
    {
        var waiting = await WaitingAsync();
        await using (var scope = host.Services.CreateAsyncScope()) (await scope.ServiceProvider.GetRequiredService<CalculateWaitingRuns>().RunAsync(CancellationToken.None)).ShouldBe(1);
        (await JsonAsync(await api.GetAsync($"/api/v1/subsidy/runs/{waiting}"))).GetProperty("totals").GetProperty("paid").GetProperty("amount").GetString().ShouldBe("40140.20");

        var second = await WaitingAsync();
        (await JsonAsync(await api.PostAsync($"/api/v1/subsidy/runs/{second}/cancel", null))).GetProperty("status").GetString().ShouldBe("cancelled");
        (await api.PostAsync($"/api/v1/subsidy/runs/{second}/cancel", null)).StatusCode.ShouldBe(HttpStatusCode.Conflict);
    }

    [Fact]
    public async Task A_run_that_was_asked_to_stop_while_at_work_stores_nothing()
    {
        var waiting = await WaitingAsync();
        await host.ExecuteAsync("UPDATE subsidy_runs SET started_at = now() - interval '10 years', seen_at = now() - interval '10 years', cancel_asked_at = now() WHERE id = @id", ("id", waiting));
        await using (var scope = host.Services.CreateAsyncScope()) await scope.ServiceProvider.GetRequiredService<CalculateWaitingRuns>().RunAsync(CancellationToken.None);
        (await host.ScalarAsync<string>("SELECT status FROM subsidy_runs WHERE id = @id", ("id", waiting))).ShouldBe("cancelled");
        (await host.ScalarAsync<long>("SELECT count(*) FROM subsidy_blocks WHERE run_id = @id", ("id", waiting))).ShouldBe(0);
    }

    // As a node leaves it that took the request and fell silent before it began.
    private async Task<Guid> WaitingAsync()
    {
        var id = Guid.CreateVersion7();
        await host.ExecuteAsync("""
            INSERT INTO subsidy_runs (id, policy_id, policy_version, region, accrued_from, accrued_to, status, requested_by, requested_by_name, created_at)
            SELECT @id, id, version, region, '2025-01-01', '2025-12-31', 'calculating', @officer, 'officer', now() FROM subsidy_policies WHERE id = 'anhui-2015' AND is_current
            """, ("id", id), ("officer", officer.Id));
        return id;
    }

    private async Task SeedAsync()
    {
        var given = host.Given;
        var university = await given.InstitutionAsync(name: "皖江大学", region: "CN-3401");
        var company = await given.InstitutionAsync(InstitutionKind.Enterprise, "CN-3402", "芜湖某公司");
        var far = await given.InstitutionAsync(InstitutionKind.Enterprise, "CN-3702", "青岛某公司");
        var branch = await given.InstitutionAsync(InstitutionKind.Institute, "CN-3401", "皖江大学研究院");
        await host.ExecuteAsync("UPDATE institutions SET social_credit_code = '12340000MB0000001X' WHERE id = @id", ("id", university.Id.Value));
        var person = await given.PersonAsync(company);
        var alone = await given.PersonAsync();
        var big = await SubsidyRecords.EnrolledAsync(host, university, "A1");
        var small = await SubsidyRecords.EnrolledAsync(host, university, "A2", valueYuan: 300_000);
        await SubsidyRecords.ChargeAsync(host, big, person, company, 10_000_050, "2025-03-01");
        await SubsidyRecords.ChargeAsync(host, small, person, company, 10_000, "2025-12-31");
        await SubsidyRecords.ChargeAsync(host, big, person, branch, 20_000, "2025-03-02", "sameEntity");
        await SubsidyRecords.ChargeAsync(host, big, person, far, 30_000, "2025-03-03");
        await SubsidyRecords.ChargeAsync(host, big, person, company, 40_000, "2025-03-04", "medicalService");
        await SubsidyRecords.ChargeAsync(host, big, alone, null, 50_000, "2025-03-05");

        // None of these is a service: of its own people, outside the window, taken back, only estimated.
        await SubsidyRecords.ChargeAsync(host, big, person, university, 99_999, "2025-03-01");
        await SubsidyRecords.ChargeAsync(host, big, person, company, 99_999, "2024-12-31");
        await SubsidyRecords.ChargeAsync(host, big, person, company, 99_999, "2025-03-06", status: "reversed");
        await SubsidyRecords.ChargeAsync(host, big, person, company, 99_999, "2025-03-07", status: "estimated");
    }

    private async Task<JsonElement> StartAsync()
    {
        var answer = await api.PostAsJsonAsync("/api/v1/subsidy/runs", Year);
        answer.StatusCode.ShouldBe(HttpStatusCode.Created, await answer.Content.ReadAsStringAsync());
        return await JsonAsync(answer);
    }

    private async Task<List<JsonElement>> ItemsAsync(string path)
    {
        var answer = await api.GetAsync(path);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK, await answer.Content.ReadAsStringAsync());
        return [.. (await JsonAsync(answer)).GetProperty("items").EnumerateArray()];
    }

    private static Guid Id(JsonElement run) => run.GetProperty("id").GetGuid();

    private static Task<JsonElement> JsonAsync(HttpResponseMessage answer) => answer.Content.ReadFromJsonAsync<JsonElement>();
}
