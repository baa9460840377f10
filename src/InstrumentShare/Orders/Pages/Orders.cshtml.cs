using InstrumentShare.Access;
using InstrumentShare.Persistence;
using InstrumentShare.Web;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace InstrumentShare.Orders.Pages;

/// <summary>The reader's own orders, newest first.</summary>
[RequirePermission(OrderPermissions.Own)]
public sealed class OrdersModel(OrderQueries queries) : PageModel
{
    private const int Rows = 30;

    public PageOf<OrderRow> List { get; private set; } = null!;

    public async Task OnGetAsync(string? cursor, CancellationToken cancel) =>
        List = await queries.ListAsync(new OrderFilter(Mine: true, Before: OrderApi.ReadCursor(ListQuery.Decoded(cursor)), Limit: Rows), cancel);
}

/// <summary>The lab's orders by state, with how many stand in each.</summary>
[RequirePermission(OrderPermissions.View)]
public sealed class BoardModel(OrderQueries queries) : PageModel
{
    private const int Rows = 30;

    /// <summary>States that wait for the lab, and all others behind them.</summary>
    public static IReadOnlyList<OrderStatus> Shown { get; } = Enum.GetValues<OrderStatus>().Where(s => s != OrderStatus.Draft).ToList();

    public OrderStatus? Status { get; private set; }

    public IReadOnlyDictionary<OrderStatus, int> Counts { get; private set; } = null!;

    public PageOf<OrderRow> List { get; private set; } = null!;

    public async Task OnGetAsync(string? status, string? cursor, CancellationToken cancel)
    {
        Status = Word.TryParse<OrderStatus>(status, out var known) ? known : null;
        Counts = await queries.CountsAsync(cancel);
        List = await queries.ListAsync(new OrderFilter(Mine: false, Status, Before: OrderApi.ReadCursor(ListQuery.Decoded(cursor)), Limit: Rows), cancel);
    }
}

public sealed record OrderTable(IReadOnlyList<OrderRow> Rows, bool WithPerson);
