using InstrumentShare.Web;
using Microsoft.AspNetCore.Identity;

namespace InstrumentShare.Access;

/// <summary>Sign-in of programs on behalf of a person.</summary>
public static class AccountApi
{
    public sealed record LoginRequest(string? Email, string? Password, string? TwoFactorCode);

    public static void Map(RouteGroupBuilder api)
    {
        var account = api.MapGroup("/account").WithTags("Account").RequireRateLimiting(RateLimits.SignIn);
        account.MapPost("/login", LoginAsync).WithName("Login").WithSummary("Exchange e-mail and password for a bearer token").Public();
    }

    private static async Task<IResult> LoginAsync(LoginRequest request, SignInManager<Person> signIn, ProblemAnswers answers)
    {
        var person = await signIn.UserManager.FindByEmailAsync(request.Email ?? string.Empty);
        if (person is null) return answers.Unauthorized("account.sign-in-failed");
        var result = await signIn.CheckPasswordSignInAsync(person, request.Password ?? string.Empty, lockoutOnFailure: true);
        if (result.IsLockedOut) return answers.Unauthorized("account.locked-out");
        if (!result.Succeeded) return answers.Unauthorized(result.IsNotAllowed ? "account.not-confirmed" : "account.sign-in-failed");
        if (await signIn.UserManager.GetTwoFactorEnabledAsync(person) &&
            !await signIn.UserManager.VerifyTwoFactorTokenAsync(person, signIn.UserManager.Options.Tokens.AuthenticatorTokenProvider, request.TwoFactorCode ?? string.Empty))
            return answers.Unauthorized("account.two-factor-needed");
        var principal = await signIn.CreateUserPrincipalAsync(person);
        return TypedResults.SignIn(principal, authenticationScheme: IdentityConstants.BearerScheme);
    }
}
