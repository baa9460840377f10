using InstrumentShare.Access;
using InstrumentShare.Bookings.Technicians;
using InstrumentShare.Catalog;
using InstrumentShare.Persistence;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Caching.Memory;
using NodaTime;

namespace InstrumentShare.Bookings.Companions;

/// <summary>Who assists on an instrument, with their working hours.</summary>
public sealed record Technician(PersonId Id, string Name, string? NameEn, IReadOnlyList<OpeningHours> Hours);

/// <summary>What the bookings of an instrument take along.</summary>
public sealed record CompanionNeeds(IReadOnlyList<InstrumentLink> Links, IReadOnlyDictionary<RoomId, Room> Rooms, IReadOnlyList<Technician> Technicians)
{
    public IEnumerable<InstrumentLink> LinksFor(ServiceMode mode) => Links.Where(l => l.IsFor(mode));

    /// <summary>Whether a booking in this mode may take anything along, on whatever date.</summary>
    public bool AnyFor(ServiceMode mode) => LinksFor(mode).Any() || (mode == ServiceMode.Assisted && Technicians.Count > 0);
}

/// <summary>
/// Reads what an instrument's bookings take along and keeps it by the version of its rules, which every change of links, rooms and
/// working hours raises: a booking of an instrument without any reads nothing. A technician's role is heard of within half a minute.
/// </summary>
public sealed class CompanionNeedsQuery(IDbContextFactory<AppDb> databases, IMemoryCache cache, IClock clock)
{
    private static readonly TimeSpan Kept = TimeSpan.FromSeconds(30);

    public async Task<CompanionNeeds> OfAsync(InstrumentRules instrument, CancellationToken cancel) =>
        (await cache.GetOrCreateAsync(("companions", instrument.Id, instrument.RulesVersion), entry =>
        {
            entry.AbsoluteExpirationRelativeToNow = Kept;
            return LoadAsync(instrument, cancel);
        }))!;

    private async Task<CompanionNeeds> LoadAsync(InstrumentRules instrument, CancellationToken cancel)
    {
        await using var db = await databases.CreateDbContextAsync(cancel);
        var (id, scope, institution, today) = (instrument.Id, (Guid?)instrument.Id.Value, (Guid?)instrument.InstitutionId.Value, instrument.DateOf(clock.GetCurrentInstant()));
        var links = await db.Set<InstrumentLink>().AsNoTracking().Where(l => l.InstrumentId == id && (l.ValidTo == null || l.ValidTo >= today)).OrderBy(l => l.Id).ToListAsync(cancel);
        var rooms = links.Exists(l => l.RoomId is not null)
            ? await db.Set<Room>().AsNoTracking().Where(r => db.Set<InstrumentLink>().Any(l => l.InstrumentId == id && l.RoomId == r.Id)).ToDictionaryAsync(r => r.Id, cancel)
            : [];
        var hours = await db.Set<TechnicianHours>().AsNoTracking()
            .Where(h => (h.ValidTo == null || h.ValidTo >= today) && db.Set<RoleGrant>().Any(g => g.PersonId == h.PersonId && g.Role == Role.Technician && g.RevokedAt == null
                && ((g.ScopeKind == ScopeKind.Instrument && g.ScopeId == scope) || (g.ScopeKind == ScopeKind.Institution && g.ScopeId == institution))))
            .Join(db.Set<Person>().Where(p => p.IsActive), h => (Guid)(object)h.PersonId, p => p.Id, (h, p) => new { Hours = h, p.Name, p.NameEn }).ToListAsync(cancel);
        return new CompanionNeeds(links, rooms, [.. hours.GroupBy(h => h.Hours.PersonId).OrderBy(g => g.Key.Value.ToString(), StringComparer.Ordinal)
            .Select(g => new Technician(g.Key, g.First().Name, g.First().NameEn, [.. g.Select(h => h.Hours.ToOpeningHours(id))]))]);
    }
}
