using InstrumentShare.Access;
using InstrumentShare.Kernel;

namespace InstrumentShare.Catalog.Import;

/// <summary>Finds a region by the names of province, city and county, or by the digits of GB/T 2260 in any of them.</summary>
public static class PlaceRules
{
    // Levels that GB/T 2260 has on paper only: places below them hang directly under the level above.
    private static readonly string[] Placeholders = ["市辖区", "县", "省直辖县级行政区划", "自治区直辖县级行政区划"];

    /// <returns>The most exact region named, null when all are empty; or the name that is not known and its level.</returns>
    public static (Region? Region, string? UnknownLevel) Find(string province, string city, string county)
    {
        RegionEntry? at = null;
        foreach (var (level, name) in new[] { ("province", province), ("city", city), ("county", county) })
        {
            if (name.Length == 0 || (at is not null && (Placeholders.Contains(name) || name == at.Name))) continue;
            var next = Digits(name) ?? Below(at, name);
            if (next is null || (at is not null && !at.Region.Covers(next.Region))) return (null, level);
            at = next;
        }

        return (at?.Region, null);
    }

    private static RegionEntry? Digits(string text)
    {
        if (text.Length is not (2 or 4 or 6) || text.AsSpan().IndexOfAnyExceptInRange('0', '9') >= 0) return null;
        var code = text.EndsWith("0000", StringComparison.Ordinal) ? text[..2] : text.Length == 6 && text.EndsWith("00", StringComparison.Ordinal) ? text[..4] : text;
        return RegionCatalog.Instance.Find(new Region("CN-" + code));
    }

    // People write 山东 for 山东省 and 青岛 for 青岛市; a county may be named without its city.
    private static RegionEntry? Below(RegionEntry? above, string name)
    {
        var children = RegionCatalog.Instance.Children(above?.Region).ToList();
        return children.Find(c => c.Name == name)
            ?? (name.Length >= 2 && children.Where(c => c.Name.StartsWith(name, StringComparison.Ordinal)).Take(2).ToList() is [var only] ? only : null)
            ?? (above is null ? null : children.SelectMany(c => RegionCatalog.Instance.Children(c.Region)).Where(c => c.Name == name).Take(2).ToList() is [var deeper] ? deeper : null);
    }
}
