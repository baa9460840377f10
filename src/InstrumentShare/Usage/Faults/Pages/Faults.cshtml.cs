using InstrumentShare.Access;
using InstrumentShare.Kernel;
using InstrumentShare.Web;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace InstrumentShare.Usage.Faults.Pages;

/// <summary>Faults of the reader's instruments, those that wait first.</summary>
[RequirePermission(FaultPermissions.View)]
public sealed class FaultsModel(FaultQueries queries) : PageModel
{
    public PageOf<FaultRow> Faults { get; private set; } = new([], null, 0);

    public FaultStatus? Status { get; private set; }

    public IReadOnlyList<Problem> Problems { get; private set; } = [];

    public async Task OnGetAsync(CancellationToken cancel)
    {
        var list = ListQuery.Read(Request, "instrument", "status");
        var filter = FaultApi.FilterOf(list);
        (Problems, Status) = (list.Problems, filter.Status);
        if (Problems.Count == 0) Faults = await queries.ListAsync(filter, list.Limit, list.Cursor, cancel);
    }
}
