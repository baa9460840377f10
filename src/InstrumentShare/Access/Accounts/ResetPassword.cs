using InstrumentShare.Kernel;
using InstrumentShare.Persistence;
using Microsoft.AspNetCore.Identity;
using NodaTime;

namespace InstrumentShare.Access.Accounts;

/// <summary>A new password by a link that goes to the account's own address and works once.</summary>
public sealed class ResetPassword(AppDb db, UserManager<Person> people, AccountMail mail, Caller caller, IClock clock)
{
    /// <summary>Mails the link; says nothing about whether the address has an account.</summary>
    public async Task RequestAsync(string? email, CancellationToken cancel)
    {
        if (string.IsNullOrWhiteSpace(email) || await people.FindByEmailAsync(email.Trim()) is not { IsActive: true } person) return;
        await mail.ResetAsync(person);
        await db.SaveChangesAsync(cancel);
    }

    public async Task<Outcome<Done>> RunAsync(Guid? personId, string? token, string? password, CancellationToken cancel)
    {
        var problems = AccountRules.Password(password).ToList();
        if (problems.Count > 0) return problems;
        if (personId is null || AccountMail.TokenOf(token) is not { } given || await people.FindByIdAsync(personId.Value.ToString()) is not { IsActive: true } person)
            return Problem.Invalid("account.link");

        await using var transaction = await db.Database.BeginTransactionAsync(cancel);
        if (!(await people.ResetPasswordAsync(person, given, password!)).Succeeded) return Problem.Invalid("account.link");

        // Who reads the account's mail has shown that it is theirs: no further confirmation, no waiting for a lock to end.
        (person.EmailConfirmed, person.LockoutEnd, person.AccessFailedCount) = (true, null, 0);
        mail.PasswordChanged(person);
        caller.Audit(db, clock.GetCurrentInstant(), "account.password-reset", "person", person.Id.ToString());
        await db.SaveChangesAsync(cancel);
        await transaction.CommitAsync(cancel);
        return new Done();
    }
}
