using InstrumentShare.Kernel;

namespace InstrumentShare.Subsidies.Language;

/// <summary>The policy texts that come with the program: files of this module's folder <c>Policies</c>.</summary>
public static class PolicyPresets
{
    private const string Prefix = "policies/";

    public static IReadOnlyList<(string File, string Text)> Texts { get; } = [.. Read()];

    /// <exception cref="InvalidOperationException">A text that comes with the program is wrong: its problems are named.</exception>
    public static IReadOnlyList<SubsidyPolicy> All { get; } = [.. Texts.Select(t => Checked(t.File, t.Text))];

    public static SubsidyPolicy Named(string id) => All.Single(p => p.Id == id);

    private static SubsidyPolicy Checked(string file, string text)
    {
        var outcome = PolicyLoader.Load(file, text);
        return outcome.IsOk ? outcome.Value : throw new InvalidOperationException(string.Join("; ", outcome.Problems.Select(Line)));
    }

    private static string Line(Problem p) => $"{p.Data?["file"]}:{p.Data?["line"]} {p.Field} {p.Code}";

    private static IEnumerable<(string File, string Text)> Read()
    {
        var assembly = typeof(PolicyPresets).Assembly;
        foreach (var name in assembly.GetManifestResourceNames().Where(n => n.StartsWith(Prefix, StringComparison.Ordinal)).Order(StringComparer.Ordinal))
        {
            using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
            yield return (name[Prefix.Length..], reader.ReadToEnd());
        }
    }
}
