using System.Diagnostics;

namespace InstrumentShare.Benchmarks;

/// <summary>What a number of clients did in a time.</summary>
internal sealed record Measured(decimal PerSecond, decimal DonePerSecond, decimal P50, decimal P95, decimal P99, decimal ProgramMs, decimal PostgresMs)
{
    public string Percentiles => $"{Report.Number(P50)} | {Report.Number(P95)} | {Report.Number(P99)}";

    /// <summary>Processor time for each of them, of the program and of PostgreSQL.</summary>
    public string Cpu => $"{Report.Ratio(ProgramMs)} | {Report.Ratio(PostgresMs)}";
}

/// <summary>Runs clients side by side, each one thing after another, first to warm up and then for the record.</summary>
internal static class Load
{
    /// <param name="one">Does one thing for a client; true when it was done, false when it was refused.</param>
    /// <param name="cpu">Processor time that both have used so far.</param>
    public static async Task<Measured> RunAsync(int clients, TimeSpan time, Func<int, Task<bool>> one, Func<(TimeSpan Program, TimeSpan Postgres)>? cpu = null)
    {
        await ForAsync(clients, time / 4, one, null);
        var latencies = Enumerable.Range(0, clients).Select(_ => new List<long>(10_000)).ToArray();
        var (began, spent) = (Stopwatch.GetTimestamp(), cpu?.Invoke());
        var done = await ForAsync(clients, time, one, latencies);
        var seconds = (decimal)Stopwatch.GetElapsedTime(began).TotalSeconds;
        var all = latencies.SelectMany(l => l).Order().ToArray();
        if (all.Length == 0) throw new InvalidOperationException("Nothing was measured.");
        var (before, after) = (spent.GetValueOrDefault(), cpu?.Invoke() ?? default);
        return new Measured(
            all.Length / seconds, done / seconds, At(0.50m), At(0.95m), At(0.99m),
            (decimal)(after.Program - before.Program).TotalMilliseconds / all.Length, (decimal)(after.Postgres - before.Postgres).TotalMilliseconds / all.Length);

        decimal At(decimal share) => all[Math.Min(all.Length - 1, (int)(all.Length * share))] * 1000m / Stopwatch.Frequency;
    }

    private static async Task<long> ForAsync(int clients, TimeSpan time, Func<int, Task<bool>> one, List<long>[]? latencies)
    {
        var done = 0L;
        var began = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, clients).Select(client => Task.Run(async () =>
        {
            while (Stopwatch.GetElapsedTime(began) < time)
            {
                var start = Stopwatch.GetTimestamp();
                if (await one(client)) Interlocked.Increment(ref done);
                latencies?[client].Add(Stopwatch.GetTimestamp() - start);
            }
        })));
        return done;
    }
}
