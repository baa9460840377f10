using System.Text;
using InstrumentShare.Web;

namespace InstrumentShare.Tests.Architecture;

public sealed class RuleListTests
{
    /// <summary>Run once with <c>UPDATE_DOCS=1</c> to write the list anew after a rule was added; the difference shows in review.</summary>
    [Fact]
    public void The_list_of_rules_in_the_documentation_is_complete()
    {
        var path = Path.Combine(Source.Root, "docs", "rules.md");
        var list = Written();
        if (Environment.GetEnvironmentVariable("UPDATE_DOCS") == "1") File.WriteAllText(path, list);
        File.ReadAllText(path).ShouldBe(list);
    }

    private static string Written()
    {
        const string Start = "problem.";
        var catalog = new WordCatalog();
        var (chinese, english) = (catalog.Of("zh-CN"), catalog.Of("en"));
        var text = new StringBuilder("# Rules by their codes\n\nEvery refusal carries one of these codes: in the rule, the answer, the database constraint and the test. Search the source for a code to see the whole story.\n");
        foreach (var module in english.Keys.Where(k => k.StartsWith(Start, StringComparison.Ordinal)).Select(k => k[Start.Length..]).Order(StringComparer.Ordinal).GroupBy(c => c.Split('.')[0]))
        {
            text.Append(System.Globalization.CultureInfo.InvariantCulture, $"\n## {module.Key}\n\n| code | English | 中文 |\n|---|---|---|\n");
            foreach (var code in module) text.Append(System.Globalization.CultureInfo.InvariantCulture, $"| `{code}` | {Cell(english[Start + code])} | {Cell(chinese.GetValueOrDefault(Start + code, string.Empty))} |\n");
        }

        return text.ToString();
    }

    private static string Cell(string text) => text.Replace("|", "\\|", StringComparison.Ordinal).ReplaceLineEndings(" ");
}
