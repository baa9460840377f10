using InstrumentShare.Kernel;
using InstrumentShare.Persistence;

namespace InstrumentShare.Access;

/// <summary>A region of GB/T 2260 with its names; <paramref name="Parent"/> is null for a province.</summary>
public sealed record RegionEntry(Region Region, string Name, string NameEn, Region? Parent);

/// <summary>Every region with its names, read once from the program's own data.</summary>
public sealed class RegionCatalog
{
    private readonly Dictionary<Region, RegionEntry> byRegion;
    private readonly ILookup<(Region? Parent, string Name), RegionEntry> byName;

    public RegionCatalog()
    {
        var entries = DataFile.Rows("Access/Data/regions.csv")
            .Select(r => new RegionEntry(new Region(r[0]), r[1], r[2], r[3].Length == 0 ? null : new Region(r[3]))).ToList();
        byRegion = entries.ToDictionary(e => e.Region);
        byName = entries.ToLookup(e => (e.Parent, e.Name));
        Provinces = entries.Where(e => e.Parent is null).ToList();
    }

    public static RegionCatalog Instance { get; } = new();

    public IReadOnlyList<RegionEntry> Provinces { get; }

    public RegionEntry? Find(Region region) => byRegion.GetValueOrDefault(region);

    public bool Knows(Region region) => byRegion.ContainsKey(region);

    public IEnumerable<RegionEntry> Children(Region? parent) => byRegion.Values.Where(e => e.Parent == parent);

    /// <summary>The region of that Chinese name directly below another; null for the provinces.</summary>
    public RegionEntry? FindByName(string name, Region? parent) => byName[(parent, name)].FirstOrDefault();

    /// <summary>The region's name with those of the regions it lies in, the largest first: 山东省青岛市.</summary>
    public string FullName(Region region, bool chinese)
    {
        var names = new List<string>();
        for (var at = Find(region); at is not null; at = at.Parent is { } parent ? Find(parent) : null) names.Add(chinese ? at.Name : at.NameEn);
        if (names.Count == 0) return region.Code;
        if (chinese) names.Reverse();
        return string.Join(chinese ? string.Empty : ", ", names);
    }
}
