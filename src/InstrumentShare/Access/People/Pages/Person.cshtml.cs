using InstrumentShare.Kernel;
using InstrumentShare.Persistence;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace InstrumentShare.Access.People.Pages;

/// <summary>One person's roles and groups; roles are given and taken here.</summary>
[RequirePermission(AccessPermissions.ReadPeople)]
public sealed class PersonModel(PeopleQueries queries, PersonVisibility visibility, GrantRole grantRole, ConfirmBelonging belonging, Caller caller) : PageModel
{
    [BindProperty(SupportsGet = true)]
    public Guid Id { get; set; }

    [BindProperty]
    public string? Role { get; set; }

    [BindProperty]
    public string? ScopeKind { get; set; }

    /// <summary>The id of an institution, group or instrument, or a region's code; empty for the person's own institution.</summary>
    [BindProperty]
    public string? Where { get; set; }

    [BindProperty]
    public string? Reason { get; set; }

    public PeopleQueries.Details Person { get; private set; } = null!;

    public IReadOnlyList<Role> Grantable { get; private set; } = [];

    public bool IsSelf => caller.PersonId?.Value == Id;

    public bool MayEnd => Person.InstitutionId is { } home && !IsSelf && caller.May(AccessPermissions.ManagePeople, new Scope(InstitutionId: home.Value));

    public IReadOnlyList<Problem> Problems { get; private set; } = [];

    public async Task<IActionResult> OnGetAsync(CancellationToken cancel) => await LoadAsync(cancel) ?? Page();

    public async Task<IActionResult> OnPostGrantAsync(CancellationToken cancel)
    {
        if (await LoadAsync(cancel) is { } refused) return refused;
        var (kind, where) = (ScopeKind, Where?.Trim() ?? string.Empty);
        var own = where.Length == 0 && kind == Word.Of(Access.ScopeKind.Institution) ? Person.InstitutionId?.Value : null;
        var made = await grantRole.RunAsync(new(Id, Role, kind, own ?? (Guid.TryParse(where, out var id) ? id : null), where.StartsWith("CN-", StringComparison.Ordinal) ? where : null, Reason), cancel);
        return await AfterAsync(made.Problems, cancel);
    }

    public async Task<IActionResult> OnPostRevokeAsync(Guid grant, CancellationToken cancel)
    {
        if (await LoadAsync(cancel) is { } refused) return refused;
        return Person.Roles.All(r => r.Id != grant) ? NotFound() : await AfterAsync((await grantRole.RevokeAsync(grant, Reason, cancel)).Problems, cancel);
    }

    public async Task<IActionResult> OnPostEndAsync(CancellationToken cancel)
    {
        if (await LoadAsync(cancel) is { } refused) return refused;
        if (Person.InstitutionId is not { } home) return NotFound();
        var done = await belonging.EndAsync(home, new PersonId(Id), cancel);
        return done.IsOk ? Redirect($"/institutions/{home.Value}/people") : await AfterAsync(done.Problems, cancel);
    }

    private async Task<IActionResult> AfterAsync(IReadOnlyList<Problem> problems, CancellationToken cancel)
    {
        if (problems.Count == 0) return Redirect($"/people/{Id}");
        Problems = problems;
        return await LoadAsync(cancel) ?? Page();
    }

    private async Task<IActionResult?> LoadAsync(CancellationToken cancel)
    {
        if (await queries.OfAsync(new PersonId(Id), cancel) is not { } person || !await visibility.MayReadAsync(person, cancel)) return NotFound();
        Person = person;
        Grantable = IsSelf || !caller.MayAnywhere(AccessPermissions.ManagePeople) ? [] : [.. RoleGrantRules.GrantableBy(caller.Grants)];
        return null;
    }
}
