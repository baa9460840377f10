using InstrumentShare.Access;
using InstrumentShare.Catalog.Pages;
using InstrumentShare.Kernel;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace InstrumentShare.Bookings.Approvals.Pages;

/// <summary>Who decides in the reader's place while they are away.</summary>
[RequirePermission(BookingPermissions.Decide)]
public sealed class DelegatesModel(ChangeDelegates delegates) : PageModel
{
    [BindProperty]
    public string? Email { get; set; }

    [BindProperty]
    public string? StartsOn { get; set; }

    [BindProperty]
    public string? EndsOn { get; set; }

    public IReadOnlyList<ChangeDelegates.Item> Items { get; private set; } = [];

    public bool MayName => delegates.MayName;

    public IReadOnlyList<Problem> Problems { get; private set; } = [];

    public async Task OnGetAsync(CancellationToken cancel) => Items = await delegates.ListAsync(cancel);

    public async Task<IActionResult> OnPostAsync(CancellationToken cancel)
    {
        var problems = new List<Problem>();
        var request = new ChangeDelegates.Request(Email, DateForm.Read("startsOn", StartsOn, problems), DateForm.Read("endsOn", EndsOn, problems));
        if (problems.Count == 0)
        {
            var added = await delegates.AddAsync(request, cancel);
            if (added.IsOk) return RedirectToPage();
            problems.AddRange(added.Problems);
        }

        (Problems, Items) = (problems, await delegates.ListAsync(cancel));
        return Page();
    }

    public async Task<IActionResult> OnPostRevokeAsync(Guid id, CancellationToken cancel) => (await delegates.RevokeAsync(id, cancel)).IsOk ? RedirectToPage() : NotFound();
}
