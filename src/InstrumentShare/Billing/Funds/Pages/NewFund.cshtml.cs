using InstrumentShare.Access;
using InstrumentShare.Access.Groups;
using InstrumentShare.Kernel;
using InstrumentShare.Persistence;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using NodaTime;
using NodaTime.Text;

namespace InstrumentShare.Billing.Funds.Pages;

/// <summary>A fund card for a group of one's institution. First the group, since its members may answer for it.</summary>
[RequirePermission(FundPermissions.Manage)]
public sealed class NewFundModel(SaveFund save, GroupQueries groups, Caller caller, IClock clock) : PageModel
{
    [BindProperty(SupportsGet = true)]
    public Guid? Group { get; set; }

    [BindProperty]
    public FundForm Form { get; set; } = new();

    public IReadOnlyList<Group> Groups { get; private set; } = [];

    public IReadOnlyList<GroupQueries.Member> Members { get; private set; } = [];

    public IReadOnlyList<Problem> Problems { get; private set; } = [];

    public async Task OnGetAsync(CancellationToken cancel)
    {
        await LoadAsync(cancel);
        var today = clock.GetCurrentInstant().InZone(Web.Words.DefaultZone).Date;
        Form = new FundForm
        {
            Expenses = [.. Word.All<ExpenseKind>()], ValidFrom = LocalDatePattern.Iso.Format(today), ValidTo = LocalDatePattern.Iso.Format(new LocalDate(today.Year, 12, 31)),
            Limit = "0.00", ResponsibleId = Groups.FirstOrDefault(g => g.Id.Value == Group)?.LeaderId.Value.ToString(),
        };
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken cancel)
    {
        var problems = new List<Problem>();
        var wish = Form.Read(Group, problems);
        if (problems.Count == 0)
        {
            var outcome = await save.CreateAsync(wish, cancel);
            if (outcome.IsOk) return Redirect($"/funds/{outcome.Value.Id}");
            problems.AddRange(outcome.Problems);
        }

        if (problems[0].Kind == ProblemKind.Forbidden) return Forbid();
        Problems = problems;
        await LoadAsync(cancel);
        return Page();
    }

    private async Task LoadAsync(CancellationToken cancel)
    {
        var institutions = caller.GrantsOf(FundPermissions.Manage).Where(g => g.ScopeKind == ScopeKind.Institution).Select(g => new InstitutionId(g.ScopeId!.Value)).ToList();
        Groups = await groups.OfInstitutionsAsync(institutions, cancel);
        if (Groups.All(g => g.Id.Value != Group)) Group = null;
        if (Group is { } group) Members = await groups.MembersAsync(new GroupId(group), cancel);
    }
}
