using InstrumentShare.Demo;

namespace InstrumentShare.Benchmarks;

/// <summary>The catalogue searched for kinds in Chinese and English, models, makers and institutions.</summary>
internal static class SearchBenchmark
{
    private static readonly string[] Common = ["电镜", "质谱", "核磁", "XRD", "JEM-2100F", "confocal", "流式", "Bruker", "色谱", "显微镜"];

    public static async Task RunAsync(Bench bench)
    {
        using var http = await bench.ClientAsync(null);
        var draws = Enumerable.Range(0, Bench.MaxClients).Select(i => new DemoRandom((ulong)(200 + i))).ToArray();
        Report.Heading("Search of the catalogue, 32 clients");
        var rows = new List<string>();
        foreach (var (name, words) in new (string, Func<DemoRandom, string>)[]
        {
            ("everyone the same ten words", d => d.Pick(Common)),
            ("a kind at an institution, seldom the same twice", d => $"{Kind(d)} {d.Pick(bench.Region.Owners).Name}"),
            ("a model or a kind's whole name", d => d.Chance(500) ? d.Pick(d.Pick(DemoKind.All).Models).Model : d.Pick(DemoKind.All).Name),
        })
        {
            Report.Progress($"Search, {name}");
            var measured = await Load.RunAsync(Bench.MaxClients, bench.Settings.Time, async client =>
            {
                using var answer = await http.GetAsync($"/api/v1/instruments?limit=20&q={Uri.EscapeDataString(words(draws[client]))}");
                answer.EnsureSuccessStatusCode();
                await answer.Content.ReadAsByteArrayAsync();
                return true;
            });
            rows.Add($"{name} | {Report.Number(measured.PerSecond)} | {measured.Percentiles}");
        }

        Report.Table("asked for | requests/s | p50 ms | p95 ms | p99 ms", rows);
        Report.Note("Aim: p95 under 50 ms. Answers are kept for a few seconds, as many ask the same.");
    }

    // Two characters of a kind's Chinese name, or the whole of its English one.
    private static string Kind(DemoRandom random)
    {
        var kind = random.Pick(DemoKind.All);
        var chinese = new string([.. kind.Name.Where(c => c > 0x2E80)]);
        return chinese.Length < 4 || random.Chance(200) ? kind.NameEn : chinese.Substring(random.Below(chinese.Length - 1), 2);
    }
}
