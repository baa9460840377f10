using InstrumentShare.Access;
using InstrumentShare.Kernel;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace InstrumentShare.Integrity.Pages;

/// <summary>Appeals about the reader's instruments that wait for a decision.</summary>
[RequirePermission(IntegrityPermissions.Decide)]
public sealed class CreditAppealsModel(CreditQueries queries, AppealCredit decide) : PageModel
{
    public IReadOnlyList<WaitingAppeal> Waiting { get; private set; } = [];

    public IReadOnlyList<Problem> Problems { get; private set; } = [];

    public Guid? Appeal { get; private set; }

    [BindProperty]
    public string? Reason { get; set; }

    public async Task OnGetAsync(CancellationToken cancel) => Waiting = await queries.WaitingAsync(cancel);

    public async Task<IActionResult> OnPostAsync(Guid appeal, bool withdraw, CancellationToken cancel)
    {
        var outcome = await decide.DecideAsync(new CreditAppealId(appeal), withdraw, Reason, cancel);
        if (outcome.IsOk) return Redirect("/manage/credit-appeals");
        (Problems, Appeal) = (outcome.Problems, appeal);
        Waiting = await queries.WaitingAsync(cancel);
        return Page();
    }
}
