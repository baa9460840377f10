using InstrumentShare.Kernel;
using InstrumentShare.Persistence;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using NodaTime;

namespace InstrumentShare.Access.Accounts;

/// <summary>
/// Makes an account and mails the link that confirms its address, in one transaction. Whether the address has an account already
/// is told only to the address itself. Belonging to the chosen institution has to be confirmed too: it decides prices.
/// </summary>
public sealed class SignUp(AppDb db, UserManager<Person> people, AccountMail mail, IClock clock)
{
    public sealed record Request(string? Email, string? Password, string? Name, string? NameEn, string? Language, Guid? InstitutionId);

    public async Task<Outcome<Done>> RunAsync(Request request, CancellationToken cancel)
    {
        var institution = request.InstitutionId is { } id ? InstitutionId.From(id) : (InstitutionId?)null;
        var problems = AccountRules.Email(request.Email).Concat(AccountRules.Names(request.Name, request.NameEn))
            .Concat(AccountRules.Password(request.Password)).Concat(AccountRules.Language(request.Language)).ToList();
        if (institution is not null && !await db.Set<Institution>().AnyAsync(i => i.Id == institution && i.IsActive, cancel))
            problems.Add(Problem.Invalid("account.institution", "institutionId"));
        if (problems.Count > 0) return problems;

        var email = request.Email!.Trim();
        await using var transaction = await db.Database.BeginTransactionAsync(cancel);
        if (await people.FindByEmailAsync(email) is { } known) await RemindAsync(known, request.Password!);
        else if (!await CreateAsync(request, email, institution)) return new Done();
        await db.SaveChangesAsync(cancel);
        await transaction.CommitAsync(cancel);
        return new Done();
    }

    private async Task RemindAsync(Person known, string password)
    {
        // As much work as a new account, so that the time tells nothing.
        people.PasswordHasher.HashPassword(known, password);
        if (!known.IsActive) return;
        if (known.EmailConfirmed) mail.Exists(known);
        else await mail.ConfirmAsync(known);
    }

    private async Task<bool> CreateAsync(Request request, string email, InstitutionId? institution)
    {
        var person = new Person
        {
            Id = Guid.CreateVersion7(), Email = email, UserName = email, Name = request.Name!.Trim(), NameEn = string.IsNullOrWhiteSpace(request.NameEn) ? null : request.NameEn.Trim(),
            Language = request.Language!, ClaimedInstitutionId = institution, CreatedAt = clock.GetCurrentInstant(),
        };
        try
        {
            var created = await people.CreateAsync(person, request.Password!);
            if (created.Errors.Any(e => e.Code is nameof(IdentityErrorDescriber.DuplicateEmail) or nameof(IdentityErrorDescriber.DuplicateUserName))) return false;
            if (!created.Succeeded) throw new InvalidOperationException("Account refused: " + string.Join(", ", created.Errors.Select(e => e.Code)));
        }
        catch (DbUpdateException failure) when (failure.ToProblem() is { Code: "person.email-taken" or "person.name-taken" })
        {
            // The same address at the same moment: the other request has it and sends the mail.
            return false;
        }

        await mail.ConfirmAsync(person);
        return true;
    }
}
