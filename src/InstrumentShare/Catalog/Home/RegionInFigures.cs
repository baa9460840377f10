using InstrumentShare.Persistence;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Caching.Memory;

namespace InstrumentShare.Catalog.Home;

/// <summary>The kinds of instruments as tiles, and the region in figures.</summary>
public sealed class RegionInFigures(IMemoryCache cache, AppDb db) : ViewComponent
{
    /// <summary>The classification's top level, with a picture each.</summary>
    private static readonly (string Kind, string Icon)[] Kinds =
    [
        ("01", "microscope"), ("02", "ruler-2"), ("03", "scale"), ("04", "wave-sine"), ("05", "droplet"), ("06", "world"), ("07", "radar"), ("08", "planet"),
        ("09", "stethoscope"), ("10", "atom"), ("11", "zoom-in"), ("12", "tools"), ("13", "database"), ("14", "prism-light"), ("99", "flask"),
    ];

    public sealed record Tile(string Code, string Icon, string Name, string NameEn, int Count);

    public sealed record Model(IReadOnlyList<Tile> Tiles, RegionFigures.Figures Figures);

    public async Task<IViewComponentResult> InvokeAsync()
    {
        var counted = await new RegionFigures(cache, db).GetAsync(HttpContext.RequestAborted);
        if (counted.Instruments == 0) return Content(string.Empty);
        var tiles = Kinds.Where(k => counted.Kinds.ContainsKey(k.Kind))
            .Select(k => (k.Kind, k.Icon, Entry: ClassificationTree.National.Find(k.Kind + "0000")!))
            .Select(k => new Tile(k.Entry.Code, k.Icon, k.Entry.Name, k.Entry.NameEn, counted.Kinds[k.Kind])).OrderByDescending(t => t.Count).ToList();
        return View("/Catalog/Home/RegionInFigures.cshtml", new Model(tiles, counted));
    }
}
