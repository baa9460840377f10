using InstrumentShare.Access;
using InstrumentShare.Billing.Disputes;
using InstrumentShare.Catalog;
using InstrumentShare.Kernel;
using InstrumentShare.Web;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using NodaTime;
using NodaTime.Text;

namespace InstrumentShare.Billing.Pages;

/// <summary>A charge, the proof of its amount, and what is written on it.</summary>
[RequirePermission(BillingPermissions.Read)]
public sealed class ChargeDetailModel(ChargeQueries queries, AnnotateCharges annotate, DisputeCharge dispute, DisputeQueries disputes, InstrumentRulesQuery instruments, Words words, Caller caller) : PageModel
{
    public ChargeRow Charge { get; private set; } = null!;

    public IReadOnlyList<ExplanationText.Line> Steps { get; private set; } = [];

    public DateTimeZone Zone { get; private set; } = DateTimeZone.Utc;

    public bool MayAnnotate { get; private set; }

    public IReadOnlyList<Problem> Problems { get; private set; } = [];

    /// <summary>Until when it may be disputed, and what was said; null before it is issued.</summary>
    public ChargeReview? Review { get; private set; }

    public IReadOnlyList<Problem> DisputeProblems { get; private set; } = [];

    [BindProperty] public string? DisputeReason { get; set; }

    [BindProperty] public List<string> Tags { get; set; } = [];

    [BindProperty] public List<string> Evidence { get; set; } = [];

    [BindProperty] public string? ClaimReference { get; set; }

    [BindProperty] public string? InvoiceNumber { get; set; }

    [BindProperty] public string? InvoicedOn { get; set; }

    [BindProperty] public long? IfVersion { get; set; }

    [BindProperty] public string? Reason { get; set; }

    public async Task<IActionResult> OnGetAsync(Guid id, CancellationToken cancel)
    {
        if (!await LoadAsync(id, cancel)) return NotFound();
        (Tags, Evidence, ClaimReference, InvoiceNumber) = ([.. Charge.Tags], [.. Charge.Evidence], Charge.ClaimReference, Charge.InvoiceNumber);
        InvoicedOn = Charge.InvoicedOn is { } on ? LocalDatePattern.Iso.Format(on) : null;
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(Guid id, CancellationToken cancel)
    {
        if (!await LoadAsync(id, cancel)) return NotFound();
        LocalDate? on = null;
        if (!string.IsNullOrWhiteSpace(InvoicedOn))
        {
            var date = LocalDatePattern.Iso.Parse(InvoicedOn);
            if (!date.Success)
            {
                Problems = [Problem.Invalid("charge.invoice-incomplete", "invoicedOn")];
                return Page();
            }

            on = date.Value;
        }

        // A form shows all there is, so an emptied field clears what it held.
        var outcome = await annotate.RunAsync([new ChargeId(id)], new AnnotateCharges.Change(Tags, Evidence, ClaimReference ?? string.Empty, InvoiceNumber ?? string.Empty, on, Reason), IfVersion, cancel);
        Problems = outcome.Problems;
        return outcome.IsOk ? Redirect($"/charges/{id}") : Page();
    }

    public async Task<IActionResult> OnPostDisputeAsync(Guid id, CancellationToken cancel)
    {
        var outcome = await dispute.StateAsync(new ChargeId(id), DisputeReason, cancel);
        if (outcome.IsOk) return Redirect($"/charges/{id}");
        if (outcome.Problems[0].Kind == ProblemKind.NotFound) return NotFound();
        if (outcome.Problems[0].Kind == ProblemKind.Forbidden) return Forbid();
        DisputeProblems = [.. outcome.Problems.Select(p => p.Field == "reason" ? p with { Field = "disputeReason" } : p)];
        return await OnGetAsync(id, cancel);
    }

    private async Task<bool> LoadAsync(Guid id, CancellationToken cancel)
    {
        if (await queries.OneAsync(new ChargeId(id), cancel) is not { } charge) return false;
        Charge = charge;
        var (explanation, zone) = await queries.ExplanationAsync(new ChargeId(id), cancel);
        (Zone, Steps) = (zone, ExplanationText.Of(explanation, words, zone));
        var instrument = await instruments.OfAsync(new InstrumentId(charge.Instrument.Id), cancel: cancel);
        Review = await disputes.OfAsync(new ChargeId(id), cancel);
        MayAnnotate = charge is { Kind: ChargeKind.Charge, Status: ChargeStatus.Issued, IsDisputed: false } && caller.May(BillingPermissions.Annotate, instrument!.Scope);
        return true;
    }
}
