using InstrumentShare.Access;
using InstrumentShare.Billing.Funds;
using InstrumentShare.Kernel;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace InstrumentShare.Billing.Disputes.Pages;

/// <summary>Disputes about the reader's instruments that wait for a decision.</summary>
[RequirePermission(BillingPermissions.Decide)]
public sealed class DisputesModel(DisputeQueries queries, DisputeCharge decide) : PageModel
{
    public IReadOnlyList<DisputeRow> Waiting { get; private set; } = [];

    public IReadOnlyList<Problem> Problems { get; private set; } = [];

    public Guid? Dispute { get; private set; }

    [BindProperty]
    public string? Reason { get; set; }

    [BindProperty]
    public string? Amount { get; set; }

    public async Task OnGetAsync(CancellationToken cancel) => Waiting = await queries.WaitingAsync(cancel);

    public async Task<IActionResult> OnPostAsync(Guid dispute, bool uphold, CancellationToken cancel)
    {
        var outcome = await decide.DecideAsync(new ChargeDisputeId(dispute), uphold, FundForm.AmountOf(Amount), Reason, cancel);
        if (outcome.IsOk) return Redirect("/manage/charge-disputes");
        if (outcome.Problems[0].Kind == ProblemKind.NotFound) return NotFound();
        (Problems, Dispute) = (outcome.Problems, dispute);
        Waiting = await queries.WaitingAsync(cancel);
        return Page();
    }
}
