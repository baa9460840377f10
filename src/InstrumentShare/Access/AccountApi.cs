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

    private static async Task<IResult> LoginAsync(LoginRequest request, CheckPassword password, CheckSecondStep code, SignInManager<Person> signIn, ProblemAnswers answers)
    {
        var person = await password.RunAsync(request.Email, request.Password);
        if (person is { IsOk: true, Value.TwoFactorEnabled: true }) person = await code.RunAsync(person.Value, request.TwoFactorCode);
        if (!person.IsOk) return answers.Unauthorized(person.Problems[0].Code);
        var principal = await signIn.CreateUserPrincipalAsync(person.Value);
        return TypedResults.SignIn(principal, authenticationScheme: IdentityConstants.BearerScheme);
    }
}
