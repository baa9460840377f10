using InstrumentShare.Access;
using InstrumentShare.Kernel;
using InstrumentShare.Web;
using Microsoft.AspNetCore.Mvc.RazorPages;
using NodaTime;

namespace InstrumentShare.Usage.Pages;

/// <summary>Usage records within the reader's scope, booked and used beside each other.</summary>
[RequirePermission(UsagePermissions.View)]
public sealed class UsageTableModel(UsageQueries queries, DeskQueries desk, Caller caller, IClock clock) : PageModel
{
    private static readonly string[] Filters = ["instrument", "institution", "person", "from", "to", "status", "problem", "current"];

    public PageOf<UsageRow> Records { get; private set; } = new([], null, 0);

    public IReadOnlyList<Problem> Problems { get; private set; } = [];

    public IReadOnlyList<(string Value, string Text)> Instruments { get; private set; } = [];

    public bool MayRecord => caller.MayAnywhere(UsagePermissions.Record);

    public Instant Now => clock.GetCurrentInstant();

    public string? this[string filter] => Request.Query[filter];

    public string More => "/manage/usage" + QueryString.Create(
        Request.Query.Where(q => q.Key != "cursor").SelectMany(q => q.Value, (q, v) => KeyValuePair.Create(q.Key, v)).Append(KeyValuePair.Create("cursor", Records.NextCursor)));

    public async Task OnGetAsync([Microsoft.AspNetCore.Mvc.FromServices] Words words, CancellationToken cancel)
    {
        var list = ListQuery.Read(Request, Filters);
        var filter = UsageFilters.Read(list, out _);
        Problems = list.Problems;
        if (MayRecord) Instruments = [(string.Empty, words["usage.any"]), .. (await desk.InstrumentsAsync(cancel)).Select(i => (i.Id.ToString(), words.Name(i.Name.Name, i.Name.NameEn)))];
        if (Problems.Count == 0) Records = await queries.ListAsync(filter, list.Limit, list.Cursor, onlyOwn: false, cancel);
    }
}
