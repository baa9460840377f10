using InstrumentShare.Kernel;
using InstrumentShare.Persistence;
using Microsoft.EntityFrameworkCore;

namespace InstrumentShare.Access;

/// <summary>The regions for which a caller may do something: those of their roles, and the smaller ones in them where institutions lie.</summary>
public static class ManagedRegions
{
    private const int Most = 200;

    public static async Task<IReadOnlyList<Region>> ManagedRegionsAsync(this AppDb db, Caller caller, string permission, CancellationToken cancel)
    {
        var own = caller.GrantsOf(permission).Select(g => g.ScopeRegion).OfType<Region>().Distinct().ToList();
        if (own.Count == 0) return own;
        var patterns = own.Select(r => r.Code + "%").ToArray();
        var within = await db.Set<Institution>().Where(i => patterns.Any(p => EF.Functions.Like((string)(object)i.Region, p))).Select(i => i.Region).Distinct().OrderBy(r => r).Take(Most).ToListAsync(cancel);
        return [.. own.Concat(within.SelectMany(Upwards).Where(r => own.Exists(o => o.Covers(r)))).Distinct().OrderBy(r => r.Code, StringComparer.Ordinal)];
    }

    /// <summary>The region and all that it lies in: city after county, province last.</summary>
    public static IEnumerable<Region> Upwards(Region region)
    {
        for (var length = region.Code.Length; length >= 5; length -= 2) yield return new Region(region.Code[..length]);
    }
}
