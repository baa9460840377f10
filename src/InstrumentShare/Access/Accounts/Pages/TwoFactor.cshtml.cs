using InstrumentShare.Kernel;
using InstrumentShare.Web;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.RateLimiting;

namespace InstrumentShare.Access.Accounts.Pages;

[RequirePermission(AccessPermissions.OwnAccount)]
[EnableRateLimiting(RateLimits.SignIn)]
public sealed class TwoFactorModel(TwoFactor twoFactor, UserManager<Person> people, SignInManager<Person> signIn) : PageModel
{
    [BindProperty]
    public string? Code { get; set; }

    [BindProperty]
    public string? Password { get; set; }

    public bool IsOn { get; private set; }

    public string Key { get; private set; } = string.Empty;

    public string QrImage { get; private set; } = string.Empty;

    public int CodesLeft { get; private set; }

    /// <summary>New recovery codes, on the one page that shows them.</summary>
    public IReadOnlyList<string> Codes { get; private set; } = [];

    public IReadOnlyList<Problem> Problems { get; private set; } = [];

    public async Task OnGetAsync() => await LoadAsync((await people.GetUserAsync(User))!);

    public async Task OnPostEnableAsync(CancellationToken cancel)
    {
        var person = (await people.GetUserAsync(User))!;
        await ShowAsync(person, await twoFactor.EnableAsync(person, Code, cancel));
    }

    public async Task OnPostCodesAsync(CancellationToken cancel)
    {
        var person = (await people.GetUserAsync(User))!;
        await ShowAsync(person, await twoFactor.NewCodesAsync(person, Password, cancel));
    }

    public async Task<IActionResult> OnPostDisableAsync(CancellationToken cancel)
    {
        var person = (await people.GetUserAsync(User))!;
        var done = await twoFactor.DisableAsync(person, Password, cancel);
        if (done.IsOk)
        {
            await signIn.RefreshSignInAsync(person);
            return RedirectToPage();
        }

        Problems = done.Problems;
        await LoadAsync(person);
        return Page();
    }

    private async Task ShowAsync(Person person, Outcome<List<string>> made)
    {
        (Codes, Problems) = (made.Value ?? [], made.Problems);
        if (made.IsOk) await signIn.RefreshSignInAsync(person);
        await LoadAsync(person);
    }

    private async Task LoadAsync(Person person)
    {
        IsOn = person.TwoFactorEnabled;
        if (IsOn) CodesLeft = await people.CountRecoveryCodesAsync(person);
        else (Key, QrImage) = await twoFactor.KeyAsync(person);
    }
}
