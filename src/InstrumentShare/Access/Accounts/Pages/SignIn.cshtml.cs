using System.Security.Claims;
using InstrumentShare.Demo;
using InstrumentShare.Kernel;
using InstrumentShare.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.Extensions.Options;

namespace InstrumentShare.Access.Accounts.Pages;

[Public]
[EnableRateLimiting(RateLimits.SignIn)]
public sealed class SignInModel(CheckPassword check, SignInManager<Person> signIn, Caller caller, IOptions<DemoOptions> demo) : PageModel
{
    [BindProperty(SupportsGet = true)]
    public string? ReturnUrl { get; set; }

    [BindProperty]
    public string? Email { get; set; }

    [BindProperty]
    public string? Password { get; set; }

    [BindProperty]
    public bool RememberMe { get; set; }

    public bool IsDemo => demo.Value.Enabled;

    public IReadOnlyList<Problem> Problems { get; private set; } = [];

    public IActionResult OnGet() => caller.IsSignedIn ? Back() : Page();

    public async Task<IActionResult> OnPostAsync()
    {
        var checkedPassword = await check.RunAsync(Email, Password);
        if (!checkedPassword.IsOk)
        {
            Problems = checkedPassword.Problems;
            return Page();
        }

        var person = checkedPassword.Value;
        if (person.TwoFactorEnabled)
        {
            await HttpContext.SignInAsync(IdentityConstants.TwoFactorUserIdScheme, SignInCodeModel.HalfWay(person));
            return RedirectToPage("SignInCode", new { returnUrl = ReturnUrl, rememberMe = RememberMe });
        }

        await signIn.SignInWithClaimsAsync(person, RememberMe, [new Claim("amr", "pwd")]);
        return Back();
    }

    /// <summary>One tap signs in as one of the demo region's people; nowhere but on a demo.</summary>
    public Task<IActionResult> OnPostDemoAsync(string? account)
    {
        if (!IsDemo || DemoAccounts.All.All(a => a.Email != account)) return Task.FromResult<IActionResult>(NotFound());
        (Email, Password) = (account, DemoAccounts.Password);
        return OnPostAsync();
    }

    private LocalRedirectResult Back() => LocalRedirect(Url.IsLocalUrl(ReturnUrl) ? ReturnUrl : "/");
}
