using InstrumentShare.Persistence;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Caching.Memory;

namespace InstrumentShare.Catalog.Home;

/// <summary>The kinds of instruments that the region has most of, as tiles, and the region in figures.</summary>
public sealed class RegionInFigures(IMemoryCache cache, AppDb db) : ViewComponent
{
    private const int TilesShown = 12;

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
            .Select(k => new Tile(k.Entry!.Code, ClassificationIcons.Of(k.Entry.Code), k.Entry.Name, k.Entry.NameEn, k.Count)).ToList();
        return View("/Catalog/Home/RegionInFigures.cshtml", new Model(tiles, figures));
    }
}
