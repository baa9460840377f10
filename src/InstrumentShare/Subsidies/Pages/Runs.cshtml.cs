using InstrumentShare.Access;
using InstrumentShare.Kernel;
using InstrumentShare.Web;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using NodaTime;
using NodaTime.Text;

namespace InstrumentShare.Subsidies.Pages;

[RequirePermission(SubsidyPermissions.Read)]
public sealed class RunsModel(RunQueries queries, RunSubsidy start, PolicyLibrary library, Caller caller, Words words, IClock clock) : PageModel
{
    private const int PageSize = 30;
    private IReadOnlyList<KnownPolicy> policies = [];

    [BindProperty(SupportsGet = true, Name = "cursor")]
    public string? Cursor { get; set; }

    [BindProperty]
    public string? PolicyId { get; set; }

    [BindProperty]
    public string? From { get; set; }

    [BindProperty]
    public string? To { get; set; }

    [BindProperty]
    public string? Budget { get; set; }

    public IReadOnlyList<Problem> Problems { get; private set; } = [];

    public PageOf<SubsidyRun> Runs { get; private set; } = new([], null, 0);

    /// <summary>The policies that the reader may run.</summary>
    public IReadOnlyList<(string Value, string Text)> Choices { get; private set; } = [];

    public string TitleOf(string policyId) => policies.FirstOrDefault(p => p.Policy.Id == policyId) is { } known ? words.Name(known.Policy.Title.Zh, known.Policy.Title.En) : policyId;

    public async Task OnGetAsync(string? policy, CancellationToken cancel)
    {
        var year = clock.GetCurrentInstant().InZone(Words.DefaultZone).Year - 1;
        (PolicyId, From, To) = (policy, LocalDatePattern.Iso.Format(new LocalDate(year, 1, 1)), LocalDatePattern.Iso.Format(new LocalDate(year, 12, 31)));
        await LoadAsync(cancel);
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken cancel)
    {
        var problems = new List<Problem>();
        var (from, to) = (Day(From, "from", problems), Day(To, "to", problems));
        var budget = RunBudget.Read(Budget?.Trim(), problems);
        var outcome = problems.Count > 0 ? problems : await start.RunAsync(new RunOrder(PolicyId, from, to, budget), cancel);
        if (outcome.IsOk) return Redirect($"/subsidies/runs/{outcome.Value.Id.Value}");
        Problems = outcome.Problems;
        Response.StatusCode = ProblemAnswers.StatusOf(Problems[0].Kind);
        await LoadAsync(cancel);
        return Page();
    }

    private async Task LoadAsync(CancellationToken cancel)
    {
        policies = await library.CurrentAsync(cancel);
        Choices = [.. policies.Where(p => caller.May(SubsidyPermissions.Run, new Scope(Region: p.Policy.Region))).Select(p => (p.Policy.Id, TitleOf(p.Policy.Id)))];
        Runs = await queries.ListAsync(PageSize, ListQuery.Decoded(Cursor), cancel);
    }

    private static LocalDate? Day(string? text, string field, List<Problem> problems)
    {
        if (string.IsNullOrEmpty(text)) return null;
        if (text.Length == 10 && LocalDatePattern.Iso.Parse(text) is { Success: true } day) return day.Value;
        problems.Add(Problem.Invalid("subsidy.facts.date", field, ("value", text)));
        return null;
    }
}
