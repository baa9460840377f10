using InstrumentShare.Access.Institutions;
using InstrumentShare.Kernel;
using InstrumentShare.Web;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace InstrumentShare.Access.People.Pages;

[RequirePermission(AccessPermissions.ReadPeople)]
public sealed class PeopleModel(PeopleQueries queries, InstitutionQueries institutions, ConfirmBelonging belonging, Caller caller) : PageModel
{
    private const int Shown = 50;

    [BindProperty(SupportsGet = true)]
    public Guid Id { get; set; }

    [BindProperty(SupportsGet = true, Name = "q")]
    public string? Words { get; set; }

    [BindProperty(SupportsGet = true)]
    public Guid? After { get; set; }

    public InstitutionQueries.Details Institution { get; private set; } = null!;

    public PageOf<PeopleQueries.Item> List { get; private set; } = null!;

    public PageOf<PeopleQueries.Item> Claims { get; private set; } = null!;

    public bool MayManage { get; private set; }

    public IReadOnlyList<Problem> Problems { get; private set; } = [];

    public async Task<IActionResult> OnGetAsync(CancellationToken cancel) => await LoadAsync(cancel) ?? Page();

    public async Task<IActionResult> OnPostConfirmAsync(Guid person, CancellationToken cancel) =>
        await AfterAsync(await belonging.ConfirmAsync(new InstitutionId(Id), new PersonId(person), cancel), cancel);

    public async Task<IActionResult> OnPostEndAsync(Guid person, CancellationToken cancel) =>
        await AfterAsync(await belonging.EndAsync(new InstitutionId(Id), new PersonId(person), cancel), cancel);

    private async Task<IActionResult> AfterAsync(Outcome<Done> done, CancellationToken cancel)
    {
        if (done.IsOk) return Redirect($"/institutions/{Id}/people");
        if (done.Problems[0].Kind == ProblemKind.Forbidden) return Forbid();
        Problems = done.Problems;
        return await LoadAsync(cancel) ?? Page();
    }

    private async Task<IActionResult?> LoadAsync(CancellationToken cancel)
    {
        if (await institutions.OfAsync(new InstitutionId(Id), cancel) is not { } institution) return NotFound();
        if (!caller.May(AccessPermissions.ReadPeople, new Scope(InstitutionId: Id, Region: institution.Region))) return Forbid();
        (Institution, MayManage) = (institution, caller.May(AccessPermissions.ManagePeople, new Scope(InstitutionId: Id)));
        List = await queries.ListAsync(new InstitutionId(Id), Words, claims: false, After, Shown, cancel);
        Claims = await queries.ListAsync(new InstitutionId(Id), null, claims: true, null, Shown, cancel);
        return null;
    }
}
