using System.Globalization;
using InstrumentShare.Access;
using InstrumentShare.Kernel;
using InstrumentShare.Subsidies.Language;
using InstrumentShare.Web;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace InstrumentShare.Subsidies.Pages;

[RequirePermission(SubsidyPermissions.Read)]
public sealed class RunModel(RunQueries queries, PolicyLibrary library, MakeRunFinal makeFinal, CancelRun cancelRun, Caller caller, Words words) : PageModel
{
    private const int EntriesShown = 100;
    private const int LinesShown = 50;

    [BindProperty(SupportsGet = true, Name = "institution")]
    public string? Institution { get; set; }

    [BindProperty(SupportsGet = true, Name = "kind")]
    public string? Kind { get; set; }

    [BindProperty(SupportsGet = true, Name = "beneficiary")]
    public string? Beneficiary { get; set; }

    [BindProperty(SupportsGet = true, Name = "excluded")]
    public string? Excluded { get; set; }

    [BindProperty(SupportsGet = true, Name = "cursor")]
    public string? Cursor { get; set; }

    [BindProperty(Name = "confirm")]
    public List<string> Confirm { get; set; } = [];

    public SubsidyRun Run { get; private set; } = null!;

    public KnownPolicy Known { get; private set; } = null!;

    public IReadOnlyList<Problem> Problems { get; private set; } = [];

    public PageOf<EntryRow> Entries { get; private set; } = new([], null, 0);

    public PageOf<LineRow> Lines { get; private set; } = new([], null, 0);

    public IReadOnlyList<RunConfirmation> Confirmations { get; private set; } = [];

    public IReadOnlyList<(string Value, string Text)> InstitutionChoices { get; private set; } = [];

    public IReadOnlyList<(string Value, string Text)> KindChoices =>
        [("", words["subsidy.run.filter-all"]), .. Lexicon.All<BeneficiaryKind>().Select(k => (k, words["subsidy.word." + k]))];

    public IReadOnlyList<(string Value, string Text)> ExcludedChoices =>
        [("", words["subsidy.run.filter-all"]), ("false", words["subsidy.run.filter-counted"]), ("true", words["subsidy.run.filter-excluded"])];

    public bool MayRun => caller.May(SubsidyPermissions.Run, Run.Scope);

    public string CapNames(IReadOnlyList<string> ids) => string.Join(words.IsChinese ? "；" : "; ", Known.Policy.Caps.Where(c => ids.Contains(c.Id))
        .Select(c => $"{words["subsidy.word." + Lexicon.Of(c.Level)]} {words.Money(new Money((long)c.Amount.Value))}"));

    public string LinesAddress(string? cursor) => $"?institution={Uri.EscapeDataString(Institution ?? "")}&kind={Uri.EscapeDataString(Kind ?? "")}" +
        $"&beneficiary={Uri.EscapeDataString(Beneficiary ?? "")}&excluded={Uri.EscapeDataString(Excluded ?? "")}{(cursor is null ? "" : "&cursor=" + cursor)}#lines";

    public Task<IActionResult> OnGetAsync(Guid id, CancellationToken cancel) => ShowAsync(id, cancel);

    public async Task<IActionResult> OnPostCancelAsync(Guid id, CancellationToken cancel) => await AfterAsync(id, await cancelRun.RunAsync(SubsidyRunId.From(id), cancel), cancel);

    public async Task<IActionResult> OnPostFinalAsync(Guid id, CancellationToken cancel) =>
        await AfterAsync(id, await makeFinal.RunAsync(SubsidyRunId.From(id), Confirm, cancel), cancel);

    private async Task<IActionResult> AfterAsync(Guid id, Outcome<SubsidyRun> outcome, CancellationToken cancel)
    {
        if (outcome.IsOk) return Redirect($"/subsidies/runs/{id}");
        Problems = outcome.Problems;
        if (Problems[0].Kind == ProblemKind.NotFound) return NotFound();
        Response.StatusCode = ProblemAnswers.StatusOf(Problems[0].Kind);
        return await ShowAsync(id, cancel);
    }

    private async Task<IActionResult> ShowAsync(Guid id, CancellationToken cancel)
    {
        if (await queries.FindAsync(SubsidyRunId.From(id), cancel) is not { } run) return NotFound();
        Run = run;
        Known = await library.OfAsync(run.PolicyId, run.PolicyVersion, cancel);
        if (!run.HasResult) return Page();
        Entries = await queries.EntriesAsync(run.Id, EntriesShown, null, cancel);
        Lines = await queries.LinesAsync(run, Filter(), LinesShown, ListQuery.Decoded(Cursor), cancel);
        Confirmations = await queries.ConfirmationsAsync(run.Id, cancel);
        var institutions = await queries.InstitutionsAsync(run.Id, EntriesShown, cancel);
        InstitutionChoices = [("", words["subsidy.run.filter-all"]), .. institutions.Select(i => (i.Id.ToString(), words.Name(i.Name, i.NameEn)))];
        return Page();
    }

    // A filter in a page's address that cannot be read is left out: the reader sees all lines.
    private LineFilter Filter() => new(
        Guid.TryParse(Institution, CultureInfo.InvariantCulture, out var institution) ? institution : null,
        Lexicon.TryParse(Kind, out BeneficiaryKind kind) ? kind : null,
        Guid.TryParse(Beneficiary, CultureInfo.InvariantCulture, out var beneficiary) ? beneficiary : null,
        bool.TryParse(Excluded, out var excluded) ? excluded : null);
}
