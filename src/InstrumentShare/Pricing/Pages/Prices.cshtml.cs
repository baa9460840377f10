using InstrumentShare.Access;
using InstrumentShare.Catalog;
using InstrumentShare.Kernel;
using InstrumentShare.Persistence;
using InstrumentShare.Web;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using NodaTime;
using NodaTime.Text;

namespace InstrumentShare.Pricing.Pages;

/// <summary>The prices of an instrument on a line of time, and the form for a new one.</summary>
[RequirePermission(PricingPermissions.Change)]
public sealed class PricesModel(InstrumentRulesQuery instruments, PricePolicies policies, ChangePrices change, Caller caller, IClock clock) : PageModel
{
    public InstrumentRules Instrument { get; private set; } = null!;

    public IReadOnlyList<PricePolicy> Policies { get; private set; } = [];

    public LocalDate Today { get; private set; }

    public IReadOnlyList<Problem> Problems { get; private set; } = [];

    [BindProperty] public string? UserClass { get; set; }

    [BindProperty] public string? ValidFrom { get; set; }

    [BindProperty] public string? ValidTo { get; set; }

    [BindProperty] public string? ChargeFor { get; set; }

    [BindProperty] public string? RatePerHour { get; set; }

    [BindProperty] public string? RatePerSample { get; set; }

    [BindProperty] public string? StartUpFee { get; set; }

    [BindProperty] public string? MinimumFee { get; set; }

    [BindProperty] public string? Note { get; set; }

    [BindProperty] public bool AcknowledgeBookings { get; set; }

    /// <summary>From the first policy, at most two years back, to a year ahead.</summary>
    public (LocalDate From, LocalDate To) Line => (LocalDate.Max(Policies.Select(p => p.ValidFrom).DefaultIfEmpty(Today).Min(), Today.PlusYears(-2)), Today.PlusYears(1));

    public async Task<IActionResult> OnGetAsync(Guid id, CancellationToken cancel)
    {
        if (!await LoadAsync(id, cancel)) return NotFound();
        (UserClass, ChargeFor) = (Word.Of(Access.UserClass.Academic), Word.Of(Pricing.ChargeFor.Used));
        ValidFrom = LocalDatePattern.Iso.Format(Today.PlusDays(1));
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(Guid id, CancellationToken cancel)
    {
        if (!await LoadAsync(id, cancel)) return NotFound();
        var read = Read();
        Problems = read.Problems;
        if (!read.IsOk) return Page();
        var outcome = await change.RunAsync(Instrument.Id, read.Value, cancel);
        Problems = outcome.Problems;
        return outcome.IsOk ? Redirect($"/manage/instruments/{id}/prices") : Page();
    }

    private async Task<bool> LoadAsync(Guid id, CancellationToken cancel)
    {
        if (await instruments.OfAsync(new InstrumentId(id), cancel: cancel) is not { } rules || !caller.May(PricingPermissions.Change, rules.Scope)) return false;
        Instrument = rules;
        Today = clock.GetCurrentInstant().InZone(rules.InstitutionZone).Date;
        Policies = await policies.OfAsync(rules.Id, rules.RulesVersion, cancel);
        return true;
    }

    private Outcome<PriceChange> Read()
    {
        var problems = new List<Problem>();
        var userClass = Word.TryParse<UserClass>(UserClass, out var c) ? c : Wrong<UserClass>("price.class-missing", "userClass");
        var chargeFor = Word.TryParse<ChargeFor>(ChargeFor, out var f) ? f : Wrong<ChargeFor>("price.charge-for-missing", "chargeFor");
        var from = LocalDatePattern.Iso.Parse(ValidFrom ?? string.Empty) is { Success: true } start ? start.Value : Wrong<LocalDate>("price.from-missing", "validFrom");
        LocalDate? to = string.IsNullOrWhiteSpace(ValidTo) ? null : LocalDatePattern.Iso.Parse(ValidTo) is { Success: true } end ? end.Value : Wrong<LocalDate>("price.date-unreadable", "validTo");
        var (hour, sample) = (Amount(RatePerHour, "ratePerHour"), Amount(RatePerSample, "ratePerSample"));
        var (startUp, minimum) = (Amount(StartUpFee, "startUpFee"), Amount(MinimumFee, "minimumFee"));
        if (problems.Count > 0) return problems;
        return new PriceChange(userClass, from, to, chargeFor, hour, sample, startUp, minimum, Note?.Trim() ?? string.Empty, AcknowledgeBookings);

        Money Amount(string? text, string field) =>
            string.IsNullOrWhiteSpace(text) ? Money.Zero : Money.TryParse(text.Trim(), out var money) ? money : Wrong<Money>("price.amount-unreadable", field);

        T Wrong<T>(string code, string field)
        {
            problems.Add(new Problem(code, field, Kind: ProblemKind.Invalid));
            return default!;
        }
    }
}
