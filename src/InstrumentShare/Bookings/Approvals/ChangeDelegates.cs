using InstrumentShare.Access;
using InstrumentShare.Access.Delegations;
using InstrumentShare.Kernel;
using InstrumentShare.Persistence;
using Microsoft.EntityFrameworkCore;
using NodaTime;

namespace InstrumentShare.Bookings.Approvals;

/// <summary>Names who decides on requests in one's place, from one day to another, both included; takes it back; lists both sides.</summary>
public sealed class ChangeDelegates(AppDb db, PersonAccessQuery access, Caller caller, IClock clock)
{
    /// <summary>A year: what is to last longer is a role.</summary>
    public const int MaxDays = 366;

    private const int Most = 100;

    public sealed record Request(string? Email, LocalDate? StartsOn, LocalDate? EndsOn);

    public sealed record Item(Guid Id, Guid DelegateId, string Name, string? Email, LocalDate StartsOn, LocalDate EndsOn);

    public bool MayName => caller.GrantsOf(BookingPermissions.Decide).Any();

    public async Task<IReadOnlyList<Item>> ListAsync(CancellationToken cancel)
    {
        if (caller.PersonId is not { } me) return [];
        var (now, zone) = (clock.GetCurrentInstant(), await ZoneAsync(cancel));
        var rows = await db.Set<Delegation>().Where(d => d.PersonId == me && d.Permission == BookingPermissions.Decide && d.RevokedAt == null && d.EndsAt > now)
            .Join(db.Set<Person>(), d => (Guid)(object)d.DelegateId, p => p.Id, (d, p) => new { d.Id, Delegate = p.Id, p.Name, p.Email, d.StartsAt, d.EndsAt })
            .OrderBy(r => r.StartsAt).ThenBy(r => r.Id).Take(Most).ToListAsync(cancel);
        return rows.ConvertAll(r => new Item(r.Id, r.Delegate, r.Name, r.Email, r.StartsAt.InZone(zone).Date, r.EndsAt.InZone(zone).Date.PlusDays(-1)));
    }

    public async Task<Outcome<Item>> AddAsync(Request request, CancellationToken cancel)
    {
        if (caller.PersonId is not { } me || !MayName) return Problem.Forbidden();
        var (now, zone, problems) = (clock.GetCurrentInstant(), await ZoneAsync(cancel), new List<Problem>());
        var today = now.InZone(zone).Date;
        var email = request.Email?.Trim().ToUpperInvariant() ?? string.Empty;
        var person = email.Length == 0 ? null : await db.Set<Person>().AsNoTracking().SingleOrDefaultAsync(p => p.NormalizedEmail == email && p.IsActive, cancel);
        if (person is null) problems.Add(Problem.Invalid("delegate.unknown", "email", ("value", request.Email?.Trim())));
        else if (person.Id == me.Value) problems.Add(Problem.Invalid("delegate.self", "email"));
        if (request.StartsOn is null || request.StartsOn < today) problems.Add(Problem.Invalid("delegate.starts", "startsOn", ("today", today)));
        if (request.EndsOn is null || request.EndsOn < request.StartsOn || (request.StartsOn is { } first && request.EndsOn > first.PlusDays(MaxDays)))
            problems.Add(Problem.Invalid("delegate.ends", "endsOn", ("days", MaxDays)));
        if (problems.Count > 0) return problems;

        var (starts, ends) = (request.StartsOn!.Value, request.EndsOn!.Value);
        var delegation = new Delegation
        {
            PersonId = me, DelegateId = new PersonId(person!.Id), Permission = BookingPermissions.Decide, CreatedAt = now,
            StartsAt = zone.AtStartOfDay(starts).ToInstant(), EndsAt = zone.AtStartOfDay(ends.PlusDays(1)).ToInstant(),
        };
        db.Add(delegation);
        caller.Audit(db, now, "delegate.named", "person", me.Value.ToString(), after: new { delegateId = person.Id, starts, ends }, institutionId: caller.InstitutionId);
        if (await db.TrySaveAsync(cancel) is { } problem) return problem with { Field = "startsOn" };
        access.Forget(delegation.DelegateId);
        return new Item(delegation.Id, person.Id, person.Name, person.Email, starts, ends);
    }

    public async Task<Outcome<Done>> RevokeAsync(Guid id, CancellationToken cancel)
    {
        var delegation = await db.Set<Delegation>().SingleOrDefaultAsync(d => d.Id == id && d.PersonId == caller.PersonId && d.Permission == BookingPermissions.Decide && d.RevokedAt == null, cancel);
        if (delegation is null) return Problem.NotFound();
        var now = clock.GetCurrentInstant();
        delegation.RevokedAt = now;
        caller.Audit(db, now, "delegate.revoked", "person", delegation.PersonId.Value.ToString(), new { delegateId = delegation.DelegateId }, institutionId: caller.InstitutionId);
        await db.SaveChangesAsync(cancel);
        access.Forget(delegation.DelegateId);
        return default(Done);
    }

    private async Task<DateTimeZone> ZoneAsync(CancellationToken cancel) => DateTimeZoneProviders.Tzdb[
        caller.InstitutionId is { } institution ? await db.Set<Institution>().Where(i => i.Id == institution).Select(i => i.TimeZone).SingleAsync(cancel) : "Asia/Shanghai"];
}
