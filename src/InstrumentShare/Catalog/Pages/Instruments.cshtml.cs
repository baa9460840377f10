using InstrumentShare.Access;
using InstrumentShare.Catalog.Search;
using InstrumentShare.Kernel;
using InstrumentShare.Web;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.WebUtilities;

namespace InstrumentShare.Catalog.Pages;

/// <summary>The catalogue: a search box, filters kept in the address, results a page at a time.</summary>
[Public]
public sealed class InstrumentsModel(InstrumentSearch search, CatalogFacetsQuery facets, IEnumerable<ICardNotes> notes, Words words) : PageModel
{
    private const int PageSize = 20;

    private static readonly string[] Filters = ["q", "classification", "institution", "region", "sharing"];

    public InstrumentFilter Filter { get; private set; } = new();

    public IReadOnlyList<Problem> Problems { get; private set; } = [];

    public PageOf<InstrumentListItem> Found { get; private set; } = new([], null, 0);

    public CatalogFacets Facets { get; private set; } = null!;

    public IReadOnlyList<IReadOnlyDictionary<InstrumentId, CardNote>> Notes { get; private set; } = [];

    public async Task OnGetAsync(CancellationToken cancel)
    {
        Facets = await facets.GetAsync(cancel);
        var list = ListQuery.Read(Request, Filters);
        Filter = InstrumentFilterInput.Read(list) with { Limit = PageSize };
        var found = list.Problems.Count > 0 ? Outcome<PageOf<InstrumentListItem>>.Refuse(list.Problems) : await search.FindAsync(Filter, cancel);
        if (!found.IsOk)
        {
            (Problems, Response.StatusCode) = (found.Problems, StatusCodes.Status400BadRequest);
            return;
        }

        Found = found.Value;
        var ids = Found.Items.Select(i => i.Id).ToList();
        var all = new List<IReadOnlyDictionary<InstrumentId, CardNote>>();
        foreach (var source in ids.Count > 0 ? notes : []) all.Add(await source.OfAsync(ids, words, cancel));
        Notes = all;
    }

    /// <summary>The present address with one filter changed (null takes it away), from the first page.</summary>
    public string With(string name, string? value)
    {
        var kept = Filters.Where(f => f != name).Select(f => (Name: f, Value: Request.Query[f].ToString())).Append((Name: name, Value: value ?? string.Empty)).Where(f => f.Value.Length > 0);
        return QueryHelpers.AddQueryString("/instruments", kept.ToDictionary(f => f.Name, f => (string?)f.Value));
    }

    public string NextPage => QueryHelpers.AddQueryString(With("q", Filter.Q), "cursor", Found.NextCursor!);

    /// <summary>Classes from the top to the chosen one, and those below it that have instruments.</summary>
    public IEnumerable<ClassificationEntry> ClassesBelow =>
        (Filter.Classification is { } code ? ClassificationTree.National.ChildrenOf(code) : ClassificationTree.National.Roots).Where(c => Facets.Classes.ContainsKey(c.Code));

    public bool IsNarrowed => Filter.Classification is not null || Filter.Institution is not null || Filter.Region is not null || Filter.Sharing is not null;
}
