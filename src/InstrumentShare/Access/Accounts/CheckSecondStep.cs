using InstrumentShare.Kernel;
using Microsoft.AspNetCore.Identity;

namespace InstrumentShare.Access.Accounts;

/// <summary>The second step of a sign-in: the authenticator's six digits, or one of the recovery codes, each good once.</summary>
public sealed class CheckSecondStep(UserManager<Person> people, CheckPassword firstStep)
{
    public async Task<Outcome<Person>> RunAsync(Person person, string? code)
    {
        if (await people.IsLockedOutAsync(person)) return Problem.Refused("account.locked-out");
        var typed = (code ?? string.Empty).Replace(" ", string.Empty, StringComparison.Ordinal);
        if (typed.Length == 0) return Problem.Refused("account.two-factor-needed", "code");
        var accepted = typed.All(char.IsAsciiDigit)
            ? await people.VerifyTwoFactorTokenAsync(person, people.Options.Tokens.AuthenticatorTokenProvider, typed)
            : (await people.RedeemTwoFactorRecoveryCodeAsync(person, typed)).Succeeded;
        if (!accepted) return await firstStep.FailedAsync(person, "account.two-factor-wrong");
        await people.ResetAccessFailedCountAsync(person);
        return person;
    }
}
