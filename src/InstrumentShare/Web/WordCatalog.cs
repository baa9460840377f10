using System.Globalization;
using System.Text.Json;

namespace InstrumentShare.Web;

/// <summary>
/// Every visible word, by language and key, read once from the modules' <c>Words.&lt;language&gt;.json</c>. A key stands in one
/// module only and in both languages; a test holds that.
/// </summary>
public sealed class WordCatalog
{
    public static readonly string[] Languages = ["zh-CN", "en"];

    private readonly Dictionary<string, Dictionary<string, string>> byLanguage = Languages.ToDictionary(l => l, Load, StringComparer.Ordinal);

    public IReadOnlyDictionary<string, string> Of(string language) => byLanguage[language];

    public bool Has(string key) => byLanguage[Languages[0]].ContainsKey(key);

    /// <summary>The text in a language; the key itself when it is missing, so that the gap is seen.</summary>
    public string Find(string language, string key) => byLanguage[language].GetValueOrDefault(key, key);

    /// <summary>The supported language of a culture: zh-CN for Chinese of any kind, else en.</summary>
    public static string LanguageOf(CultureInfo culture) => culture.TwoLetterISOLanguageName == "zh" ? "zh-CN" : "en";

    private static Dictionary<string, string> Load(string language)
    {
        var assembly = typeof(WordCatalog).Assembly;
        var words = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var name in assembly.GetManifestResourceNames().Where(n => n.StartsWith("words/", StringComparison.Ordinal) && n.EndsWith($"Words.{language}.json", StringComparison.Ordinal)))
        {
            using var stream = assembly.GetManifestResourceStream(name)!;
            foreach (var (key, text) in JsonSerializer.Deserialize<Dictionary<string, string>>(stream)!)
                if (!words.TryAdd(key, text)) throw new InvalidOperationException($"The words “{key}” ({language}) stand in two modules; the second is {name}.");
        }

        return words;
    }
}
