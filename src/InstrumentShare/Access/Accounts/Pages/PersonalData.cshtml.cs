using System.Text;
using System.Text.Json;
using InstrumentShare.Kernel;
using InstrumentShare.Persistence;
using InstrumentShare.Web;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.RateLimiting;

namespace InstrumentShare.Access.Accounts.Pages;

[RequirePermission(AccessPermissions.OwnAccount)]
[EnableRateLimiting(RateLimits.SignIn)]
public sealed class PersonalDataModel(PersonalDataQuery query, CloseAccount close, Caller caller, SignInManager<Person> signIn) : PageModel
{
    private static readonly JsonSerializerOptions Readable = new(Json.Options) { WriteIndented = true };

    [BindProperty]
    public string? Password { get; set; }

    public IReadOnlyList<Problem> Problems { get; private set; } = [];

    public async Task<IActionResult> OnGetDownloadAsync(CancellationToken cancel)
    {
        var data = await query.OfAsync(caller.PersonId!.Value, cancel);
        return File(Encoding.UTF8.GetBytes(JsonSerializer.Serialize(data, Readable)), "application/json", "instrumentshare-personal-data.json");
    }

    public async Task<IActionResult> OnPostCloseAsync(CancellationToken cancel)
    {
        var done = await close.RunAsync(Password, cancel);
        if (!done.IsOk)
        {
            Problems = done.Problems;
            return Page();
        }

        await signIn.SignOutAsync();
        return LocalRedirect("/");
    }
}
