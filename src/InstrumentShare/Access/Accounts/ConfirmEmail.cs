using InstrumentShare.Kernel;
using InstrumentShare.Persistence;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using NodaTime;

namespace InstrumentShare.Access.Accounts;

/// <summary>Takes the link of the confirmation mail. An address in a mail domain of the institution chosen at sign-up proves that too.</summary>
public sealed class ConfirmEmail(AppDb db, UserManager<Person> people, AccountMail mail, PersonAccessQuery access, IOptions<AccessOptions> options, IClock clock)
{
    public async Task<Outcome<Done>> RunAsync(Guid? personId, string? token, CancellationToken cancel)
    {
        if (personId is null || AccountMail.TokenOf(token) is not { } given || await people.FindByIdAsync(personId.Value.ToString()) is not { IsActive: true } person)
            return Problem.Invalid("account.link");
        await using var transaction = await db.Database.BeginTransactionAsync(cancel);
        if (!(await people.ConfirmEmailAsync(person, given)).Succeeded) return Problem.Invalid("account.link");
        if (person.ClaimedInstitutionId is { } claimed)
        {
            var institution = await db.Set<Institution>().SingleAsync(i => i.Id == claimed, cancel);
            var domain = person.Email![(person.Email!.IndexOf('@', StringComparison.Ordinal) + 1)..];
            if (institution.EmailDomains.Any(d => string.Equals(d, domain, StringComparison.OrdinalIgnoreCase) || domain.EndsWith("." + d, StringComparison.OrdinalIgnoreCase)))
                (person.InstitutionId, person.ClaimedInstitutionId) = (claimed, null);
        }

        if (string.Equals(person.Email, options.Value.FirstAdministrator, StringComparison.OrdinalIgnoreCase) &&
            !await db.Set<RoleGrant>().AnyAsync(g => g.Role == Role.SystemAdministrator && g.RevokedAt == null, cancel))
            db.Add(new RoleGrant { PersonId = new PersonId(person.Id), Role = Role.SystemAdministrator, ScopeKind = ScopeKind.All, GrantedAt = clock.GetCurrentInstant(), Reason = "Access:FirstAdministrator" });
        await db.SaveChangesAsync(cancel);
        await transaction.CommitAsync(cancel);
        access.Forget(new PersonId(person.Id));
        return new Done();
    }

    /// <summary>Sends the link again. The answer is the same whether the address is known, confirmed or neither.</summary>
    public async Task ResendAsync(string? email, CancellationToken cancel)
    {
        if (string.IsNullOrWhiteSpace(email) || await people.FindByEmailAsync(email.Trim()) is not { IsActive: true, EmailConfirmed: false } person) return;
        await mail.ConfirmAsync(person);
        await db.SaveChangesAsync(cancel);
    }
}
