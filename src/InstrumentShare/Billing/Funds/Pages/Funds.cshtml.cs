using InstrumentShare.Access;
using InstrumentShare.Kernel;
using InstrumentShare.Web;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace InstrumentShare.Billing.Funds.Pages;

/// <summary>The fund cards one may see, with what is used, held and left.</summary>
[RequirePermission(FundPermissions.Read)]
public sealed class FundsModel(FundQueries queries, Caller caller) : PageModel
{
    public PageOf<FundRow> Funds { get; private set; } = new([], null, null);

    public IReadOnlyList<Problem> Problems { get; private set; } = [];

    public bool MayMake => caller.MayAnywhere(FundPermissions.Manage);

    public async Task OnGetAsync(CancellationToken cancel)
    {
        var list = ListQuery.Read(Request, "institution", "group", "state");
        var (filter, after) = (FundApi.ReadFilter(list), FundApi.After(list));
        Problems = list.Problems;
        if (Problems.Count > 0) return;
        Funds = await queries.ListAsync(filter, after, list.Limit, cancel);
    }
}
