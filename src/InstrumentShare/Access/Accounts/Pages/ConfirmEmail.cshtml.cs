using InstrumentShare.Kernel;
using InstrumentShare.Web;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.RateLimiting;

namespace InstrumentShare.Access.Accounts.Pages;

/// <summary>Where the confirmation mail leads. Confirming takes a press: mail scanners open links, too.</summary>
[Public]
[EnableRateLimiting(RateLimits.SignIn)]
public sealed class ConfirmEmailModel(ConfirmEmail confirm) : PageModel
{
    [BindProperty(SupportsGet = true)]
    public Guid? Person { get; set; }

    [BindProperty(SupportsGet = true)]
    public string? Token { get; set; }

    public bool Confirmed { get; private set; }

    public IReadOnlyList<Problem> Problems { get; private set; } = [];

    public async Task OnPostAsync(CancellationToken cancel)
    {
        var done = await confirm.RunAsync(Person, Token, cancel);
        (Confirmed, Problems) = (done.IsOk, done.Problems);
    }
}
