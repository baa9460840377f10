using InstrumentShare.Web;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.RateLimiting;

namespace InstrumentShare.Access.Accounts.Pages;

[Public]
[EnableRateLimiting(RateLimits.SignIn)]
public sealed class ResendConfirmationModel(ConfirmEmail confirm) : PageModel
{
    [BindProperty]
    public string? Email { get; set; }

    public bool Sent { get; private set; }

    public async Task OnPostAsync(CancellationToken cancel)
    {
        await confirm.ResendAsync(Email, cancel);
        Sent = true;
    }
}
