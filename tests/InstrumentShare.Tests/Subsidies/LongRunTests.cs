using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using InstrumentShare.Access;
using InstrumentShare.Tests.Support;

namespace InstrumentShare.Tests.Subsidies;

/// <summary>More services than are computed while the caller waits, with the program's own bound.</summary>
public sealed class LongRunTests(TestHost host) : IClassFixture<TestHost>, IAsyncLifetime
{
    private const int Charges = 125_000;
    private static readonly object Year = new { policyId = "anhui-2015", from = "2025-01-01", to = "2025-12-31" };
    private HttpClient officer = null!;

    public async Task InitializeAsync()
    {
        officer = await host.ApiAsync(await host.Given.PersonWithRoleAsync(Role.FundingOfficer, region: "CN-34"));
        if (await host.ScalarAsync<long>("SELECT count(*) FROM charges") > 0) return;
        var university = await host.Given.InstitutionAsync(name: "皖江大学", region: "CN-3401");
        var company = await host.Given.InstitutionAsync(InstitutionKind.Enterprise, "CN-3402", "芜湖某公司");
        var instrument = await SubsidyRecords.EnrolledAsync(host, university, "A1");
        await SubsidyRecords.ChargesAsync(host, instrument, await host.Given.PersonAsync(company), company, Charges, "2025-01-01");
    }

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task A_long_run_is_accepted_goes_on_in_the_background_and_tells_its_progress()
    {
        var run = await StartAsync();
        await using (await HeldAsync(run))
        {
            var (done, total) = Progress(await GetAsync(run));
            done.ShouldBeInRange(0, Charges - 1);
            total.ShouldBeGreaterThan(100_000);
            (await officer.GetAsync($"/api/v1/subsidy/runs/{run}/lines")).StatusCode.ShouldBe(HttpStatusCode.OK, "nothing yet is no error");
        }

        var ended = await EndedAsync(run);
        ended.GetProperty("status").GetString().ShouldBe("calculated");
        Progress(ended).ShouldBe((Charges, Charges));
        ended.GetProperty("totals").GetProperty("lines").GetInt64().ShouldBe(2 * Charges);
        (await host.ScalarAsync<long>("SELECT sum(line_count) FROM subsidy_blocks WHERE run_id = @run", ("run", run))).ShouldBe(2 * Charges);
    }

    [Fact]
    public async Task A_long_run_at_work_is_cancelled_and_leaves_nothing_behind()
    {
        var run = await StartAsync();
        Task<HttpResponseMessage> cancelling;
        await using (await HeldAsync(run))
        {
            cancelling = officer.PostAsync($"/api/v1/subsidy/runs/{run}/cancel", null);
            await Task.Delay(200);
        }

        (await cancelling).StatusCode.ShouldBe(HttpStatusCode.OK, await (await cancelling).Content.ReadAsStringAsync());
        (await EndedAsync(run)).GetProperty("status").GetString().ShouldBe("cancelled");
        (await host.ScalarAsync<long>("SELECT count(*) FROM subsidy_blocks WHERE run_id = @run", ("run", run))).ShouldBe(0);
        (await host.ScalarAsync<long>("SELECT count(*) FROM audit_entries WHERE subject_id = @run AND action = 'subsidy.run-cancel'", ("run", run.ToString()))).ShouldBe(1);
    }

    private async Task<Guid> StartAsync()
    {
        var answer = await officer.PostAsJsonAsync("/api/v1/subsidy/runs", Year);
        answer.StatusCode.ShouldBe(HttpStatusCode.Accepted, await answer.Content.ReadAsStringAsync());
        var run = await answer.Content.ReadFromJsonAsync<JsonElement>();
        run.GetProperty("status").GetString().ShouldBe("calculating");
        answer.Headers.Location!.ToString().ShouldEndWith(run.GetProperty("id").GetString()!);
        return run.GetProperty("id").GetGuid();
    }

    // Holds the run's row once its node has begun: the node comes no further than its next word on progress.
    private async Task<IAsyncDisposable> HeldAsync(Guid run)
    {
        await UntilAsync(async () => await host.ScalarAsync<bool>("SELECT started_at IS NOT NULL FROM subsidy_runs WHERE id = @run", ("run", run)));
        var connection = await host.DataSource.OpenConnectionAsync();
        await connection.BeginTransactionAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = "SELECT status FROM subsidy_runs WHERE id = $1 FOR UPDATE";
        command.Parameters.AddWithValue(run);
        ((string)(await command.ExecuteScalarAsync())!).ShouldBe("calculating");
        return connection;
    }

    private async Task<JsonElement> EndedAsync(Guid run)
    {
        var answer = await GetAsync(run);
        await UntilAsync(async () => (answer = await GetAsync(run)).GetProperty("status").GetString() != "calculating");
        return answer;
    }

    private static async Task UntilAsync(Func<Task<bool>> holds)
    {
        var began = Stopwatch.GetTimestamp();
        while (!await holds())
        {
            Stopwatch.GetElapsedTime(began).ShouldBeLessThan(TimeSpan.FromMinutes(2));
            await Task.Delay(20);
        }
    }

    private Task<JsonElement> GetAsync(Guid run) => officer.GetFromJsonAsync<JsonElement>($"/api/v1/subsidy/runs/{run}");

    private static (long Done, long Total) Progress(JsonElement run) => (run.GetProperty("progress").GetProperty("done").GetInt64(), run.GetProperty("progress").GetProperty("total").GetInt64());
}
