using InstrumentShare.Access;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using NodaTime;

namespace InstrumentShare.Integrity.Pages;

/// <summary>A group's score and what its members' bookings brought it, for its leader.</summary>
[RequirePermission(IntegrityPermissions.View)]
public sealed class GroupCreditModel(CreditQueries queries, IClock clock) : PageModel
{
    [BindProperty(SupportsGet = true)]
    public Guid Id { get; set; }

    public CreditView View { get; private set; } = null!;

    public async Task<IActionResult> OnGetAsync(CancellationToken cancel)
    {
        if (await queries.OfGroupAsync(new GroupId(Id), cancel) is not { } account) return NotFound();
        View = new CreditView(account, false, clock.GetCurrentInstant());
        return Page();
    }
}
