using System.Text.Json;
using InstrumentShare.Persistence;

namespace InstrumentShare.Demo;

internal sealed record DemoModel(string Manufacturer, string Model, int Wan, string Nation);

/// <summary>A real kind of instrument with real models, from which the demo's instruments are made.</summary>
/// <param name="Style">How it is used, which decides its hours, rules and prices: a key of <see cref="DemoStyle"/>.</param>
/// <param name="Hosts">Letters of the kinds of institution that have one.</param>
internal sealed record DemoKind(
    string Code, string Name, string NameEn, int HourlyYuan, int SampleYuan, List<string> Subjects, string Function, string FunctionEn,
    string Technical, string TechnicalEn, string Style, string Hosts, bool Special, List<DemoModel> Models)
{
    public static IReadOnlyList<DemoKind> All { get; } = Read();

    private static List<DemoKind> Read()
    {
        using var file = typeof(DemoKind).Assembly.GetManifestResourceStream("data/Demo/Data/instrument-kinds.json")!;
        return JsonSerializer.Deserialize<List<DemoKind>>(file, Json.Options)!;
    }
}
