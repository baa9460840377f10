using InstrumentShare.Access;
using InstrumentShare.Kernel;
using InstrumentShare.Usage;
using InstrumentShare.Web;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace InstrumentShare.Billing.Ledger.Pages;

/// <summary>What stands above every page of a ledger.</summary>
public sealed record LedgerHead(Institution Institution, string Path, IReadOnlyList<Institution> Choices);

/// <summary>The accounts of an institution's ledger: what each kind comes to, and each by itself.</summary>
[RequirePermission(LedgerPermissions.View)]
public sealed class LedgerModel(LedgerQueries queries) : PageModel
{
    public LedgerHead Head { get; private set; } = null!;

    public IReadOnlyList<(LedgerAccountKind Kind, long Accounts, Money Balance, Money Held)> Totals { get; private set; } = [];

    public PageOf<LedgerAccountRow> Accounts { get; private set; } = new([], null, null);

    public IReadOnlyList<Problem> Problems { get; private set; } = [];

    public string More => QueryString.Create(Request.Query.Where(q => q.Key != "cursor").SelectMany(q => q.Value, (q, v) => KeyValuePair.Create(q.Key, v)).Append(KeyValuePair.Create("cursor", Accounts.NextCursor))).ToString();

    public async Task<IActionResult> OnGetAsync(CancellationToken cancel)
    {
        var list = ListQuery.Read(Request, "institution", "kind");
        var (kind, after) = (UsageFilters.WordOf<LedgerAccountKind>(list, "kind"), Funds.FundApi.After(list));
        if (await queries.InstitutionAsync(UsageFilters.Id(list, "institution"), cancel) is not { } institution) return NotFound();
        (Head, Problems) = (new LedgerHead(institution, "/ledger", await queries.ChoicesAsync(cancel)), list.Problems);
        Totals = await queries.TotalsAsync(institution.Id.Value, cancel);
        if (Problems.Count == 0) Accounts = await queries.AccountsAsync(institution.Id.Value, kind, after, list.Limit, cancel);
        return Page();
    }
}
