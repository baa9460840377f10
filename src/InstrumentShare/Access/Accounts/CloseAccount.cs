using InstrumentShare.Kernel;
using InstrumentShare.Persistence;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using NodaTime;

namespace InstrumentShare.Access.Accounts;

/// <summary>
/// Ends an account at its owner's wish: nobody signs in to it again, and address, telephone, password and secrets are erased.
/// Bookings, usage, charges and the audit trail stay, under a name that says only that the person left; the trail keeps who it
/// was, for the auditor.
/// </summary>
public sealed class CloseAccount(AppDb db, UserManager<Person> people, Caller caller, PersonAccessQuery access, CheckPassword check, IClock clock)
{
    public async Task<Outcome<Done>> RunAsync(string? password, CancellationToken cancel)
    {
        var id = caller.PersonId!.Value;
        var person = (await people.FindByIdAsync(id.Value.ToString()))!;
        if (await people.IsLockedOutAsync(person)) return Problem.Refused("account.locked-out", "password");
        if (!await people.CheckPasswordAsync(person, password ?? string.Empty)) return (await check.FailedAsync(person, "account.password-wrong")) with { Field = "password" };
        var led = await db.Set<Group>().Where(g => g.LeaderId == id && g.IsActive).OrderBy(g => g.Id).Select(g => g.Name).FirstOrDefaultAsync(cancel);
        if (led is not null) return Problem.Refused("account.leads-group", null, ("group", led));

        if (caller.Has(Role.SystemAdministrator) && !await db.Set<RoleGrant>().AnyAsync(g => g.Role == Role.SystemAdministrator && g.RevokedAt == null && g.PersonId != id, cancel))
            return Problem.Refused("role.last-administrator");

        var now = clock.GetCurrentInstant();
        await using var transaction = await db.Database.BeginTransactionAsync(cancel);
        var before = new { person.Name, person.NameEn, person.Email };
        Erase(person);
        await db.Set<IdentityUserToken<Guid>>().Where(t => t.UserId == person.Id).ExecuteDeleteAsync(cancel);
        await db.Set<IdentityUserLogin<Guid>>().Where(t => t.UserId == person.Id).ExecuteDeleteAsync(cancel);
        await db.Set<IdentityUserClaim<Guid>>().Where(t => t.UserId == person.Id).ExecuteDeleteAsync(cancel);
        await db.Set<ApiKey>().Where(k => k.PersonId == id && k.RevokedAt == null).ExecuteUpdateAsync(k => k.SetProperty(x => x.RevokedAt, now), cancel);
        await db.Set<RoleGrant>().Where(g => g.PersonId == id && g.RevokedAt == null)
            .ExecuteUpdateAsync(g => g.SetProperty(x => x.RevokedAt, now).SetProperty(x => x.RevokedBy, id), cancel);
        await db.Set<OutboxMessage>().Where(m => m.PersonId == person.Id && m.SentAt == null).ExecuteDeleteAsync(cancel);
        caller.Audit(db, now, "account.closed", "person", person.Id.ToString(), before, institutionId: person.InstitutionId);
        await people.UpdateSecurityStampAsync(person);
        await db.SaveChangesAsync(cancel);
        await transaction.CommitAsync(cancel);
        access.Forget(id);
        return new Done();
    }

    private static void Erase(Person person)
    {
        var gone = "left-" + person.Id.ToString("N");
        (person.IsActive, person.Name, person.NameEn) = (false, "已注销用户", "Former user");
        (person.Email, person.NormalizedEmail, person.EmailConfirmed) = (null, null, false);
        (person.UserName, person.NormalizedUserName) = (gone, gone.ToUpperInvariant());
        (person.PhoneNumber, person.PhoneNumberConfirmed, person.PasswordHash, person.TwoFactorEnabled) = (null, false, null, false);
    }
}
