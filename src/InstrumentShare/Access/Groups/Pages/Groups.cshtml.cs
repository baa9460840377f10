using InstrumentShare.Access.Institutions;
using InstrumentShare.Access.People;
using InstrumentShare.Kernel;
using InstrumentShare.Web;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace InstrumentShare.Access.Groups.Pages;

[RequirePermission(AccessPermissions.ReadPeople)]
public sealed class GroupsModel(GroupQueries queries, InstitutionQueries institutions, PeopleQueries people, SaveGroup save, Caller caller) : PageModel
{
    private const int Shown = 50;
    private const int Offered = 200;

    [BindProperty(SupportsGet = true)]
    public Guid Id { get; set; }

    [BindProperty(SupportsGet = true)]
    public Guid? After { get; set; }

    [BindProperty]
    public string? Name { get; set; }

    [BindProperty]
    public string? NameEn { get; set; }

    [BindProperty]
    public Guid? LeaderId { get; set; }

    public InstitutionQueries.Details Institution { get; private set; } = null!;

    public PageOf<GroupQueries.Item> List { get; private set; } = null!;

    /// <summary>Who may lead: people of the institution.</summary>
    public IReadOnlyList<PeopleQueries.Item> Leaders { get; private set; } = [];

    public bool MayManage { get; private set; }

    public IReadOnlyList<Problem> Problems { get; private set; } = [];

    public async Task<IActionResult> OnGetAsync(CancellationToken cancel) => await LoadAsync(cancel) ?? Page();

    public async Task<IActionResult> OnPostAsync(CancellationToken cancel)
    {
        if (await LoadAsync(cancel) is { } refused) return refused;
        var saved = await save.CreateAsync(new(Id, Name, NameEn, LeaderId, null), cancel);
        if (saved.IsOk) return Redirect($"/groups/{saved.Value.Id.Value}");
        if (saved.Problems[0].Kind == ProblemKind.Forbidden) return Forbid();
        Problems = saved.Problems;
        return Page();
    }

    private async Task<IActionResult?> LoadAsync(CancellationToken cancel)
    {
        var id = new InstitutionId(Id);
        if (await institutions.OfAsync(id, cancel) is not { } institution) return NotFound();
        if (!caller.May(AccessPermissions.ReadPeople, new Scope(InstitutionId: Id, Region: institution.Region))) return Forbid();
        (Institution, MayManage) = (institution, caller.May(AccessPermissions.ManagePeople, new Scope(InstitutionId: Id)));
        List = await queries.ListAsync(id, After, Shown, cancel);
        if (MayManage) Leaders = (await people.ListAsync(id, null, claims: false, null, Offered, cancel)).Items;
        return null;
    }
}
