using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;
using InstrumentShare.Subsidies;
using InstrumentShare.Subsidies.Engine;
using InstrumentShare.Subsidies.Language;
using Microsoft.EntityFrameworkCore;
using NodaTime;
using Npgsql;

namespace InstrumentShare.Benchmarks;

/// <summary>
/// A subsidy run over a year's charges, ordered from the program as an officer does, against the plain SQL that sums the same rows;
/// its steps one after another on the program's own classes; and reading what it stored.
/// </summary>
internal static class SubsidyBenchmark
{
    private const int Rounds = 3;
    private const string Policy = "anhui-2015";

    private const string PlainSql = """
        SELECT c.institution_id, c.user_institution_id, c.instrument_id, count(*), sum(c.amount_fen)
        FROM charges c JOIN institutions i ON i.id = c.institution_id
        WHERE c.kind = 'charge' AND c.status = 'issued' AND i.region LIKE 'CN-34%' AND c.user_institution_id IS DISTINCT FROM c.institution_id AND c.served_on BETWEEN $1 AND $2
        GROUP BY 1, 2, 3
        """;

    public static async Task RunAsync(Bench bench)
    {
        Report.Heading($"A subsidy run over {bench.Settings.Charges:#,0} uses, one charge each, 17 % of them to users of other institutions");
        using var officer = await bench.ClientAsync(BenchRegion.Officer);
        var rows = new List<string>();
        var run = Guid.Empty;
        for (var round = 1; round <= Rounds; round++)
        {
            Report.Progress($"Subsidy, round {round}");
            var (sql, services) = await SqlAsync(bench);
            (run, var whole) = await OrderAsync(officer);
            var steps = await StepsAsync(bench);
            rows.Add($"{services:#,0} | {Report.Number(sql)} | {Report.Number(whole)} | {Report.Ratio(whole / sql)} | "
                + $"{Report.Number(steps.Read)} | {Report.Number(steps.Calculate)} | {Report.Number(steps.Digest)} | {Report.Number(steps.Store)}");
        }

        Report.Table("services of the region | plain GROUP BY s | whole run s | run ÷ SQL | of it: read s | calculate s | digests s | store s", rows);
        Report.Note("Aim: at most 2. The whole run is from the order until its result can be read. It reads each service's own row, applies clauses and caps, digests what went in and came out, "
            + "and keeps a line for each payment; the plain SQL only adds up. The steps were measured one after another; the run digests while it stores.");
        await ReadAsync(bench, officer, run);
    }

    // From the order until the result can be read.
    private static async Task<(Guid Run, decimal Seconds)> OrderAsync(HttpClient officer)
    {
        var began = Stopwatch.GetTimestamp();
        var answer = await officer.PostAsJsonAsync("/api/v1/subsidy/runs", new { policyId = Policy, from = ChargeHistory.From.ToString("uuuu-MM-dd", null), to = ChargeHistory.To.ToString("uuuu-MM-dd", null) });
        answer.EnsureSuccessStatusCode();
        var run = await answer.Content.ReadFromJsonAsync<JsonElement>();
        while (run.GetProperty("status").GetString() == "calculating")
        {
            await Task.Delay(100);
            run = await officer.GetFromJsonAsync<JsonElement>($"/api/v1/subsidy/runs/{run.GetProperty("id")}");
        }

        if (run.GetProperty("status").GetString() != "calculated") throw new InvalidOperationException($"The run ended otherwise: {run}");
        return (run.GetProperty("id").GetGuid(), Since(began));
    }

    private static async Task ReadAsync(Bench bench, HttpClient officer, Guid run)
    {
        var lines = $"/api/v1/subsidy/runs/{run}/lines";
        var institution = (await ItemsAsync(officer, lines + "?limit=1"))[0].GetProperty("institutionId").GetGuid();
        var user = (await ItemsAsync(officer, lines + "?limit=1&kind=user&excluded=false"))[0].GetProperty("beneficiaryId").GetGuid();
        var own = await ItemsAsync(officer, $"{lines}?limit=200&kind=user&beneficiary={user}&excluded=false");
        var rows = new List<string>();
        foreach (var (name, path) in new (string, Func<int, string>)[]
        {
            ("50 lines of the run", _ => lines + "?limit=50"),
            ("50 excluded lines of an institution", _ => $"{lines}?limit=50&institution={institution}&excluded=true"),
            ("50 lines that pay one user", _ => $"{lines}?limit=50&kind=user&beneficiary={user}"),
            ("what is paid to whom, 50", _ => $"/api/v1/subsidy/runs/{run}/beneficiaries?limit=50"),
            ("one line's explanation", n => $"{lines}/{own[n % own.Count].GetProperty("id")}/explanation"),
        })
        {
            Report.Progress($"Subsidy, {name}");
            var n = 0;
            var measured = await Load.RunAsync(1, bench.Settings.Time / 2, async _ =>
            {
                using var answer = await officer.GetAsync(path(n++));
                answer.EnsureSuccessStatusCode();
                await answer.Content.ReadAsByteArrayAsync();
                return true;
            });
            rows.Add($"{name} | {measured.Percentiles}");
        }

        Report.Table("read of that run, one client | p50 ms | p95 ms | p99 ms", rows);
    }

    private static async Task<List<JsonElement>> ItemsAsync(HttpClient officer, string path) =>
        [.. (await officer.GetFromJsonAsync<JsonElement>(path)).GetProperty("items").EnumerateArray()];

    private static async Task<(decimal Seconds, long Services)> SqlAsync(Bench bench)
    {
        var began = Stopwatch.GetTimestamp();
        await using var connection = await bench.Database.OpenConnectionAsync();
        await using var command = new NpgsqlCommand(PlainSql, connection) { Parameters = { new() { Value = ChargeHistory.From.ToDateOnly() }, new() { Value = ChargeHistory.To.ToDateOnly() } } };
        await using var reader = await command.ExecuteReaderAsync();
        var services = 0L;
        while (await reader.ReadAsync()) services += reader.GetInt64(3);
        return (Since(began), services);
    }

    // What the run does, one step after another, with a look at the clock between; undone at the end.
    private static async Task<(decimal Read, decimal Calculate, decimal Digest, decimal Store)> StepsAsync(Bench bench)
    {
        var policy = PolicyPresets.Named(Policy);
        var known = new KnownPolicy(policy, string.Empty, string.Empty);
        var window = new AccrualWindow(ChargeHistory.From, ChargeHistory.To);
        await using var db = bench.NewDb();
        await using var transaction = await db.Database.BeginTransactionAsync();
        var connection = (NpgsqlConnection)db.Database.GetDbConnection();
        var run = new SubsidyRun
        {
            PolicyId = policy.Id, PolicyVersion = policy.Version, Region = policy.Region, AccruedFrom = window.From, AccruedTo = window.To, RequestedBy = default, RequestedByName = "benchmark",
            CreatedAt = SystemClock.Instance.GetCurrentInstant(),
        };
        db.Add(run);
        await db.SaveChangesAsync();

        var began = Stopwatch.GetTimestamp();
        var facts = await new RunFactsReader(connection, policy, window).ReadAsync(_ => Task.FromResult(true), default);
        var read = Since(began);
        began = Stopwatch.GetTimestamp();
        var result = SubsidyCalculator.Calculate(policy, facts.Facts, window, null, facts.Names, Environment.ProcessorCount);
        var calculate = Since(began);
        began = Stopwatch.GetTimestamp();
        _ = new RunDigests(known, window, null, facts, result, Environment.ProcessorCount).Compute();
        var digest = Since(began);
        began = Stopwatch.GetTimestamp();
        await new RunStore(connection, run, policy, facts, result).StoreAsync(default);
        var store = Since(began);
        await transaction.RollbackAsync();
        return (read, calculate, digest, store);
    }

    private static decimal Since(long began) => (decimal)Stopwatch.GetElapsedTime(began).TotalSeconds;
}
