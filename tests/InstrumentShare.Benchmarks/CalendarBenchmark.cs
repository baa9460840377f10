using System.Globalization;
using InstrumentShare.Demo;
using NodaTime;
using NodaTime.Text;

namespace InstrumentShare.Benchmarks;

/// <summary>One week of one busy instrument, anywhere in the year, as the calendar asks for it; and of fifty side by side.</summary>
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
            }, bench.CpuTime);
            rows.Add($"{name} | {Report.Number(measured.PerSecond)} | {measured.Percentiles} | {measured.Cpu}");
        }

        Report.Table("asked for | requests/s | p50 ms | p95 ms | p99 ms | program's CPU ms a request | PostgreSQL's", rows);
        Report.Note("Aim: p95 under 25 ms. Elsewhere, at 32 clients over 100,000 bookings: NEMO 18 week feeds/s (p50 1.4 s), MRBS 36 week pages/s (p50 0.84 s).");
    }

    /// <summary>What the server needs for a week of fifty busy instruments: the page, which is drawn whole, and the feed of the same.</summary>
    public static async Task RunManyAsync(Bench bench)
    {
        using var http = await bench.ClientAsync(null);
        var random = new DemoRandom(9);
        var rows = new List<string>();
        Report.Heading("Calendar week of 50 instruments");
        foreach (var (name, weeks) in new[] { ("any week of the year", 52), ("this week", 0) })
        {
            foreach (var clients in new[] { 1, 8 })
            {
                var page = await MeasureAsync("page", clients, weeks, (ids, from) => string.Create(CultureInfo.InvariantCulture, $"/calendar?view=week&instruments={ids}&date={from.InUtc().Date:uuuu-MM-dd}"));
                var feed = await MeasureAsync("feed", clients, weeks, (ids, from) => string.Create(CultureInfo.InvariantCulture, $"/api/v1/calendar?instruments={ids}&from={At(from)}&to={At(from + Duration.FromDays(7))}"));
                rows.Add($"{name} | {clients} | {page.Percentiles} | {feed.Percentiles} | {Report.Number(page.P50 + feed.P50)}");
            }
        }

        Report.Table("asked for | clients | page p50 ms | p95 | p99 | feed p50 ms | p95 | p99 | page + feed p50 ms", rows);
        Report.Note("Aim: first paint of such a week under 500 ms. The page holds the bars already, so that it is painted without waiting for the feed.");

        Task<Measured> MeasureAsync(string what, int clients, int weeks, Func<string, Instant, string> address)
        {
            Report.Progress($"Calendar of 50, {what}, {clients} clients");
            return Load.RunAsync(clients, bench.Settings.Time / 2, async _ =>
            {
                string path;
                lock (random)
                {
                    var ids = Enumerable.Range(0, 50).Select(_ => bench.Region.Instruments[random.Below(bench.Region.Busy)].Id).Distinct();
                    path = address(string.Join(',', ids), BookingHistory.Now - Duration.FromDays(7 * (weeks == 0 ? 0 : random.Between(1, weeks))));
                }

                using var answer = await http.GetAsync(path);
                answer.EnsureSuccessStatusCode();
                await answer.Content.ReadAsByteArrayAsync();
                return true;
            });
        }
    }

    private static string At(Instant instant) => InstantPattern.ExtendedIso.Format(instant);
}
