using InstrumentShare.Persistence;
using Microsoft.AspNetCore.Mvc;

namespace InstrumentShare.Web.Home;

/// <summary>The kinds of instruments as tiles, and the region in figures.</summary>
public sealed class RegionInFigures(RegionFigures figures) : ViewComponent
{
    /// <summary>The classification's top level, with a picture each.</summary>
    private static readonly (string Kind, string Icon)[] Kinds =
    [
        ("01", "microscope"), ("02", "ruler-2"), ("03", "scale"), ("04", "wave-sine"), ("05", "droplet"), ("06", "world"), ("07", "radar"), ("08", "planet"),
        ("09", "stethoscope"), ("10", "atom"), ("11", "zoom-in"), ("12", "tools"), ("13", "database"), ("14", "prism-light"), ("99", "flask"),
    ];

    private static readonly Dictionary<string, (string Name, string NameEn)> Names = DataFile.Rows("Catalog/Data/classification.csv")
        .Where(r => r[0].EndsWith("0000", StringComparison.Ordinal)).ToDictionary(r => r[0][..2], r => (r[1], r[2]), StringComparer.Ordinal);

    public sealed record Tile(string Code, string Icon, string Name, string NameEn, int Count);

    public sealed record Model(IReadOnlyList<Tile> Tiles, RegionFigures.Figures Figures);

    public async Task<IViewComponentResult> InvokeAsync()
    {
        var counted = await figures.GetAsync(HttpContext.RequestAborted);
        if (counted.Instruments == 0) return Content(string.Empty);
        var tiles = Kinds.Where(k => counted.Kinds.ContainsKey(k.Kind))
            .Select(k => new Tile(k.Kind + "0000", k.Icon, Names[k.Kind].Name, Names[k.Kind].NameEn, counted.Kinds[k.Kind])).OrderByDescending(t => t.Count).ToList();
        return View("/Web/Home/RegionInFigures.cshtml", new Model(tiles, counted));
    }
}
