using InstrumentShare.Access;
using InstrumentShare.Kernel;
using InstrumentShare.Persistence;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using NodaTime;

namespace InstrumentShare.Usage.Kiosks;

/// <summary>
/// Who stands at a tablet: a card alone, or a card's number or an e-mail address with a PIN. Unknown names take as long and answer
/// the same as a wrong PIN. Tries are counted under the rows' locks, so that many at once gain nothing.
/// </summary>
public sealed class IdentifyAtKiosk(AppDb db, BadgeHasher badges, IPasswordHasher<Person> hasher, PersonAccessQuery people, IClock clock)
{
    private const string NoPin = "no one has this PIN";

    public async Task<Outcome<PersonAccess>> RunAsync(Guid kioskId, string? who, string? pin, CancellationToken cancel)
    {
        await using var transaction = await db.BeginAsync(cancel);
        var kiosk = await db.Set<Kiosk>().FromSql($"SELECT * FROM kiosks WHERE id = {kioskId} AND revoked_at IS NULL FOR UPDATE").SingleAsync(cancel);
        var now = clock.GetCurrentInstant();
        if (kiosk.LockedUntil > now) return Problem.Refused("kiosk.locked", null, ("until", kiosk.LockedUntil));
        var byCard = who?.Contains('@', StringComparison.Ordinal) != true;
        var found = byCard ? await OfBadgeAsync(kiosk, who, cancel) : await OfEmailAsync(who!, cancel);
        var pinned = !byCard || !string.IsNullOrEmpty(pin);
        var problem = pinned ? await CheckPinAsync(found, pin ?? string.Empty, now, cancel) : null;
        var access = found is { } person && problem is null ? await people.OfAsync(person, cancel) : null;
        if (access is null && problem?.Code != "kiosk.person-locked") kiosk.Failed(now);
        await db.SaveChangesAsync(cancel);
        await transaction.CommitAsync(cancel);
        if (access is not null) return access;
        return problem ?? (kiosk.LockedUntil > now ? Problem.Refused("kiosk.locked", null, ("until", kiosk.LockedUntil)) : Problem.Refused("kiosk.who", "who"));
    }

    private async Task<Problem?> CheckPinAsync(PersonId? found, string pin, Instant now, CancellationToken cancel)
    {
        var standing = found is { } person ? await db.Set<KioskPin>().FromSql($"SELECT * FROM kiosk_pins WHERE person_id = {person.Value} FOR UPDATE").SingleOrDefaultAsync(cancel) : null;
        if (standing is null)
        {
            hasher.HashPassword(null!, NoPin);
            return Problem.Refused("kiosk.who", "who");
        }

        if (standing.LockedUntil > now) return Problem.Refused("kiosk.person-locked", "pin", ("until", standing.LockedUntil));
        if (hasher.VerifyHashedPassword(null!, standing.Hash, pin) != PasswordVerificationResult.Failed)
        {
            standing.Passed();
            return null;
        }

        standing.Failed(now);
        return standing.LockedUntil > now ? Problem.Refused("kiosk.person-locked", "pin", ("until", standing.LockedUntil)) : Problem.Refused("kiosk.who", "who");
    }

    private async Task<PersonId?> OfBadgeAsync(Kiosk kiosk, string? number, CancellationToken cancel)
    {
        if (KioskRules.Badge(number) is not { } kept) return null;
        var hash = await badges.HashAsync(kiosk.InstitutionId, kept, cancel);
        return await db.Set<Badge>().Where(b => b.InstitutionId == kiosk.InstitutionId && b.Hash == hash).Select(b => (PersonId?)b.PersonId).SingleOrDefaultAsync(cancel);
    }

    private async Task<PersonId?> OfEmailAsync(string email, CancellationToken cancel)
    {
        var normalized = email.Trim().ToUpperInvariant();
        return await db.Set<Person>().Where(p => p.NormalizedEmail == normalized && p.IsActive).Select(p => (Guid?)p.Id).SingleOrDefaultAsync(cancel) is { } id ? new PersonId(id) : null;
    }
}
