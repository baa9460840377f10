using InstrumentShare.Access;
using InstrumentShare.Catalog.Search;
using InstrumentShare.Kernel;
using InstrumentShare.Web;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.WebUtilities;

namespace InstrumentShare.Catalog.Pages;

/// <summary>The instruments that the reader manages, hidden ones too.</summary>
[RequirePermission(CatalogPermissions.ManageInstruments)]
public sealed class ManageInstrumentsModel(InstrumentSearch search, Caller caller) : PageModel
{
    private const int PageSize = 30;

    public InstrumentFilter Filter { get; private set; } = new();

    public IReadOnlyList<Problem> Problems { get; private set; } = [];

    public PageOf<InstrumentListItem> Found { get; private set; } = new([], null, 0);

    /// <summary>Whether the reader has an institution to add instruments to, not only single instruments.</summary>
    public bool MayAdd => ManagedInstruments.ManagedBy(caller).Institutions.Length > 0;

    public async Task OnGetAsync(CancellationToken cancel)
    {
        var list = ListQuery.Read(Request, "q");
        Filter = InstrumentFilterInput.Read(list) with { Limit = PageSize, Managed = true };
        var found = list.Problems.Count > 0 ? Outcome<PageOf<InstrumentListItem>>.Refuse(list.Problems) : await search.FindAsync(Filter, cancel);
        if (found.IsOk) Found = found.Value;
        else (Problems, Response.StatusCode) = (found.Problems, StatusCodes.Status400BadRequest);
    }

    public string NextPage => QueryHelpers.AddQueryString("/manage/instruments", new Dictionary<string, string?> { ["q"] = Filter.Q ?? string.Empty, ["cursor"] = Found.NextCursor });
}
