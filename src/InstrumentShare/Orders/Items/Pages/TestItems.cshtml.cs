using System.Globalization;
using InstrumentShare.Access;
using InstrumentShare.Catalog;
using InstrumentShare.Kernel;
using InstrumentShare.Persistence;
using InstrumentShare.Web;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;

namespace InstrumentShare.Orders.Items.Pages;

/// <summary>What the lab does on samples sent in.</summary>
[RequirePermission(OrderPermissions.Quote)]
public sealed class TestItemsModel(AppDb db, TestItemQueries queries, SaveTestItem save, Caller caller, Words words) : PageModel
{
    private const int Rows = 100;
    private const int Offered = 300;

    [BindProperty(SupportsGet = true)] public Guid? Edit { get; set; }

    [BindProperty] public long? IfVersion { get; set; }

    [BindProperty] public string? Name { get; set; }

    [BindProperty] public string? NameEn { get; set; }

    [BindProperty] public string? Description { get; set; }

    [BindProperty] public string? MinutesPerSample { get; set; } = "30";

    /// <summary><c>instrument:</c> or <c>institution:</c> and the id.</summary>
    [BindProperty] public string? Place { get; set; }

    [BindProperty] public bool IsActive { get; set; }

    public PageOf<TestItemRow> List { get; private set; } = null!;

    public IReadOnlyList<(string Value, string Text)> Places { get; private set; } = [];

    public IReadOnlyList<Problem> Problems { get; private set; } = [];

    public bool Saved => Request.Query.ContainsKey("saved");

    public async Task<IActionResult> OnGetAsync(string? cursor, string? instrument, CancellationToken cancel)
    {
        (IsActive, Place) = (true, instrument is null ? null : "instrument:" + instrument);
        if (Edit is { } id)
        {
            if (await queries.OneAsync(new TestItemId(id), cancel) is not { } item || !caller.May(OrderPermissions.Quote, new Scope(item.Instrument?.Id, item.Institution.Id))) return NotFound();
            (Name, NameEn, Description, MinutesPerSample, IsActive, IfVersion) = (item.Name, item.NameEn, item.Description, item.MinutesPerSample.ToString(CultureInfo.InvariantCulture), item.IsActive, item.Version);
        }

        await LoadAsync(cursor, cancel);
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken cancel)
    {
        var minutes = int.TryParse(MinutesPerSample, NumberStyles.None, CultureInfo.InvariantCulture, out var read) ? read : -1;
        var request = new SaveTestItem.Request(Target("instrument:"), Target("institution:"), Name ?? string.Empty, NameEn ?? string.Empty, Description ?? string.Empty, minutes, IsActive);
        var saved = Edit is { } id ? await save.ChangeAsync(new TestItemId(id), request, IfVersion, cancel) : await save.CreateAsync(request, cancel);
        if (saved.IsOk) return Redirect("/manage/test-items?saved=true");
        if (saved.Problems[0].Kind == ProblemKind.NotFound) return NotFound();
        ModelState.Clear();
        (Problems, Response.StatusCode) = ([.. saved.Problems.Select(p => p.Field is "instrumentId" or "institutionId" ? p with { Field = "place" } : p)], ProblemAnswers.StatusOf(saved.Problems[0].Kind));
        await LoadAsync(null, cancel);
        return Page();
    }

    private Guid? Target(string kind) => Place?.StartsWith(kind, StringComparison.Ordinal) == true && Guid.TryParse(Place[kind.Length..], out var id) ? id : null;

    private async Task LoadAsync(string? cursor, CancellationToken cancel)
    {
        List = await queries.ListAsync(null, null, managed: true, Guid.TryParse(ListQuery.Decoded(cursor), out var after) ? after : null, Rows, cancel);
        var sight = await OrderSight.OfAsync(db, caller, OrderPermissions.Quote, cancel);
        var (institutions, instruments) = (sight.Institutions.Select(i => new InstitutionId(i)).ToList(), sight.Instruments.Select(i => new InstrumentId(i)).ToList());
        var own = await db.Set<Institution>().AsNoTracking().Where(i => institutions.Contains(i.Id)).OrderBy(i => i.Name).Take(Offered).Select(i => new { i.Id, i.Name, i.NameEn }).ToListAsync(cancel);
        var found = await db.Set<Instrument>().AsNoTracking().Where(i => institutions.Contains(i.InstitutionId) || instruments.Contains(i.Id)).OrderBy(i => i.Name).ThenBy(i => i.InnerId).Take(Offered)
            .Select(i => new { i.Id, i.Name, i.NameEn, i.InnerId }).ToListAsync(cancel);
        Places = [.. found.Select(i => ("instrument:" + i.Id.Value, $"{words.Name(i.Name, i.NameEn)} ({i.InnerId})")), .. own.Select(i => ("institution:" + i.Id.Value, words.Name(i.Name, i.NameEn)))];
    }
}
