using System.Text.RegularExpressions;
using InstrumentShare.Web;

namespace InstrumentShare.Tests.Architecture;

public sealed partial class WordsTests
{
    private static readonly WordCatalog Catalog = new();

    [Fact]
    public void Both_languages_have_the_same_keys()
    {
        var (chinese, english) = (Catalog.Of("zh-CN").Keys, Catalog.Of("en").Keys);
        chinese.Except(english).ShouldBeEmpty("missing in English");
        english.Except(chinese).ShouldBeEmpty("missing in Chinese");
    }

    [Fact]
    public void Both_languages_name_the_same_figures()
    {
        foreach (var (key, text) in Catalog.Of("zh-CN"))
            Placeholders(text).ShouldBe(Placeholders(Catalog.Of("en")[key]), ignoreOrder: true, key);
    }

    [Fact]
    public void Every_key_that_a_page_or_class_names_has_words()
    {
        var missing = Source.Files("*.cshtml", "*.cs").SelectMany(f => KeyInUse().Matches(f.Text).Select(m => (f.Path, Key: m.Groups[1].Value)))
            .Where(u => !Catalog.Has(u.Key)).Select(u => $"{u.Path}: {u.Key}").Distinct();
        missing.ShouldBeEmpty();
    }

    [Fact]
    public void Every_problem_code_has_words()
    {
        var missing = Source.Files("*.cs").SelectMany(f => CodeInUse().Matches(f.Text).Select(m => (f.Path, Code: m.Groups[1].Value)))
            .Where(u => !Catalog.Has("problem." + u.Code)).Select(u => $"{u.Path}: problem.{u.Code}").Distinct();
        missing.ShouldBeEmpty();
    }

    private static IEnumerable<string> Placeholders(string text) => Placeholder().Matches(text).Select(m => m.Value).Distinct();

    [GeneratedRegex(@"\bT\[""([a-z][\w.-]*)""[\],]")]
    private static partial Regex KeyInUse();

    [GeneratedRegex(@"Problem\.(?:Invalid|Refused)\(\s*""([a-z][\w.-]*)""")]
    private static partial Regex CodeInUse();

    [GeneratedRegex(@"\{\w+\}")]
    private static partial Regex Placeholder();
}
