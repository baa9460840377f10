using InstrumentShare.Catalog;
using InstrumentShare.Persistence;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Caching.Memory;

namespace InstrumentShare.Bookings.Qualifications;

/// <summary>
/// What an instrument requires, itself and through its groups. A change of qualifications raises the rules versions of the
/// instruments it concerns, so what was read for a version stays right for it, and an instrument that requires nothing asks nothing.
/// </summary>
public sealed class Requirements(IDbContextFactory<AppDb> databases, IMemoryCache cache)
{
    private static readonly TimeSpan Kept = TimeSpan.FromMinutes(5);

    public async Task<IReadOnlyList<Requirement>> OfAsync(InstrumentRules instrument, CancellationToken cancel) =>
        (await cache.GetOrCreateAsync(("requirements", instrument.Id, instrument.RulesVersion), entry =>
        {
            entry.AbsoluteExpirationRelativeToNow = Kept;
            return LoadAsync(instrument, cancel);
        }))!;

    private async Task<IReadOnlyList<Requirement>> LoadAsync(InstrumentRules instrument, CancellationToken cancel)
    {
        await using var db = await databases.CreateDbContextAsync(cancel);
        var (id, groups) = (instrument.Id, instrument.Groups.Select(g => g.Value).ToList());
        return await db.Set<Qualification>().AsNoTracking()
            .Where(q => q.IsActive && (q.InstrumentId == id || (q.GroupId != null && groups.Contains((Guid)(object)q.GroupId))))
            .OrderBy(q => q.Name).Select(q => new Requirement(q.Id, q.Name, q.NameEn, q.RequiredLevel, q.ValidMonths, q.BookBeforeTraining)).ToListAsync(cancel);
    }
}
