using InstrumentShare.Persistence;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Caching.Memory;

namespace InstrumentShare.Catalog.Home;

/// <summary>The kinds of instruments that the region has most of, as tiles, and the region in figures.</summary>
public sealed class RegionInFigures(IMemoryCache cache, AppDb db) : ViewComponent
{
    private const int TilesShown = 12;

    /// <summary>A picture for a class; the longest code that fits counts.</summary>
    private static readonly Dictionary<string, string> Icons = new(StringComparer.Ordinal)
    {
        ["01"] = "flask", ["0101"] = "microscope", ["0102"] = "atom", ["0103"] = "radioactive", ["0104"] = "prism-light", ["0105"] = "droplet", ["0106"] = "rotate",
        ["0107"] = "waves-electricity", ["0108"] = "eye", ["0109"] = "temperature", ["0110"] = "dna", ["0111"] = "world", ["0112"] = "test-pipe", ["02"] = "ruler-2",
        ["03"] = "scale", ["04"] = "wave-sine", ["05"] = "droplet", ["06"] = "geometry", ["07"] = "radar", ["08"] = "planet", ["09"] = "stethoscope", ["10"] = "radioactive",
        ["11"] = "zoom-in", ["12"] = "tools", ["13"] = "database", ["14"] = "prism-light", ["99"] = "package",
    };

    public sealed record Tile(string Code, string Icon, string Name, string NameEn, int Count);

    public sealed record Model(IReadOnlyList<Tile> Tiles, RegionFigures.Figures Figures);

    public async Task<IViewComponentResult> InvokeAsync()
    {
        var figures = await new RegionFigures(cache, db).GetAsync(HttpContext.RequestAborted);
        if (figures.Instruments == 0) return Content(string.Empty);
        var tiles = figures.Kinds
            .Select(k => (Entry: ClassificationTree.National.Find(k.Key + "00"), Count: k.Value))
            .Where(k => k.Entry is { Name: not "其他" })
            .OrderByDescending(k => k.Count).ThenBy(k => k.Entry!.Code, StringComparer.Ordinal).Take(TilesShown)
            .Select(k => new Tile(k.Entry!.Code, IconOf(k.Entry.Code), k.Entry.Name, k.Entry.NameEn, k.Count)).ToList();
        return View("/Catalog/Home/RegionInFigures.cshtml", new Model(tiles, figures));
    }

    private static string IconOf(string code) => Icons.GetValueOrDefault(code[..4]) ?? Icons.GetValueOrDefault(code[..2]) ?? "package";
}
