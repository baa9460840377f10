using InstrumentShare.Access;
using InstrumentShare.Access.Groups;
using InstrumentShare.Billing.Ledger;
using InstrumentShare.Kernel;
using InstrumentShare.Web;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace InstrumentShare.Billing.Funds.Pages;

/// <summary>A fund card: what is left and why, and for its administrator the money and the card itself.</summary>
[RequirePermission(FundPermissions.Read)]
public sealed class FundModel(FundQueries queries, FundMovements movements, SaveFund save, FillFund fill, GroupQueries groups) : PageModel
{
    public FundRow Fund { get; private set; } = null!;

    public PageOf<FundMovement> Movements { get; private set; } = new([], null, null);

    public IReadOnlyList<FundHold> Holds { get; private set; } = [];

    public IReadOnlyList<GroupQueries.Member> Members { get; private set; } = [];

    public bool MayManage => queries.MayManage(Fund.Institution.Id, Fund.Group.Id);

    public IReadOnlyList<Problem> Problems { get; private set; } = [];

    [BindProperty]
    public string? Amount { get; set; }

    [BindProperty]
    public string? Reason { get; set; }

    [BindProperty]
    public FundForm Form { get; set; } = new();

    [BindProperty]
    public long? IfVersion { get; set; }

    public Task<IActionResult> OnGetAsync(Guid id, CancellationToken cancel) => ShowAsync(id, [], null, cancel);

    public async Task<IActionResult> OnPostMoneyAsync(Guid id, string? kind, CancellationToken cancel)
    {
        var amount = FundForm.AmountOf(Amount);
        if (amount is null && !string.IsNullOrWhiteSpace(Amount)) return await ShowAsync(id, [Problem.Invalid("ledger.amount-missing", "amount")], null, cancel);
        var outcome = await fill.RunAsync(id, kind == "withdrawal" ? LedgerEntryKind.Withdrawal : LedgerEntryKind.TopUp, amount, Reason, cancel);
        return outcome.IsOk ? Redirect($"/funds/{id}") : await ShowAsync(id, outcome.Problems, null, cancel);
    }

    public async Task<IActionResult> OnPostChangeAsync(Guid id, CancellationToken cancel)
    {
        var problems = new List<Problem>();
        var wish = Form.Read(null, problems);
        if (problems.Count > 0) return await ShowAsync(id, problems, Form, cancel);
        var outcome = await save.ChangeAsync(id, wish, IfVersion, cancel);
        return outcome.IsOk ? Redirect($"/funds/{id}") : await ShowAsync(id, outcome.Problems, Form, cancel);
    }

    private async Task<IActionResult> ShowAsync(Guid id, IReadOnlyList<Problem> problems, FundForm? typed, CancellationToken cancel)
    {
        if (problems.Count > 0 && problems[0].Kind == ProblemKind.Forbidden) return Forbid();
        if (await queries.OneAsync(id, cancel) is not { } fund) return NotFound();
        (Fund, Problems) = (fund, problems);
        var list = ListQuery.Read(Request, "handler");
        Movements = await movements.ListAsync(fund, FundApi.After(list), list.Limit, cancel);
        Holds = await movements.HoldsAsync(fund, cancel);
        Form = typed ?? FundForm.Of(fund);
        if (typed is null) IfVersion = null;
        if (MayManage) Members = await groups.MembersAsync(new GroupId(fund.Group.Id), cancel);
        return Page();
    }
}
