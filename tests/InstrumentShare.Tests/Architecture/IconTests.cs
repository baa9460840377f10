using System.Text.RegularExpressions;

namespace InstrumentShare.Tests.Architecture;

public sealed partial class IconTests
{
    private static readonly HashSet<string> Known = File.ReadLines(Path.Combine(Source.Folder, "Client", "icons.txt")).ToHashSet(StringComparer.Ordinal);

    [Fact]
    public void Every_icon_that_a_page_names_is_in_the_sprite()
    {
        var missing = Source.Files("*.cshtml").SelectMany(f => NamedIcon().Matches(f.Text).Select(m => (f.Path, Name: m.Groups[1].Value)))
            .Where(i => !Known.Contains(i.Name)).Select(i => $"{i.Path}: {i.Name}").Distinct();
        missing.ShouldBeEmpty();
    }

    [Fact]
    public void Every_menu_entry_has_an_icon_of_the_sprite() =>
        Modules.All.SelectMany(m => m.Menu).Where(e => !Known.Contains(e.Icon)).Select(e => $"{e.Path}: {e.Icon}").ShouldBeEmpty();

    [Fact]
    public void The_list_of_icons_names_each_once() =>
        File.ReadLines(Path.Combine(Source.Folder, "Client", "icons.txt")).GroupBy(n => n).Where(g => g.Count() > 1).Select(g => g.Key).ShouldBeEmpty();

    [GeneratedRegex("""<icon name="([a-z0-9-]+)""")]
    private static partial Regex NamedIcon();
}
