using InstrumentShare.Kernel;
using InstrumentShare.Web;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.RateLimiting;

namespace InstrumentShare.Access.Accounts.Pages;

[Public]
[EnableRateLimiting(RateLimits.SignIn)]
public sealed class ResetPasswordModel(ResetPassword reset) : PageModel
{
    [BindProperty(SupportsGet = true)]
    public Guid? Person { get; set; }

    [BindProperty(SupportsGet = true)]
    public string? Token { get; set; }

    [BindProperty]
    public string? Password { get; set; }

    public bool Changed { get; private set; }

    public IReadOnlyList<Problem> Problems { get; private set; } = [];

    public async Task OnPostAsync(CancellationToken cancel)
    {
        var done = await reset.RunAsync(Person, Token, Password, cancel);
        (Changed, Problems) = (done.IsOk, done.Problems);
    }
}
