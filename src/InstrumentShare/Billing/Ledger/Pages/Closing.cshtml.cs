using System.Globalization;
using InstrumentShare.Access;
using InstrumentShare.Billing.Funds;
using InstrumentShare.Kernel;
using InstrumentShare.Persistence;
using InstrumentShare.Web;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using NodaTime;
using NodaTime.Text;

namespace InstrumentShare.Billing.Ledger.Pages;

/// <summary>The last proof of a ledger, its closed months, and how its institution settles.</summary>
[RequirePermission(LedgerPermissions.View)]
public sealed class ClosingModel(LedgerQueries queries, ClosePeriod close, ChangeTerms change, AppDb db, Words words, Caller caller, IClock clock) : PageModel
{
    private const int MostTerms = 50;

    public LedgerHead Head { get; private set; } = null!;

    public LedgerProof? Proof { get; private set; }

    public IReadOnlyList<LedgerPeriod> Periods { get; private set; } = [];

    /// <summary>The month that may be closed now; null while none is over.</summary>
    public LocalDate? Next { get; private set; }

    public IReadOnlyList<BillingTerms> Terms { get; private set; } = [];

    public bool MayEnter => queries.MayEnter(Head.Institution);

    public bool MaySetTerms => caller.May(FundPermissions.Manage, Head.Institution.LedgerScope());

    public DateTimeZone Zone => DateTimeZoneProviders.Tzdb[Head.Institution.TimeZone];

    public IReadOnlyList<Problem> Problems { get; private set; } = [];

    public IReadOnlyList<(string Value, string Text)> Demands => [("false", words["billing-terms.no"]), ("true", words["billing-terms.yes"])];

    [BindProperty]
    public string? ValidFrom { get; set; }

    [BindProperty]
    public string? DemandsFund { get; set; }

    [BindProperty]
    public string? ReviewDays { get; set; }

    [BindProperty]
    public string? TaxPercent { get; set; }

    public Task<IActionResult> OnGetAsync(Guid? institution, CancellationToken cancel) => LoadAsync(institution, [], cancel);

    public async Task<IActionResult> OnPostCloseAsync(Guid? institution, string? month, CancellationToken cancel)
    {
        if (await queries.InstitutionAsync(institution, cancel) is not { } found) return NotFound();
        var outcome = await close.RunAsync(found.Id, On(month), cancel);
        return outcome.IsOk ? Redirect($"/ledger/closing?institution={found.Id.Value}") : await LoadAsync(institution, outcome.Problems, cancel);
    }

    public async Task<IActionResult> OnPostTermsAsync(Guid? institution, CancellationToken cancel)
    {
        if (await queries.InstitutionAsync(institution, cancel) is not { } found) return NotFound();
        int? days = int.TryParse(ReviewDays, NumberStyles.None, CultureInfo.InvariantCulture, out var d) ? d : null;
        decimal? tax = decimal.TryParse(TaxPercent, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var t) ? t : null;
        var outcome = await change.RunAsync(new ChangeTerms.Change(found.Id, DemandsFund switch { "true" => true, "false" => false, _ => null }, days, tax, On(ValidFrom)), cancel);
        return outcome.IsOk ? Redirect($"/ledger/closing?institution={found.Id.Value}") : await LoadAsync(institution, outcome.Problems, cancel);
    }

    private async Task<IActionResult> LoadAsync(Guid? asked, IReadOnlyList<Problem> problems, CancellationToken cancel)
    {
        if (problems.Count > 0 && problems[0].Kind == ProblemKind.Forbidden) return Forbid();
        if (await queries.InstitutionAsync(asked, cancel) is not { } institution) return NotFound();
        (Head, Problems) = (new LedgerHead(institution, "/ledger/closing", await queries.ChoicesAsync(cancel)), problems);
        Proof = await queries.ProofAsync(institution.Id, cancel);
        Periods = await queries.PeriodsAsync(institution.Id, cancel);
        var today = clock.GetCurrentInstant().InZone(Zone).Date;
        Next = await queries.NextMonthAsync(institution.Id, cancel) is { } next && next.PlusMonths(1) <= today ? next : null;
        Terms = await db.Set<BillingTerms>().AsNoTracking().Where(t => t.InstitutionId == institution.Id).OrderByDescending(t => t.ValidFrom).Take(MostTerms).ToListAsync(cancel);
        var now = Terms.FirstOrDefault(t => t.HoldsOn(today));
        if (problems.Count > 0) return Page();
        (ValidFrom, DemandsFund) = (LocalDatePattern.Iso.Format(today), now?.DemandsFund == true ? "true" : "false");
        (ReviewDays, TaxPercent) = ((now?.ReviewDays ?? BillingTerms.DefaultReviewDays).ToString(CultureInfo.InvariantCulture), ((now?.TaxBasisPoints ?? 0) / 100m).ToString("0.##", CultureInfo.InvariantCulture));
        return Page();
    }

    private static LocalDate? On(string? text) => LocalDatePattern.Iso.Parse(text ?? string.Empty) is { Success: true } date ? date.Value : null;
}
