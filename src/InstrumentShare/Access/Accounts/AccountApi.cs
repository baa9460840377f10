using InstrumentShare.Kernel;
using InstrumentShare.Web;
using Microsoft.AspNetCore.Authentication.BearerToken;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;
using NodaTime;

namespace InstrumentShare.Access.Accounts;

/// <summary>Sign-up, sign-in of programs on behalf of a person, and one's own account.</summary>
public static class AccountApi
{
    public sealed record LoginRequest(string? Email, string? Password, string? TwoFactorCode);

    public sealed record RefreshRequest(string? RefreshToken);

    public sealed record EmailRequest(string? Email);

    public sealed record ConfirmRequest(Guid? PersonId, string? Token);

    public sealed record ResetRequest(Guid? PersonId, string? Token, string? Password);

    public sealed record PasswordRequest(string? CurrentPassword, string? NewPassword);

    public sealed record Me(Guid Id, string Name, string? Email, string Language, Guid? InstitutionId, IReadOnlyList<Guid> Groups, IReadOnlyList<Me.Grant> Roles)
    {
        public sealed record Grant(Role Role, ScopeKind ScopeKind, Guid? ScopeId, Region? Region);
    }

    public static void Map(RouteGroupBuilder api)
    {
        var open = api.MapGroup("/account").WithTags("Account").RequireRateLimiting(RateLimits.SignIn);
        open.MapPost("/login", LoginAsync).WithName("Login").WithSummary("Exchange e-mail and password for a bearer token").Public();
        open.MapPost("/refresh", RefreshAsync).WithName("Refresh").WithSummary("Exchange a refresh token for a new bearer token").Public();
        open.MapPost("/sign-up", SignUpAsync).WithName("SignUp").WithSummary("Make an account; a link to confirm it goes to the address").Public();
        open.MapPost("/confirm-email", ConfirmAsync).WithName("ConfirmEmail").WithSummary("Confirm an address with the link's values").Public();
        open.MapPost("/confirm-email/resend", ResendAsync).WithName("ResendConfirmation").WithSummary("Send the confirmation link again").Public();
        open.MapPost("/forgot-password", ForgotAsync).WithName("ForgotPassword").WithSummary("Mail a link that sets a new password").Public();
        open.MapPost("/reset-password", ResetAsync).WithName("ResetPassword").WithSummary("Set a new password with the link's values").Public();
        open.MapPost("/password", PasswordAsync).WithName("ChangePassword").WithSummary("Change one's own password").RequirePermission(AccessPermissions.OwnAccount);

        var own = api.MapGroup("/account").WithTags("Account");
        own.MapGet("", Show).WithName("GetAccount").WithSummary("Who one is, with groups and roles").RequirePermission(AccessPermissions.OwnAccount);
        own.MapPatch("", ChangeAsync).WithName("ChangeAccount").WithSummary("Change one's own names and language").RequirePermission(AccessPermissions.OwnAccount);
        own.MapGet("/personal-data", DataAsync).WithName("GetPersonalData").WithSummary("Everything that is kept about oneself").RequirePermission(AccessPermissions.OwnAccount);
    }

    private static async Task<IResult> LoginAsync(LoginRequest request, CheckPassword password, CheckSecondStep code, SignInManager<Person> signIn, ProblemAnswers answers)
    {
        var person = await password.RunAsync(request.Email, request.Password);
        if (person is { IsOk: true, Value.TwoFactorEnabled: true }) person = await code.RunAsync(person.Value, request.TwoFactorCode);
        if (!person.IsOk) return answers.Unauthorized(person.Problems[0].Code);
        var principal = await signIn.CreateUserPrincipalAsync(person.Value);
        return TypedResults.SignIn(principal, authenticationScheme: IdentityConstants.BearerScheme);
    }

    private static async Task<IResult> RefreshAsync(RefreshRequest request, IOptionsMonitor<BearerTokenOptions> bearer, SignInManager<Person> signIn, ProblemAnswers answers, TimeProvider time)
    {
        var ticket = bearer.Get(IdentityConstants.BearerScheme).RefreshTokenProtector.Unprotect(request.RefreshToken);
        if (ticket?.Properties.ExpiresUtc is not { } expires || time.GetUtcNow() >= expires ||
            await signIn.ValidateSecurityStampAsync(ticket.Principal) is not { IsActive: true } person)
            return answers.Unauthorized("account.refresh");
        return TypedResults.SignIn(await signIn.CreateUserPrincipalAsync(person), authenticationScheme: IdentityConstants.BearerScheme);
    }

    private static async Task<IResult> SignUpAsync(SignUp.Request request, SignUp signUp, ProblemAnswers answers, CancellationToken cancel)
    {
        var done = await signUp.RunAsync(request, cancel);
        return done.IsOk ? TypedResults.Accepted((string?)null) : answers.Of(done);
    }

    private static async Task<IResult> ConfirmAsync(ConfirmRequest request, ConfirmEmail confirm, ProblemAnswers answers, CancellationToken cancel)
    {
        var done = await confirm.RunAsync(request.PersonId, request.Token, cancel);
        return done.IsOk ? TypedResults.NoContent() : answers.Of(done);
    }

    private static async Task<IResult> ResendAsync(EmailRequest request, ConfirmEmail confirm, CancellationToken cancel)
    {
        await confirm.ResendAsync(request.Email, cancel);
        return TypedResults.Accepted((string?)null);
    }

    private static async Task<IResult> ForgotAsync(EmailRequest request, ResetPassword reset, CancellationToken cancel)
    {
        await reset.RequestAsync(request.Email, cancel);
        return TypedResults.Accepted((string?)null);
    }

    private static async Task<IResult> ResetAsync(ResetRequest request, ResetPassword reset, ProblemAnswers answers, CancellationToken cancel)
    {
        var done = await reset.RunAsync(request.PersonId, request.Token, request.Password, cancel);
        return done.IsOk ? TypedResults.NoContent() : answers.Of(done);
    }

    private static async Task<IResult> PasswordAsync(PasswordRequest request, ChangeAccount change, ProblemAnswers answers, CancellationToken cancel)
    {
        var done = await change.PasswordAsync(request.CurrentPassword, request.NewPassword, cancel);
        return done.IsOk ? TypedResults.NoContent() : answers.Of(done);
    }

    private static Me Show(Caller caller) => new(
        caller.PersonId!.Value.Value, caller.Name, caller.Email, caller.Language, caller.InstitutionId?.Value, [.. caller.Groups.Select(g => g.Value)],
        [.. caller.Grants.Select(g => new Me.Grant(g.Role, g.ScopeKind, g.ScopeId, g.ScopeRegion))]);

    private static async Task<IResult> ChangeAsync(ChangeAccount.Request request, ChangeAccount change, ProblemAnswers answers, CancellationToken cancel)
    {
        var done = await change.RunAsync(request, cancel);
        return done.IsOk ? TypedResults.NoContent() : answers.Of(done);
    }

    private static async Task<IResult> DataAsync(PersonalDataQuery query, Caller caller, CancellationToken cancel) =>
        TypedResults.Ok(await query.OfAsync(caller.PersonId!.Value, cancel));
}
