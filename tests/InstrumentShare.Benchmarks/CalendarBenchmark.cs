using System.Globalization;
using InstrumentShare.Demo;
using NodaTime;
using NodaTime.Text;

namespace InstrumentShare.Benchmarks;

/// <summary>One week of one busy instrument, anywhere in the year, as the calendar asks for it.</summary>
internal static class CalendarBenchmark
{
    public static async Task RunAsync(Bench bench)
    {
        using var http = await bench.ClientAsync(null);
        var draws = Enumerable.Range(0, Bench.MaxClients).Select(i => new DemoRandom((ulong)(100 + i))).ToArray();
        var rows = new List<string>();
        Report.Heading("Calendar week of one instrument, 32 clients");
        foreach (var (name, weeks) in new[] { ("any week of the year", 52), ("this week", 0) })
        {
            Report.Progress($"Calendar, {name}");
            var measured = await Load.RunAsync(Bench.MaxClients, bench.Settings.Time, async client =>
            {
                var instrument = bench.Region.Instruments[draws[client].Below(bench.Region.Busy)].Id;
                var from = BookingHistory.Now - Duration.FromDays(7 * (weeks == 0 ? 0 : draws[client].Between(1, weeks)));
                var path = string.Create(CultureInfo.InvariantCulture, $"/api/v1/instruments/{instrument}/calendar?from={At(from)}&to={At(from + Duration.FromDays(7))}");
                using var answer = await http.GetAsync(path);
                answer.EnsureSuccessStatusCode();
                await answer.Content.ReadAsByteArrayAsync();
                return true;
            });
            rows.Add($"{name} | {Report.Number(measured.PerSecond)} | {measured.Percentiles}");
        }

        Report.Table("asked for | requests/s | p50 ms | p95 ms | p99 ms", rows);
        Report.Note("Aim: p95 under 25 ms. Elsewhere, at 32 clients over 100,000 bookings: NEMO 18 week feeds/s (p50 1.4 s), MRBS 36 week pages/s (p50 0.84 s).");
    }

    private static string At(Instant instant) => InstantPattern.ExtendedIso.Format(instant);
}
