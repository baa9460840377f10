using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;
using NodaTime;
using Npgsql;

namespace InstrumentShare.Benchmarks;

/// <summary>A subsidy run over a year's charges against the plain SQL that sums the same rows.</summary>
internal static class SubsidyBenchmark
{
    private const string PlainSql = """
        SELECT c.institution_id, c.user_institution_id, c.instrument_id, count(*), sum(c.amount_fen)
        FROM charges c JOIN institutions i ON i.id = c.institution_id
        WHERE c.kind = 'charge' AND c.status = 'issued' AND i.region LIKE 'CN-34%' AND c.user_institution_id IS DISTINCT FROM c.institution_id AND c.served_on BETWEEN $1 AND $2
        GROUP BY 1, 2, 3
        """;

    public static async Task RunAsync(Bench bench)
    {
        using var http = await bench.ClientAsync(BenchRegion.Officer);
        Report.Heading($"A subsidy run over {bench.Settings.Charges:#,0} uses, one charge each, 17 % of them to users of other institutions");
        var rows = new List<string>();
        for (var round = 1; round <= 3; round++)
        {
            Report.Progress($"Subsidy, round {round}");
            var (sql, services) = await SqlAsync(bench);
            var (run, lines) = await RunOnceAsync(http);
            rows.Add($"{round} | {services:#,0} | {Report.Number(sql)} | {Report.Number(run)} | {Report.Ratio(run / sql)} | {lines}");
        }

        Report.Table("round | services of the region | plain GROUP BY s | run s | run ÷ SQL | total paid", rows);
        Report.Note("Aim: at most 2. The run reads each service's own row, applies clauses and caps, writes a line for each payment and both digests; the plain SQL only adds up.");
    }

    private static async Task<(decimal Seconds, long Services)> SqlAsync(Bench bench)
    {
        var began = Stopwatch.GetTimestamp();
        await using var connection = await bench.Database.OpenConnectionAsync();
        await using var command = new NpgsqlCommand(PlainSql, connection) { Parameters = { new() { Value = ChargeHistory.From.ToDateOnly() }, new() { Value = ChargeHistory.To.ToDateOnly() } } };
        await using var reader = await command.ExecuteReaderAsync();
        var services = 0L;
        while (await reader.ReadAsync()) services += reader.GetInt64(3);
        return ((decimal)Stopwatch.GetElapsedTime(began).TotalSeconds, services);
    }

    private static async Task<(decimal Seconds, string Total)> RunOnceAsync(HttpClient http)
    {
        var began = Stopwatch.GetTimestamp();
        var started = await http.PostAsJsonAsync("/api/v1/subsidy/runs", new { policyId = "anhui-2015", from = Iso(ChargeHistory.From), to = Iso(ChargeHistory.To) });
        if (!started.IsSuccessStatusCode) throw new InvalidOperationException(await started.Content.ReadAsStringAsync());
        var run = await started.Content.ReadFromJsonAsync<JsonElement>();
        while (run.GetProperty("status").GetString() == "calculating")
        {
            await Task.Delay(50);
            run = await http.GetFromJsonAsync<JsonElement>($"/api/v1/subsidy/runs/{run.GetProperty("id").GetString()}");
        }

        if (run.GetProperty("status").GetString() != "calculated") throw new InvalidOperationException(run.ToString());
        return ((decimal)Stopwatch.GetElapsedTime(began).TotalSeconds, run.GetProperty("totals").ToString());
    }

    private static string Iso(LocalDate date) => NodaTime.Text.LocalDatePattern.Iso.Format(date);
}
