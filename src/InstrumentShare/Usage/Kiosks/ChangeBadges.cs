using InstrumentShare.Access;
using InstrumentShare.Access.Accounts;
using InstrumentShare.Kernel;
using InstrumentShare.Persistence;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using NodaTime;

namespace InstrumentShare.Usage.Kiosks;

/// <summary>Cards and PINs by which people say at a tablet who they are: one's own, or as staff of an institution anyone's card there.</summary>
public sealed class ChangeBadges(AppDb db, Caller caller, BadgeHasher hasher, IPasswordHasher<Person> pins, IClock clock) : IPersonalDataSource
{
    private const int Most = 200;

    public sealed record BadgeRow(Guid PersonId, string Name, string? Email, Guid InstitutionId, string InstitutionName, string InstitutionNameEn, Instant EnteredAt);

    /// <param name="PinSetAt">Null where there is none.</param>
    public sealed record Own(IReadOnlyList<BadgeRow> Badges, Instant? PinSetAt, Instant? LockedUntil);

    string IPersonalDataSource.Name => "badges";

    /// <summary>Enters one's own card at one's own institution, in place of a former one.</summary>
    public Task<Outcome<Done>> OwnAsync(string? number, CancellationToken cancel) =>
        caller.InstitutionId is { } institution ? EnterAsync(caller.PersonId!.Value, institution, number, cancel) : Task.FromResult<Outcome<Done>>(Problem.Refused("badge.no-institution"));

    /// <summary>Enters anyone's card at an institution that the caller looks after.</summary>
    public async Task<Outcome<Done>> OfAsync(string? email, InstitutionId institution, string? number, CancellationToken cancel)
    {
        if (!caller.May(KioskPermissions.Badges, new Scope(InstitutionId: institution.Value))) return Problem.Forbidden();
        var normalized = (email ?? string.Empty).Trim().ToUpperInvariant();
        var person = await db.Set<Person>().Where(p => p.NormalizedEmail == normalized && p.IsActive).Select(p => (Guid?)p.Id).SingleOrDefaultAsync(cancel);
        var problems = new List<Problem>();
        if (person is null) problems.Add(Problem.Invalid("badge.person", "email", ("value", email)));
        if (KioskRules.Badge(number) is null) problems.Add(WrongNumber());
        return problems.Count > 0 ? problems : await EnterAsync(new PersonId(person!.Value), institution, number, cancel);
    }

    /// <summary>One's own card anywhere, or anyone's at an institution that the caller looks after.</summary>
    public async Task<Outcome<Done>> RemoveAsync(PersonId person, InstitutionId institution, CancellationToken cancel)
    {
        if (person != caller.PersonId && !caller.May(KioskPermissions.Badges, new Scope(InstitutionId: institution.Value))) return Problem.NotFound();
        if (await db.Set<Badge>().SingleOrDefaultAsync(b => b.PersonId == person && b.InstitutionId == institution, cancel) is not { } badge) return Problem.NotFound();
        db.Remove(badge);
        caller.Audit(db, clock.GetCurrentInstant(), "badge.remove", "person", person.Value.ToString(), institutionId: institution);
        return await db.TrySaveAsync(cancel) is { } problem ? problem : default(Done);
    }

    /// <param name="pin">Null or empty: there is none any more.</param>
    public async Task<Outcome<Done>> PinAsync(string? pin, CancellationToken cancel)
    {
        var (person, now) = (caller.PersonId!.Value, clock.GetCurrentInstant());
        var standing = await db.Set<KioskPin>().SingleOrDefaultAsync(p => p.PersonId == person, cancel);
        if (string.IsNullOrEmpty(pin))
        {
            if (standing is not null) db.Remove(standing);
        }
        else
        {
            if (KioskRules.Pin(pin) is { } wrong) return wrong;
            var hash = pins.HashPassword(null!, pin);
            if (standing is null) db.Add(new KioskPin { PersonId = person, Hash = hash, SetAt = now });
            else standing.Change(hash, now);
        }

        caller.Audit(db, now, string.IsNullOrEmpty(pin) ? "pin.remove" : "pin.set", "person", person.Value.ToString());
        return await db.TrySaveAsync(cancel) is { } problem ? problem : default(Done);
    }

    public async Task<Own> MineAsync(CancellationToken cancel)
    {
        var person = caller.PersonId!.Value;
        var pin = await db.Set<KioskPin>().AsNoTracking().SingleOrDefaultAsync(p => p.PersonId == person, cancel);
        return new Own(await RowsAsync(db.Set<Badge>().Where(b => b.PersonId == person), cancel), pin?.SetAt, pin?.LockedUntil > clock.GetCurrentInstant() ? pin.LockedUntil : null);
    }

    /// <summary>The cards at the institutions that the caller looks after, the latest first.</summary>
    public async Task<IReadOnlyList<BadgeRow>> ListAsync(CancellationToken cancel)
    {
        var owners = (await Sight.OfAsync(db, caller, KioskPermissions.Badges, cancel)).Owners.Select(o => new InstitutionId(o)).ToList();
        return await RowsAsync(db.Set<Badge>().Where(b => owners.Contains(b.InstitutionId)), cancel);
    }

    /// <summary>The institutions whose cards the caller enters.</summary>
    public async Task<IReadOnlyList<Institution>> InstitutionsAsync(CancellationToken cancel)
    {
        var owners = (await Sight.OfAsync(db, caller, KioskPermissions.Badges, cancel)).Owners.Select(o => new InstitutionId(o)).ToList();
        return await db.Set<Institution>().AsNoTracking().Where(i => owners.Contains(i.Id)).OrderBy(i => i.Name).ThenBy(i => i.Id).Take(Most).ToListAsync(cancel);
    }

    async Task<object> IPersonalDataSource.OfAsync(PersonId personId, CancellationToken cancel) => new
    {
        badges = await db.Set<Badge>().AsNoTracking().Where(b => b.PersonId == personId).OrderBy(b => b.EnteredAt).Take(Most).Select(b => new { b.InstitutionId, b.EnteredAt, b.EnteredBy }).ToListAsync(cancel),
        pinSetAt = await db.Set<KioskPin>().AsNoTracking().Where(p => p.PersonId == personId).Select(p => (Instant?)p.SetAt).SingleOrDefaultAsync(cancel),
    };

    private async Task<Outcome<Done>> EnterAsync(PersonId person, InstitutionId institution, string? number, CancellationToken cancel)
    {
        if (KioskRules.Badge(number) is not { } kept) return WrongNumber();
        var (hash, now) = (await hasher.HashAsync(institution, kept, cancel), clock.GetCurrentInstant());
        if (await db.Set<Badge>().SingleOrDefaultAsync(b => b.PersonId == person && b.InstitutionId == institution, cancel) is { } standing)
            (standing.Hash, standing.EnteredBy, standing.EnteredAt) = (hash, caller.PersonId!.Value, now);
        else db.Add(new Badge { PersonId = person, InstitutionId = institution, Hash = hash, EnteredBy = caller.PersonId!.Value, EnteredAt = now });
        caller.Audit(db, now, "badge.enter", "person", person.Value.ToString(), institutionId: institution);
        return await db.TrySaveAsync(cancel) is { } problem ? problem with { Field = "number" } : default(Done);
    }

    private async Task<List<BadgeRow>> RowsAsync(IQueryable<Badge> of, CancellationToken cancel) => await (
        from b in of.AsNoTracking()
        join p in db.Set<Person>() on (Guid)(object)b.PersonId equals p.Id
        join i in db.Set<Institution>() on b.InstitutionId equals i.Id
        orderby b.EnteredAt descending, p.Id
        select new BadgeRow(p.Id, p.Name, p.Email, (Guid)(object)i.Id, i.Name, i.NameEn, b.EnteredAt)).Take(Most).ToListAsync(cancel);

    private static Problem WrongNumber() => Problem.Invalid("badge.number", "number", ("least", KioskRules.MinBadge), ("most", KioskRules.MaxBadge));
}
