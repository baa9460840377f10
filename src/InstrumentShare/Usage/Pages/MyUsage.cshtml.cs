using InstrumentShare.Access;
using InstrumentShare.Kernel;
using InstrumentShare.Web;
using Microsoft.AspNetCore.Mvc.RazorPages;
using NodaTime;

namespace InstrumentShare.Usage.Pages;

[RequirePermission(UsagePermissions.Own)]
public sealed class MyUsageModel(UsageQueries queries, IClock clock) : PageModel
{
    public PageOf<UsageRow> Records { get; private set; } = new([], null, 0);

    public IReadOnlyList<Problem> Problems { get; private set; } = [];

    public Instant Now => clock.GetCurrentInstant();

    public async Task OnGetAsync(CancellationToken cancel)
    {
        var list = ListQuery.Read(Request, "instrument", "from", "to", "status", "problem", "current");
        var filter = UsageFilters.Read(list, out _);
        Problems = list.Problems;
        if (Problems.Count == 0) Records = await queries.ListAsync(filter, list.Limit, list.Cursor, onlyOwn: true, cancel);
    }
}
