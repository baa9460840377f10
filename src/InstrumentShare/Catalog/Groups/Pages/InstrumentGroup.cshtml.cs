using InstrumentShare.Access;
using InstrumentShare.Catalog.Search;
using InstrumentShare.Kernel;
using InstrumentShare.Web;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace InstrumentShare.Catalog.Groups.Pages;

/// <summary>A group of instruments: its record, what is in it, and a search for what else should be.</summary>
[RequirePermission(CatalogPermissions.ManageInstruments)]
public sealed class InstrumentGroupModel(InstrumentGroupQueries queries, SaveInstrumentGroup save, ChangeGroupInstruments change, InstrumentSearch search) : PageModel
{
    private const int PageSize = 100;
    private const int Offered = 20;

    [BindProperty(SupportsGet = true)]
    public Guid Id { get; set; }

    [BindProperty(SupportsGet = true)]
    public string? Q { get; set; }

    [BindProperty]
    public string? Name { get; set; }

    [BindProperty]
    public string? NameEn { get; set; }

    [BindProperty]
    public string? Description { get; set; }

    [BindProperty]
    public bool IsActive { get; set; }

    [BindProperty]
    public List<Guid> Instruments { get; set; } = [];

    public InstrumentGroupQueries.Item Group { get; private set; } = null!;

    public PageOf<InstrumentGroupQueries.Member> Members { get; private set; } = null!;

    /// <summary>Instruments of the institution that the search words name; none before anything was searched for.</summary>
    public IReadOnlyList<InstrumentListItem> Candidates { get; private set; } = [];

    public bool Saved => Request.Query.ContainsKey("saved");

    public IReadOnlyList<Problem> Problems { get; private set; } = [];

    public async Task<IActionResult> OnGetAsync(string? cursor, CancellationToken cancel)
    {
        if (await LoadAsync(cursor, cancel) is { } answer) return answer;
        (Name, NameEn, Description, IsActive) = (Group.Name, Group.NameEn, Group.Description, Group.IsActive);
        return Page();
    }

    public async Task<IActionResult> OnPostSaveAsync(CancellationToken cancel)
    {
        var saved = await save.ChangeAsync(new InstrumentGroupId(Id), new(null, Name, NameEn, Description ?? string.Empty, IsActive), null, cancel);
        return saved.IsOk ? Done() : await ShowAsync(saved.Problems, typed: true, cancel);
    }

    public async Task<IActionResult> OnPostAddAsync(CancellationToken cancel) => await AfterAsync(await change.AddAsync(new InstrumentGroupId(Id), new(Instruments), cancel), cancel);

    public async Task<IActionResult> OnPostRemoveAsync(CancellationToken cancel) => await AfterAsync(await change.RemoveAsync(new InstrumentGroupId(Id), new(Instruments), cancel), cancel);

    private async Task<IActionResult> AfterAsync(Outcome<int> changed, CancellationToken cancel) => changed.IsOk ? Done() : await ShowAsync(changed.Problems, typed: false, cancel);

    private RedirectResult Done() => Redirect($"/manage/instrument-groups/{Id}?saved=true");

    private async Task<IActionResult> ShowAsync(IReadOnlyList<Problem> problems, bool typed, CancellationToken cancel)
    {
        if (await LoadAsync(null, cancel) is { } answer) return answer;
        if (!typed) (Name, NameEn, Description, IsActive) = (Group.Name, Group.NameEn, Group.Description, Group.IsActive);
        (Problems, Response.StatusCode) = (problems, ProblemAnswers.StatusOf(problems[0].Kind));
        return Page();
    }

    private async Task<IActionResult?> LoadAsync(string? cursor, CancellationToken cancel)
    {
        if (await queries.OfAsync(new InstrumentGroupId(Id), cancel) is not { } group) return NotFound();
        Group = group;
        Members = await queries.MembersAsync(group.Id, ListQuery.Decoded(cursor), PageSize, cancel);
        if (string.IsNullOrWhiteSpace(Q)) return null;
        var found = await search.FindAsync(new InstrumentFilter { Q = Q.Trim(), Institution = group.InstitutionId.Value, Managed = true, Limit = Offered }, cancel);
        if (!found.IsOk) Problems = found.Problems;
        else Candidates = found.Value.Items.Where(i => Members.Items.All(m => m.Id != i.Id)).ToList();
        return null;
    }
}
