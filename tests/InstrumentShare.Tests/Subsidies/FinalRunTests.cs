using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using InstrumentShare.Access;
using InstrumentShare.Tests.Support;
using Npgsql;

namespace InstrumentShare.Tests.Subsidies;

/// <summary>What a final run keeps: everything, against everybody; and who was paid, for awards that come once.</summary>
public sealed class FinalRunTests(TestHost host) : IClassFixture<TestHost>, IAsyncLifetime
{
    private HttpClient officer = null!;
    private Institution company = null!;

    public async Task InitializeAsync()
    {
        await host.ExecuteAsync("TRUNCATE subsidy_runs CASCADE");
        officer = await host.ApiAsync(await host.Given.PersonWithRoleAsync(Role.FundingOfficer, region: "CN-35"));
        company = await host.Given.InstitutionAsync(InstitutionKind.Enterprise, "CN-3507", "南平某公司");
    }

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task An_instrument_that_a_final_run_paid_is_not_paid_by_a_later_one()
    {
        var (old, added) = (await OwnedAsync("F1", 400_000), await OwnedAsync("F2", 700_000));
        var first = await StartAsync("2024-01-01", "2024-12-31");
        (await PaidAsync(first)).ShouldBe(60_000m);

        // Only calculated: nobody was paid yet.
        (await PaidAsync(await StartAsync("2025-01-01", "2025-06-30"))).ShouldBe(60_000m);

        await FinalAsync(first);
        await OwnedAsync("F3", 1_200_000);
        var second = await StartAsync("2025-01-01", "2025-12-31");
        (await PaidAsync(second)).ShouldBe(60_000m, "the new one alone, at its own tier");
        var lines = await LinesAsync(second);
        lines.Where(l => Excluded(l) == "alreadyFunded").Select(l => l.GetProperty("instrumentId").GetGuid()).ShouldBe([old, added], ignoreOrder: true);
        var told = await officer.GetFromJsonAsync<JsonElement>($"/api/v1/subsidy/runs/{Id(second)}/lines/{lines.First(l => Excluded(l) == "alreadyFunded").GetProperty("id").GetGuid()}/explanation");
        var step = told.GetProperty("steps").EnumerateArray().Single(s => s.GetProperty("code").GetString() == "subsidy.excluded");
        step.GetProperty("rule").GetProperty("clause").GetString().ShouldBe("一次性奖励");
        (await PaidAsync(await StartAsync("2024-01-01", "2024-12-31"))).ShouldBe(60_000m, "of the same year anew: only what the final run did not pay");
    }

    [Theory]
    [InlineData("UPDATE subsidy_blocks SET outcomes = array_fill(1::bigint, ARRAY[line_count]) WHERE run_id = @run")]
    [InlineData("DELETE FROM subsidy_blocks WHERE run_id = @run")]
    [InlineData("INSERT INTO subsidy_blocks SELECT (jsonb_populate_record(b, '{\"first_number\": 1000}')).* FROM subsidy_blocks b WHERE run_id = @run")]
    [InlineData("UPDATE subsidy_entries SET paid_fen = 0 WHERE run_id = @run")]
    [InlineData("DELETE FROM subsidy_entries WHERE run_id = @run")]
    [InlineData("INSERT INTO subsidy_entries SELECT run_id, kind, gen_random_uuid(), payer, 1, 1, 1 FROM subsidy_entries WHERE run_id = @run")]
    [InlineData("UPDATE subsidy_run_instruments SET is_paid = '{}' WHERE run_id = @run")]
    [InlineData("DELETE FROM subsidy_run_instruments WHERE run_id = @run")]
    [InlineData("DELETE FROM subsidy_confirmations WHERE run_id = @run")]
    [InlineData("UPDATE subsidy_runs SET total_fen = 1 WHERE id = @run")]
    [InlineData("UPDATE subsidy_runs SET status = 'superseded', final_at = NULL WHERE id = @run")]
    [InlineData("DELETE FROM subsidy_runs WHERE id = @run")]
    public async Task The_database_refuses_to_change_a_final_run(string sql)
    {
        await OwnedAsync(Guid.CreateVersion7().ToString(), 400_000);
        var run = await StartAsync("2024-01-01", "2024-12-31");
        await FinalAsync(run);
        var refused = await Should.ThrowAsync<PostgresException>(() => host.ExecuteAsync(sql, ("run", Id(run))));
        refused.ConstraintName.ShouldBe("subsidy.run-immutable");
    }

    [Theory]
    [InlineData("UPDATE subsidy_blocks SET first_number = 7 WHERE run_id = @run")]
    [InlineData("UPDATE subsidy_runs SET result_digest = 'other' WHERE id = @run")]
    [InlineData("UPDATE subsidy_runs SET status = 'calculating' WHERE id = @run")]
    public async Task What_a_run_computed_stays_as_it_was_computed_before_it_is_final_too(string sql)
    {
        await OwnedAsync(Guid.CreateVersion7().ToString(), 400_000);
        var run = await StartAsync("2024-01-01", "2024-12-31");
        (await Should.ThrowAsync<PostgresException>(() => host.ExecuteAsync(sql, ("run", Id(run))))).ConstraintName.ShouldBe("subsidy.run-immutable");
        (await host.ExecuteAsync("DELETE FROM subsidy_runs WHERE id = @run", ("run", Id(run)))).ShouldBe(1, "a trial may go");
        (await host.ScalarAsync<long>("SELECT count(*) FROM subsidy_blocks WHERE run_id = @run", ("run", Id(run)))).ShouldBe(0);
    }

    private async Task<Guid> OwnedAsync(string innerId, long valueYuan)
    {
        var instrument = await SubsidyRecords.EnrolledAsync(host, company, innerId, valueYuan);
        await host.ExecuteAsync("UPDATE instruments SET funding = 'private' WHERE id = @id", ("id", instrument.Id.Value));
        return instrument.Id.Value;
    }

    private async Task<JsonElement> StartAsync(string from, string to)
    {
        var answer = await officer.PostAsJsonAsync("/api/v1/subsidy/runs", new { policyId = "fujian-2019", from, to });
        answer.StatusCode.ShouldBe(HttpStatusCode.Created, await answer.Content.ReadAsStringAsync());
        return await answer.Content.ReadFromJsonAsync<JsonElement>();
    }

    private async Task FinalAsync(JsonElement run)
    {
        var path = $"/api/v1/subsidy/runs/{Id(run)}/final";
        var open = await (await officer.PostAsJsonAsync(path, new { })).Content.ReadFromJsonAsync<JsonElement>();
        var final = await officer.PostAsJsonAsync(path, new { confirm = open.GetProperty("problems").EnumerateArray().Select(p => p.GetProperty("field").GetString()) });
        final.StatusCode.ShouldBe(HttpStatusCode.OK, await final.Content.ReadAsStringAsync());
    }

    private async Task<List<JsonElement>> LinesAsync(JsonElement run) =>
        [.. (await officer.GetFromJsonAsync<JsonElement>($"/api/v1/subsidy/runs/{Id(run)}/lines?limit=200")).GetProperty("items").EnumerateArray()
            .Where(l => l.GetProperty("institutionId").GetGuid() == company.Id.Value)];

    private static string? Excluded(JsonElement line) => line.GetProperty("excluded").GetString();

    private async Task<decimal> PaidAsync(JsonElement run) =>
        (await LinesAsync(run)).Sum(l => decimal.Parse(l.GetProperty("amount").GetProperty("amount").GetString()!, CultureInfo.InvariantCulture));

    private static Guid Id(JsonElement run) => run.GetProperty("id").GetGuid();
}
