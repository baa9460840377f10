using InstrumentShare.Access;
using InstrumentShare.Catalog;
using InstrumentShare.Persistence;
using Microsoft.EntityFrameworkCore;
using NodaTime;

namespace InstrumentShare.Usage.Kiosks;

/// <param name="WaitsUntil">Until when its one-time code waits for a device; null when none does.</param>
public sealed record KioskRow(Guid Id, string Name, IReadOnlyList<UsagePlace> Instruments, Instant CreatedAt, Instant? EnrolledAt, Instant? LastSeenAt, Instant? WaitsUntil, Instant? LockedUntil, Instant? RevokedAt, string? RevokeReason);

/// <summary>The tablets of the instruments whose kiosks the caller manages.</summary>
public sealed class KioskQueries(AppDb db, Caller caller)
{
    private const int Most = 200;

    public async Task<IReadOnlyList<KioskRow>> ListAsync(CancellationToken cancel)
    {
        var sight = await Sight.OfAsync(db, caller, KioskPermissions.Kiosks, cancel);
        var (owners, own) = (sight.Owners.Select(o => new InstitutionId(o)).ToList(), sight.Instruments.Select(i => new InstrumentId(i)).ToList());
        var kiosks = await db.Set<Kiosk>().AsNoTracking()
            .Where(k => owners.Contains(k.InstitutionId) || (db.Set<KioskInstrument>().Any(i => i.KioskId == k.Id) && db.Set<KioskInstrument>().Where(i => i.KioskId == k.Id).All(i => own.Contains(i.InstrumentId))))
            .OrderBy(k => k.RevokedAt != null).ThenByDescending(k => k.Id).Take(Most).ToListAsync(cancel);
        var ids = kiosks.Select(k => k.Id).ToList();
        var places = (await db.Set<KioskInstrument>().Where(i => ids.Contains(i.KioskId)).Join(db.Set<Instrument>(), k => k.InstrumentId, i => i.Id, (k, i) => new { k.KioskId, i.Id, i.Name, i.NameEn }).ToListAsync(cancel))
            .ToLookup(i => i.KioskId, i => new UsagePlace(i.Id.Value, i.Name, i.NameEn));
        return kiosks.ConvertAll(k => new KioskRow(
            k.Id, k.Name, [.. places[k.Id].OrderBy(p => p.Name, StringComparer.Ordinal)], k.CreatedAt, k.EnrolledAt, k.LastSeenAt, k.CodeExpiresAt, k.LockedUntil, k.RevokedAt, k.RevokeReason));
    }

    /// <summary>Instruments that the caller may register a kiosk for, by name.</summary>
    public async Task<IReadOnlyList<UsagePlace>> InstrumentsAsync(CancellationToken cancel)
    {
        var sight = await Sight.OfAsync(db, caller, KioskPermissions.Kiosks, cancel);
        var (owners, own) = (sight.Owners.Select(o => new InstitutionId(o)).ToList(), sight.Instruments.Select(i => new InstrumentId(i)).ToList());
        return (await db.Set<Instrument>().AsNoTracking().Where(i => owners.Contains(i.InstitutionId) || own.Contains(i.Id)).OrderBy(i => i.Name).ThenBy(i => i.Id).Take(DeskQueries.Most)
            .Select(i => new { i.Id, i.Name, i.NameEn }).ToListAsync(cancel)).ConvertAll(i => new UsagePlace(i.Id.Value, i.Name, i.NameEn));
    }
}
