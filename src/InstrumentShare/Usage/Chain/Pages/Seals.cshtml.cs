using InstrumentShare.Access;
using InstrumentShare.Kernel;
using InstrumentShare.Web;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace InstrumentShare.Usage.Chain.Pages;

/// <summary>The daily seals, for everyone to note down.</summary>
[Public]
public sealed class SealsModel(ChainQueries queries) : PageModel
{
    public PageOf<SealRow> Seals { get; private set; } = new([], null, 0);

    public IReadOnlyList<Problem> Problems { get; private set; } = [];

    public async Task OnGetAsync(CancellationToken cancel)
    {
        var list = ListQuery.Read(Request);
        if (list.Cursor is { } cursor && !ChainQueries.IsCursor(cursor)) list.Problems.Add(Problem.Invalid("request.cursor", "cursor", ("value", cursor)));
        Problems = list.Problems;
        if (Problems.Count == 0) Seals = await queries.SealsAsync(list.Limit, list.Cursor, cancel);
    }
}
