using InstrumentShare.Access;
using InstrumentShare.Demo;

namespace InstrumentShare.Benchmarks;

/// <summary>The catalogue searched for kinds in Chinese and English, models, makers, institutions and within filters.</summary>
internal static class SearchBenchmark
{
    private static readonly string[] Common = ["电镜", "质谱", "核磁", "XRD", "JEM-2100F", "confocal", "流式", "Bruker", "色谱", "显微镜"];

    private static readonly (string Name, Func<Bench, DemoRandom, string> Query)[] Asked =
    [
        ("everyone the same ten words", (_, d) => Q(d.Pick(Common))),
        ("a kind at an institution, seldom the same twice", (b, d) => Q($"{Kind(d)} {Owner(b, d).Name}")),
        ("the same with the institution's English name", (b, d) => Q($"{Kind(d)} {Owner(b, d).NameEn}")),
        ("a model or a kind's whole name", (_, d) => Q(d.Chance(500) ? d.Pick(d.Pick(DemoKind.All).Models).Model : d.Pick(DemoKind.All).Name)),
        ("two characters of any name, in a region and a way of sharing or at an institution", (b, d) =>
            Q(Two(BenchNames.Instrument(d).Name, d)) + (d.Chance(500) ? $"&region=CN-{(d.Chance(500) ? "34" : "3702")}&sharing=external" : $"&institution={d.Pick(b.Region.Instruments).Institution}")),
        ("no words, a class or an institution by name", (b, d) => d.Chance(500) ? $"classification={BenchNames.Instrument(d).Classification}" : $"institution={d.Pick(b.Region.Instruments).Institution}"),
    ];

    public static async Task RunAsync(Bench bench)
    {
        using var http = await bench.ClientAsync(null);
        var draws = Enumerable.Range(0, Bench.MaxClients).Select(i => new DemoRandom((ulong)(200 + i))).ToArray();
        Report.Heading("Search of the catalogue, 32 clients");
        var rows = new List<string>();
        foreach (var (name, query) in Asked)
        {
            Report.Progress($"Search, {name}");
            var measured = await Load.RunAsync(Bench.MaxClients, bench.Settings.Time, async client =>
            {
                using var answer = await http.GetAsync($"/api/v1/instruments?limit=20&{query(bench, draws[client])}");
                answer.EnsureSuccessStatusCode();
                await answer.Content.ReadAsByteArrayAsync();
                return true;
            }, bench.CpuTime);
            rows.Add($"{name} | {Report.Number(measured.PerSecond)} | {measured.Percentiles} | {measured.Cpu}");
        }

        Report.Table("asked for | requests/s | p50 ms | p95 ms | p99 ms | program's CPU ms a request | PostgreSQL's", rows);
        Report.Note("Aim: p95 under 50 ms.");
    }

    // Large institutions are asked for more often.
    private static Institution Owner(Bench bench, DemoRandom random) => bench.Region.OwnerOf[random.Pick(bench.Region.Instruments).Institution];

    private static string Q(string words) => "q=" + Uri.EscapeDataString(words);

    // Two characters of a kind's Chinese name, or the whole of its English one.
    private static string Kind(DemoRandom random)
    {
        var kind = random.Pick(DemoKind.All);
        return random.Chance(200) ? kind.NameEn : Two(kind.Name, random);
    }

    private static string Two(string name, DemoRandom random)
    {
        var chinese = new string([.. name.Where(c => c > 0x2E80)]);
        return chinese.Length < 2 ? name : chinese.Substring(random.Below(chinese.Length - 1), 2);
    }
}
