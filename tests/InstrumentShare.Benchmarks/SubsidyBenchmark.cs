using System.Diagnostics;
using InstrumentShare.Subsidies;
using InstrumentShare.Subsidies.Engine;
using InstrumentShare.Subsidies.Language;
using Microsoft.EntityFrameworkCore;
using NodaTime;
using Npgsql;

namespace InstrumentShare.Benchmarks;

/// <summary>
/// A subsidy run over a year's charges, step by step on the program's own classes, against the plain SQL that sums the same rows.
/// </summary>
internal static class SubsidyBenchmark
{
    private const int Rounds = 3;

    private const string PlainSql = """
        SELECT c.institution_id, c.user_institution_id, c.instrument_id, count(*), sum(c.amount_fen)
        FROM charges c JOIN institutions i ON i.id = c.institution_id
        WHERE c.kind = 'charge' AND c.status = 'issued' AND i.region LIKE 'CN-34%' AND c.user_institution_id IS DISTINCT FROM c.institution_id AND c.served_on BETWEEN $1 AND $2
        GROUP BY 1, 2, 3
        """;

    public static async Task RunAsync(Bench bench)
    {
        Report.Heading($"A subsidy run over {bench.Settings.Charges:#,0} uses, one charge each, 17 % of them to users of other institutions");
        var rows = new List<string>();
        for (var round = 1; round <= Rounds; round++)
        {
            Report.Progress($"Subsidy, round {round}");
            var (sql, services) = await SqlAsync(bench);
            var steps = await StepsAsync(bench);
            var sum = steps.Read + steps.Calculate + steps.Digest + steps.Store;
            rows.Add($"{services:#,0} | {Report.Number(sql)} | {Report.Number(steps.Read)} | {Report.Number(steps.Calculate)} | {Report.Number(steps.Digest)} | {Report.Number(steps.Store)} | "
                + $"{Report.Ratio((steps.Read + steps.Calculate) / sql)} | {Report.Ratio(sum / sql)}");
        }

        Report.Table("services of the region | plain GROUP BY s | read s | calculate s | digests s | store s | read and calculate ÷ SQL | whole run ÷ SQL", rows);
        Report.Note("Aim: at most 2. The run reads each service's own row, applies clauses and caps, digests what went in and came out, and writes a line for each payment; the plain SQL only adds up.");
    }

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

    // What CalculateRun does, with a look at the clock between; undone at the end.
    private static async Task<(decimal Read, decimal Calculate, decimal Digest, decimal Store)> StepsAsync(Bench bench)
    {
        var policy = PolicyPresets.Named("anhui-2015");
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
