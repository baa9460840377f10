using InstrumentShare.Catalog;
using InstrumentShare.Persistence;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Caching.Memory;

namespace InstrumentShare.Bookings.HouseRules;

/// <summary>A document that an instrument asks for, as far as a decision needs it.</summary>
public sealed record AskedHouseRule(HouseRuleId Id, IReadOnlyList<AskedHouseRule.Published> Versions)
{
    public sealed record Published(VersionDates Dates, string Title, string TitleEn);
}

/// <summary>
/// The documents of an instrument, of its groups and of its institution. A change raises the rules versions of the instruments it
/// concerns, so what was read for a version stays right for it, and an instrument that asks for none reads nothing.
/// </summary>
public sealed class HouseRuleDocuments(IDbContextFactory<AppDb> databases, IMemoryCache cache)
{
    private static readonly TimeSpan Kept = TimeSpan.FromMinutes(5);

    public async Task<IReadOnlyList<AskedHouseRule>> OfAsync(InstrumentRules instrument, CancellationToken cancel) =>
        (await cache.GetOrCreateAsync(("house-rules", instrument.Id, instrument.RulesVersion), entry =>
        {
            entry.AbsoluteExpirationRelativeToNow = Kept;
            return LoadAsync(instrument, cancel);
        }))!;

    private async Task<IReadOnlyList<AskedHouseRule>> LoadAsync(InstrumentRules instrument, CancellationToken cancel)
    {
        await using var db = await databases.CreateDbContextAsync(cancel);
        var (id, institution, groups) = (instrument.Id, instrument.InstitutionId, instrument.Groups.Select(g => g.Value).ToList());
        var versions = await db.Set<HouseRule>().AsNoTracking()
            .Where(r => r.IsActive && (r.InstrumentId == id || (r.GroupId != null && groups.Contains((Guid)(object)r.GroupId)) || (r.InstitutionId == institution && r.InstrumentId == null && r.GroupId == null)))
            .Join(db.Set<HouseRuleVersion>(), r => r.Id, v => v.HouseRuleId, (_, v) => new { v.HouseRuleId, v.Number, v.ValidFrom, v.GraceUntil, v.Title, v.TitleEn }).ToListAsync(cancel);
        return [.. versions.GroupBy(v => v.HouseRuleId).OrderBy(g => g.Key.Value)
            .Select(g => new AskedHouseRule(g.Key, [.. g.OrderBy(v => v.Number).Select(v => new AskedHouseRule.Published(new VersionDates(v.Number, v.ValidFrom, v.GraceUntil), v.Title, v.TitleEn))]))];
    }
}
