using InstrumentShare.Kernel;
using InstrumentShare.Persistence;
using Microsoft.EntityFrameworkCore;
using NodaTime;

namespace InstrumentShare.Access.People;

/// <summary>An institution says that somebody belongs to it, does not, or no longer does.</summary>
public sealed class ConfirmBelonging(AppDb db, Caller caller, PersonAccessQuery access, IClock clock)
{
    public async Task<Outcome<Done>> ConfirmAsync(InstitutionId institution, PersonId personId, CancellationToken cancel)
    {
        if (Refusal(institution, personId) is { } refusal) return refusal;
        var person = await db.Set<Person>().SingleOrDefaultAsync(p => p.Id == personId.Value && p.ClaimedInstitutionId == institution, cancel);
        if (person is null) return Problem.NotFound();
        (person.InstitutionId, person.ClaimedInstitutionId) = (institution, null);
        return await SaveAsync(person, institution, "person.joined", cancel);
    }

    /// <summary>Declines a claim, or ends belonging; with it end the person's roles for the whole institution.</summary>
    public async Task<Outcome<Done>> EndAsync(InstitutionId institution, PersonId personId, CancellationToken cancel)
    {
        if (Refusal(institution, personId) is { } refusal) return refusal;
        var person = await db.Set<Person>().SingleOrDefaultAsync(p => p.Id == personId.Value && (p.ClaimedInstitutionId == institution || p.InstitutionId == institution), cancel);
        if (person is null) return Problem.NotFound();
        if (person.ClaimedInstitutionId == institution)
        {
            person.ClaimedInstitutionId = null;
            return await SaveAsync(person, institution, "person.declined", cancel);
        }

        person.InstitutionId = null;
        var now = clock.GetCurrentInstant();
        foreach (var grant in await db.Set<RoleGrant>().Where(g => g.PersonId == personId && g.RevokedAt == null && g.ScopeKind == ScopeKind.Institution && g.ScopeId == institution.Value).ToListAsync(cancel))
            (grant.RevokedAt, grant.RevokedBy) = (now, caller.PersonId);
        return await SaveAsync(person, institution, "person.left", cancel);
    }

    private Problem? Refusal(InstitutionId institution, PersonId personId) =>
        !caller.May(AccessPermissions.ManagePeople, new Scope(InstitutionId: institution.Value)) ? Problem.Forbidden()
        : caller.PersonId == personId ? Problem.Refused("role.self") : null;

    private async Task<Outcome<Done>> SaveAsync(Person person, InstitutionId institution, string action, CancellationToken cancel)
    {
        caller.Audit(db, clock.GetCurrentInstant(), action, "person", person.Id.ToString(), institutionId: institution);
        await db.SaveChangesAsync(cancel);
        access.Forget(new PersonId(person.Id));
        return new Done();
    }
}
