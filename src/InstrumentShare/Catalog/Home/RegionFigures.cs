using InstrumentShare.Persistence;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Caching.Memory;

namespace InstrumentShare.Catalog.Home;

/// <summary>Counts over the whole catalogue for the home page, at most five minutes old.</summary>
public sealed class RegionFigures(IMemoryCache cache, AppDb db)
{
    /// <param name="Kinds">Instruments by the first four digits of their class: the second level of the tree.</param>
    /// <param name="Yuan">Original value of all, in whole yuan.</param>
    public sealed record Figures(IReadOnlyDictionary<string, int> Kinds, int Instruments, int Institutions, decimal Yuan);

    public Task<Figures> GetAsync(CancellationToken cancel) => cache.GetOrCreateAsync(nameof(RegionFigures), entry =>
    {
        entry.AbsoluteExpirationRelativeToNow = TimeSpan.FromMinutes(5);
        return CountAsync(cancel);
    })!;

    private async Task<Figures> CountAsync(CancellationToken cancel)
    {
        var visible = db.Set<Instrument>().AsNoTracking().Where(i => i.IsVisible);
        var kinds = await visible.GroupBy(i => i.Classification.Substring(0, 4)).Select(g => new { g.Key, Count = g.Count() }).ToDictionaryAsync(g => g.Key, g => g.Count, cancel);
        var institutions = await visible.Select(i => i.InstitutionId).Distinct().CountAsync(cancel);
        var fen = await db.Database.SqlQuery<long>($"""SELECT coalesce(sum(original_value_fen), 0)::bigint AS "Value" FROM instruments WHERE is_visible AND original_value_currency = 'CNY'""").SingleAsync(cancel);
        return new Figures(kinds, kinds.Values.Sum(), institutions, decimal.Floor(fen / 100m));
    }
}
