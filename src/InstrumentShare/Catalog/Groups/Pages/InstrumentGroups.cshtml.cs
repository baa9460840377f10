using InstrumentShare.Access;
using InstrumentShare.Kernel;
using InstrumentShare.Web;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace InstrumentShare.Catalog.Groups.Pages;

/// <summary>The groups of instruments that the reader manages; make one.</summary>
[RequirePermission(CatalogPermissions.ManageInstruments)]
public sealed class InstrumentGroupsModel(InstrumentGroupQueries queries, SaveInstrumentGroup save, Caller caller) : PageModel
{
    private const int PageSize = 50;

    [BindProperty]
    public string? Name { get; set; }

    [BindProperty]
    public string? NameEn { get; set; }

    [BindProperty]
    public string? Description { get; set; }

    public PageOf<InstrumentGroupQueries.Item> List { get; private set; } = null!;

    public IReadOnlyList<Problem> Problems { get; private set; } = [];

    /// <summary>Whose group a new one would be; null for who manages single instruments only.</summary>
    public InstitutionId? Institution { get; } =
        caller.InstitutionId is { } own && caller.MayManageGroups(own) ? own : ManagedInstruments.ManagedBy(caller).Institutions is [var first, ..] ? new InstitutionId(first) : null;

    public async Task OnGetAsync(string? cursor, CancellationToken cancel) => List = await queries.ListAsync(null, ListQuery.Decoded(cursor), PageSize, cancel);

    public async Task<IActionResult> OnPostAsync(CancellationToken cancel)
    {
        var saved = await save.CreateAsync(new(Institution?.Value, Name, NameEn, Description, null), cancel);
        if (saved.IsOk) return Redirect($"/manage/instrument-groups/{saved.Value.Id.Value}");
        (Problems, Response.StatusCode) = (saved.Problems, ProblemAnswers.StatusOf(saved.Problems[0].Kind));
        await OnGetAsync(null, cancel);
        return Page();
    }
}
