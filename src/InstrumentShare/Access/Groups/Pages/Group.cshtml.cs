using InstrumentShare.Kernel;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using NodaTime;
using NodaTime.Text;

namespace InstrumentShare.Access.Groups.Pages;

/// <summary>A group's members. Everyone in it may look; who leads it, or manages the institution's people, changes them.</summary>
[RequirePermission(AccessPermissions.OwnAccount)]
public sealed class GroupModel(GroupQueries queries, ChangeMembers change, Caller caller, IClock clock) : PageModel
{
    [BindProperty(SupportsGet = true)]
    public Guid Id { get; set; }

    [BindProperty]
    public string? Email { get; set; }

    [BindProperty]
    public string? StartsOn { get; set; }

    [BindProperty]
    public string? EndsOn { get; set; }

    public Group Group { get; private set; } = null!;

    public IReadOnlyList<GroupQueries.Member> Members { get; private set; } = [];

    public bool MayChange { get; private set; }

    public IReadOnlyList<Problem> Problems { get; private set; } = [];

    public LocalDate Today => clock.GetCurrentInstant().InZone(Web.Words.DefaultZone).Date;

    public async Task<IActionResult> OnGetAsync(CancellationToken cancel)
    {
        StartsOn = LocalDatePattern.Iso.Format(Today);
        return await LoadAsync(cancel) ?? Page();
    }

    public async Task<IActionResult> OnPostAddAsync(CancellationToken cancel)
    {
        if (await LoadAsync(cancel) is { } refused) return refused;
        return await AfterAsync((await change.AddAsync(new GroupId(Id), new(Email, DateOf(StartsOn), DateOf(EndsOn)), cancel)).Problems, cancel);
    }

    public async Task<IActionResult> OnPostEndAsync(Guid membership, string? lastDay, CancellationToken cancel)
    {
        if (await LoadAsync(cancel) is { } refused) return refused;
        if (Members.All(m => m.Id != membership)) return NotFound();
        return await AfterAsync((await change.EndAsync(membership, DateOf(lastDay), cancel)).Problems, cancel);
    }

    private static LocalDate? DateOf(string? text) => LocalDatePattern.Iso.Parse(text ?? string.Empty) is { Success: true } date ? date.Value : null;

    private async Task<IActionResult> AfterAsync(IReadOnlyList<Problem> problems, CancellationToken cancel)
    {
        if (problems.Count == 0) return Redirect($"/groups/{Id}");
        if (problems[0].Kind == ProblemKind.Forbidden) return Forbid();
        Problems = problems;
        return await LoadAsync(cancel) ?? Page();
    }

    private async Task<IActionResult?> LoadAsync(CancellationToken cancel)
    {
        if (await queries.OfAsync(new GroupId(Id), cancel) is not { } group || !queries.MayRead(group)) return NotFound();
        Group = group;
        Members = await queries.MembersAsync(group.Id, cancel);
        MayChange = caller.May(AccessPermissions.LeadGroup, new Scope(InstitutionId: group.InstitutionId.Value, GroupId: Id));
        return null;
    }
}
