using InstrumentShare.Access;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace InstrumentShare.Orders.Samples.Pages;

/// <summary>Labels for an order's samples that the lab still has, to be printed.</summary>
[RequirePermission(OrderPermissions.Handle)]
public sealed class LabelsModel(OrderQueries orders, SampleQueries queries) : PageModel
{
    public OrderDetail Detail { get; private set; } = null!;

    public IReadOnlyList<SampleRow> Samples { get; private set; } = [];

    public async Task<IActionResult> OnGetAsync(Guid id, CancellationToken cancel)
    {
        if (await orders.OneAsync(new OrderId(id), cancel) is not { Door.MayHandle: true } detail) return NotFound();
        (Detail, Samples) = (detail, (await queries.OfOrderAsync(detail.Order.Id, cancel)).Where(s => s.State is not (SampleState.Returned or SampleState.Discarded)).ToList());
        return Page();
    }
}
