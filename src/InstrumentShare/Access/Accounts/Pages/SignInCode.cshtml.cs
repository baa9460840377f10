using System.Security.Claims;
using InstrumentShare.Kernel;
using InstrumentShare.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.RateLimiting;

namespace InstrumentShare.Access.Accounts.Pages;

[Public]
[EnableRateLimiting(RateLimits.SignIn)]
public sealed class SignInCodeModel(CheckSecondStep check, SignInManager<Person> signIn) : PageModel
{
    [BindProperty(SupportsGet = true)]
    public string? ReturnUrl { get; set; }

    [BindProperty(SupportsGet = true)]
    public bool RememberMe { get; set; }

    [BindProperty]
    public string? Code { get; set; }

    public IReadOnlyList<Problem> Problems { get; private set; } = [];

    /// <summary>Who has given the password and still owes the code; kept in a short-lived cookie of its own.</summary>
    public static ClaimsPrincipal HalfWay(Person person) =>
        new(new ClaimsIdentity([new Claim(ClaimTypes.Name, person.Id.ToString())], IdentityConstants.TwoFactorUserIdScheme));

    public async Task<IActionResult> OnGetAsync() =>
        await signIn.GetTwoFactorAuthenticationUserAsync() is null ? RedirectToPage("SignIn", new { returnUrl = ReturnUrl }) : Page();

    public async Task<IActionResult> OnPostAsync()
    {
        if (await signIn.GetTwoFactorAuthenticationUserAsync() is not { } person) return RedirectToPage("SignIn", new { returnUrl = ReturnUrl });
        var accepted = await check.RunAsync(person, Code);
        if (!accepted.IsOk)
        {
            Problems = accepted.Problems;
            return Page();
        }

        await HttpContext.SignOutAsync(IdentityConstants.TwoFactorUserIdScheme);
        await signIn.SignInWithClaimsAsync(person, RememberMe, [new Claim("amr", "mfa")]);
        return LocalRedirect(Url.IsLocalUrl(ReturnUrl) ? ReturnUrl : "/");
    }
}
