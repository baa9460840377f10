using InstrumentShare.Access;
using InstrumentShare.Catalog;
using InstrumentShare.Kernel;
using InstrumentShare.Orders.Items;
using InstrumentShare.Persistence;
using InstrumentShare.Web;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;

namespace InstrumentShare.Orders.Pages;

/// <summary>What a form for an order offers: items, and for whom it can be ordered.</summary>
public abstract class OrderFormPage(AppDb db, Caller caller, Words words) : PageModel
{
    protected const int OfferedGroups = 50;

    [BindProperty] public OrderForm Form { get; set; } = new();

    public IReadOnlyList<TestItemRow> Items { get; protected set; } = [];

    public IReadOnlyList<(string Value, string Text)> Customers { get; private set; } = [];

    public IReadOnlyList<Problem> Problems { get; private set; } = [];

    protected async Task OfferAsync(CancellationToken cancel)
    {
        var mine = caller.Groups.ToList();
        var groups = await db.Set<Group>().AsNoTracking().Where(g => mine.Contains(g.Id) && g.IsActive).OrderBy(g => g.Name).Take(OfferedGroups).ToListAsync(cancel);
        var list = new List<(string, string)> { ("person", words.Of("orderCustomer", OrderCustomer.Person)) };
        list.AddRange(groups.Select(g => ("group:" + g.Id.Value, words["orders.for-group", ("group", words.Name(g.Name, g.NameEn))])));
        if (caller.InstitutionId is not null) list.Add(("institution", words.Of("orderCustomer", OrderCustomer.Institution)));
        Customers = list;
        if (Form.Lines.Count == 0) Form.Lines.Add(new OrderLineForm());
    }

    /// <summary>The form once more, with one more line.</summary>
    protected async Task<IActionResult> AddLineAsync(CancellationToken cancel)
    {
        ModelState.Clear();
        if (Form.Lines.Count < OrderRules.MostLines) Form.Lines.Add(new OrderLineForm());
        await OfferAsync(cancel);
        return Page();
    }

    protected async Task<IActionResult> RefuseAsync(IReadOnlyList<Problem> problems, CancellationToken cancel)
    {
        ModelState.Clear();
        if (problems[0].Kind == ProblemKind.NotFound) return NotFound();
        (Problems, Response.StatusCode) = ([.. problems.Select(p => p with { Field = FieldOf(p.Field) })], ProblemAnswers.StatusOf(problems[0].Kind));
        await OfferAsync(cancel);
        return Page();
    }

    // The form's name of what the API calls it.
    private static string? FieldOf(string? field) => field is null ? null : "form." + field.Replace("testItemId", "item", StringComparison.Ordinal).Replace("groupId", "customer", StringComparison.Ordinal);
}

/// <summary>Orders work on samples at an instrument, or of an institution.</summary>
[RequirePermission(OrderPermissions.Own)]
public sealed class NewOrderModel(AppDb db, TestItemQueries items, InstrumentRulesQuery rules, PlaceOrder place, Caller caller, Words words) : OrderFormPage(db, caller, words)
{
    private readonly AppDb db = db;

    [BindProperty(SupportsGet = true)]
    public Guid? Instrument { get; set; }

    [BindProperty(SupportsGet = true)]
    public Guid? Institution { get; set; }

    /// <summary>Where it is ordered.</summary>
    public string Name { get; private set; } = string.Empty;

    public string NameEn { get; private set; } = string.Empty;

    public async Task<IActionResult> OnGetAsync(CancellationToken cancel)
    {
        if (!await LoadAsync(cancel)) return NotFound();
        Form.Lines[0].Item = Items.Count > 0 ? Items[0].Id.Value.ToString() : null;
        await OfferAsync(cancel);
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(string? action, CancellationToken cancel)
    {
        if (!await LoadAsync(cancel)) return NotFound();
        if (action == "add") return await AddLineAsync(cancel);
        var problems = new List<Problem>();
        var input = Form.Read(Instrument, Institution, problems);
        if (problems.Count > 0) return await RefuseAsync(problems, cancel);
        var placed = await place.CreateAsync(input, submit: action != "save", cancel);
        return placed.IsOk ? Redirect($"/orders/{placed.Value.Id.Value}") : await RefuseAsync(placed.Problems, cancel);
    }

    private async Task<bool> LoadAsync(CancellationToken cancel)
    {
        if (Instrument is { } id)
        {
            if (await rules.OfAsync(new InstrumentId(id), cancel: cancel) is not { IsVisible: true } found || !await items.TakesOrdersAsync(found.Id, cancel)) return false;
            (Name, NameEn, Items) = (found.Name, found.NameEn, await items.OfInstrumentAsync(found.Id, cancel));
            return true;
        }

        if (Institution is not { } owner || await db.Set<Institution>().AsNoTracking().SingleOrDefaultAsync(i => i.Id == new InstitutionId(owner) && i.IsActive, cancel) is not { } institution) return false;
        (Name, NameEn, Items) = (institution.Name, institution.NameEn, await items.OfInstitutionAsync(institution.Id, cancel));
        return true;
    }
}

/// <summary>Changes a draft.</summary>
[RequirePermission(OrderPermissions.Own)]
public sealed class EditOrderModel(AppDb db, TestItemQueries items, OrderQueries queries, PlaceOrder place, Caller caller, Words words) : OrderFormPage(db, caller, words)
{
    [BindProperty(SupportsGet = true)]
    public Guid Id { get; set; }

    [BindProperty]
    public long? IfVersion { get; set; }

    public long Number { get; private set; }

    public async Task<IActionResult> OnGetAsync(CancellationToken cancel)
    {
        if (await LoadAsync(cancel) is not { } detail) return NotFound();
        if (detail.Order.Status != OrderStatus.Draft) return Redirect($"/orders/{Id}");
        (Form, IfVersion) = (OrderForm.Of(detail), detail.Order.Version);
        await OfferAsync(cancel);
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(string? action, CancellationToken cancel)
    {
        if (await LoadAsync(cancel) is null) return NotFound();
        if (action == "add") return await AddLineAsync(cancel);
        var problems = new List<Problem>();
        var input = Form.Read(null, null, problems);
        if (problems.Count > 0) return await RefuseAsync(problems, cancel);
        var changed = await place.ChangeAsync(new OrderId(Id), input, submit: action != "save", IfVersion, cancel);
        return changed.IsOk ? Redirect($"/orders/{Id}") : await RefuseAsync(changed.Problems, cancel);
    }

    private async Task<OrderDetail?> LoadAsync(CancellationToken cancel)
    {
        if (await queries.OneAsync(new OrderId(Id), cancel) is not { Door.IsCustomer: true } detail) return null;
        Number = detail.Order.Number;
        Items = detail.Order.InstrumentId is { } instrument ? await items.OfInstrumentAsync(instrument, cancel) : await items.OfInstitutionAsync(detail.Order.InstitutionId, cancel);
        return detail;
    }
}
