using Microsoft.AspNetCore.Mvc.RazorPages;

namespace InstrumentShare.Access.Accounts.Pages;

[Public]
public sealed class ForbiddenModel : PageModel
{
    public void OnGet() => Response.StatusCode = StatusCodes.Status403Forbidden;
}
