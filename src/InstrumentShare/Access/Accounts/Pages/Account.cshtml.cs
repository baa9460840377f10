using InstrumentShare.Kernel;
using InstrumentShare.Persistence;
using InstrumentShare.Web;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Localization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.EntityFrameworkCore;

namespace InstrumentShare.Access.Accounts.Pages;

[RequirePermission(AccessPermissions.OwnAccount)]
[EnableRateLimiting(RateLimits.SignIn)]
public sealed class AccountModel(ChangeAccount change, AppDb db, Caller caller, SignInManager<Person> signIn) : PageModel
{
    [BindProperty]
    public string? Name { get; set; }

    [BindProperty]
    public string? NameEn { get; set; }

    [BindProperty]
    public string? Language { get; set; }

    [BindProperty]
    public string? CurrentPassword { get; set; }

    [BindProperty]
    public string? NewPassword { get; set; }

    /// <summary>What was just saved: <c>names</c> or <c>password</c>.</summary>
    [BindProperty(SupportsGet = true)]
    public string? Saved { get; set; }

    public Person Me { get; private set; } = null!;

    public Institution? Institution { get; private set; }

    public Institution? Claimed { get; private set; }

    public IReadOnlyList<Problem> Problems { get; private set; } = [];

    public async Task OnGetAsync(CancellationToken cancel)
    {
        await LoadAsync(cancel);
        (Name, NameEn, Language) = (Me.Name, Me.NameEn, Me.Language);
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken cancel)
    {
        var done = await change.RunAsync(new(Name ?? string.Empty, NameEn ?? string.Empty, Language), cancel);
        if (!done.IsOk) return await AgainAsync(done.Problems, cancel);
        Response.Cookies.Append("language", CookieRequestCultureProvider.MakeCookieValue(new RequestCulture(done.Value.Language)),
            new CookieOptions { HttpOnly = true, SameSite = SameSiteMode.Lax, Secure = Request.IsHttps, MaxAge = TimeSpan.FromDays(365), IsEssential = true });
        return RedirectToPage(new { saved = "names" });
    }

    public async Task<IActionResult> OnPostPasswordAsync(CancellationToken cancel)
    {
        var done = await change.PasswordAsync(CurrentPassword, NewPassword, cancel);
        if (!done.IsOk) return await AgainAsync(done.Problems, cancel);
        await signIn.RefreshSignInAsync(done.Value);
        return RedirectToPage(new { saved = "password" });
    }

    private async Task<IActionResult> AgainAsync(IReadOnlyList<Problem> problems, CancellationToken cancel)
    {
        Problems = problems;
        db.ChangeTracker.Clear();
        await LoadAsync(cancel);
        (Name, NameEn, Language) = (Name ?? Me.Name, NameEn ?? Me.NameEn, Language ?? Me.Language);
        return Page();
    }

    private async Task LoadAsync(CancellationToken cancel)
    {
        Me = await db.Set<Person>().AsNoTracking().SingleAsync(p => p.Id == caller.PersonId!.Value.Value, cancel);
        Institution = Me.InstitutionId is { } mine ? await db.Set<Institution>().AsNoTracking().SingleAsync(i => i.Id == mine, cancel) : null;
        Claimed = Me.ClaimedInstitutionId is { } claimed ? await db.Set<Institution>().AsNoTracking().SingleAsync(i => i.Id == claimed, cancel) : null;
    }
}
