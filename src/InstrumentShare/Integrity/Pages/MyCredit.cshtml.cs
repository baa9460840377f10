using InstrumentShare.Access;
using InstrumentShare.Kernel;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using NodaTime;

namespace InstrumentShare.Integrity.Pages;

/// <param name="Appealed">The entry whose form is shown open, with what was typed.</param>
public sealed record CreditView(CreditAccount Account, bool IsOwn, Instant Now, Guid? Appealed = null, string? Reason = null);

/// <summary>One's own score, what it is made of, and appeals.</summary>
[RequirePermission(IntegrityPermissions.Own)]
public sealed class MyCreditModel(CreditQueries queries, AppealCredit appeal, IClock clock) : PageModel
{
    [BindProperty]
    public string? Reason { get; set; }

    public CreditView View { get; private set; } = null!;

    public IReadOnlyList<Group> Groups { get; private set; } = [];

    public IReadOnlyList<Problem> Problems { get; private set; } = [];

    public Task OnGetAsync(CancellationToken cancel) => ShowAsync(null, cancel);

    public async Task<IActionResult> OnPostAsync(Guid entry, CancellationToken cancel)
    {
        var outcome = await appeal.StateAsync(new CreditEntryId(entry), Reason, cancel);
        if (outcome.IsOk) return Redirect("/my/credit");
        Problems = outcome.Problems;
        await ShowAsync(entry, cancel);
        return Page();
    }

    private async Task ShowAsync(Guid? entry, CancellationToken cancel)
    {
        View = new CreditView(await queries.OwnAsync(cancel), true, clock.GetCurrentInstant(), entry, Reason);
        Groups = await queries.LedAsync(cancel);
    }
}
