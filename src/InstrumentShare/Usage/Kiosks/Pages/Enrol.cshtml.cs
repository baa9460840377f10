using InstrumentShare.Access;
using InstrumentShare.Kernel;
using InstrumentShare.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.RateLimiting;

namespace InstrumentShare.Usage.Kiosks.Pages;

/// <summary>Makes the device that opens it a kiosk, by a one-time code. Looking at it uses nothing up.</summary>
[Public]
[EnableRateLimiting(RateLimits.SignIn)]
public sealed class EnrolModel(ChangeKiosks change, KioskDoor door) : PageModel
{
    [BindProperty(SupportsGet = true)]
    public string? Code { get; set; }

    public IReadOnlyList<Problem> Problems { get; private set; } = [];

    public void OnGet()
    {
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken cancel)
    {
        var enrolled = await change.EnrolAsync(Code, cancel);
        if (!enrolled.IsOk)
        {
            Problems = enrolled.Problems;
            return Page();
        }

        door.Remember(enrolled.Value.Kiosk.Id, enrolled.Value.Secret);
        // Whoever set it up does not stay signed in where everybody taps.
        await HttpContext.SignOutAsync(IdentityConstants.ApplicationScheme);
        return Redirect(KioskDoor.Path);
    }
}
