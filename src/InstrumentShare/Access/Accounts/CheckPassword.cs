using InstrumentShare.Kernel;
using Microsoft.AspNetCore.Identity;

namespace InstrumentShare.Access.Accounts;

/// <summary>
/// The first step of every sign-in: address and password. An unknown address takes as long and answers the same as a wrong
/// password, and that an account waits for its confirmation is told only to who knows its password.
/// </summary>
public sealed class CheckPassword(UserManager<Person> people)
{
    private const string NoAccount = "no account has this password";

    public async Task<Outcome<Person>> RunAsync(string? email, string? password)
    {
        var person = string.IsNullOrWhiteSpace(email) ? null : await people.FindByEmailAsync(email.Trim());
        if (person is null || !person.IsActive || person.PasswordHash is null)
        {
            people.PasswordHasher.HashPassword(new Person { Name = NoAccount, CreatedAt = default }, NoAccount);
            return Problem.Refused("account.sign-in-failed");
        }

        if (await people.IsLockedOutAsync(person)) return Problem.Refused("account.locked-out");
        if (!await people.CheckPasswordAsync(person, password ?? string.Empty)) return await FailedAsync(person, "account.sign-in-failed");
        if (!person.EmailConfirmed) return Problem.Refused("account.not-confirmed");

        // With a second step to come, the count is cleared by that step: else a known password would give endless codes.
        if (!person.TwoFactorEnabled) await people.ResetAccessFailedCountAsync(person);
        return person;
    }

    /// <summary>Counts a failed attempt of either step and says whether it was the one that locks.</summary>
    public async Task<Problem> FailedAsync(Person person, string code)
    {
        await people.AccessFailedAsync(person);
        return Problem.Refused(await people.IsLockedOutAsync(person) ? "account.locked-out" : code);
    }
}
