using InstrumentShare.Kernel;
using InstrumentShare.Persistence;
using Microsoft.AspNetCore.Identity;
using NodaTime;

namespace InstrumentShare.Access.Accounts;

/// <summary>What people change of their own account: names, language, password.</summary>
public sealed class ChangeAccount(AppDb db, UserManager<Person> people, AccountMail mail, Caller caller, PersonAccessQuery access, CheckPassword check, IClock clock)
{
    public sealed record Request(string? Name, string? NameEn, string? Language);

    public async Task<Outcome<Person>> RunAsync(Request request, CancellationToken cancel)
    {
        var person = (await people.FindByIdAsync(caller.PersonId!.Value.Value.ToString()))!;
        var (name, nameEn, language) = (request.Name ?? person.Name, request.NameEn ?? person.NameEn, request.Language ?? person.Language);
        var problems = AccountRules.Names(name, nameEn).Concat(AccountRules.Language(language)).ToList();
        if (problems.Count > 0) return problems;

        var before = new { person.Name, person.NameEn, person.Language };
        (person.Name, person.NameEn, person.Language) = (name.Trim(), string.IsNullOrWhiteSpace(nameEn) ? null : nameEn.Trim(), language);
        caller.Audit(db, clock.GetCurrentInstant(), "account.changed", "person", person.Id.ToString(), before, new { person.Name, person.NameEn, person.Language });
        await db.SaveChangesAsync(cancel);
        access.Forget(caller.PersonId!.Value);
        return person;
    }

    public async Task<Outcome<Person>> PasswordAsync(string? current, string? password, CancellationToken cancel)
    {
        var person = (await people.FindByIdAsync(caller.PersonId!.Value.Value.ToString()))!;
        var problems = AccountRules.Password(password, "newPassword").ToList();
        if (problems.Count > 0) return problems;
        if (await people.IsLockedOutAsync(person)) return Problem.Refused("account.locked-out", "currentPassword");
        if (!await people.CheckPasswordAsync(person, current ?? string.Empty)) return (await check.FailedAsync(person, "account.password-wrong")) with { Field = "currentPassword" };

        await using var transaction = await db.Database.BeginTransactionAsync(cancel);
        var changed = await people.ChangePasswordAsync(person, current!, password!);
        if (!changed.Succeeded) return Problem.Stale();
        mail.PasswordChanged(person);
        caller.Audit(db, clock.GetCurrentInstant(), "account.password-changed", "person", person.Id.ToString());
        await db.SaveChangesAsync(cancel);
        await transaction.CommitAsync(cancel);
        return person;
    }
}
