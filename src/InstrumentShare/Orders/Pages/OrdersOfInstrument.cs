using InstrumentShare.Catalog;
using InstrumentShare.Orders.Items;
using Microsoft.AspNetCore.Mvc;

namespace InstrumentShare.Orders.Pages;

/// <summary>What the lab does on samples sent in, on the instrument's page; nothing where it offers nothing.</summary>
public sealed class OrdersOfInstrument(TestItemQueries items) : ViewComponent
{
    public async Task<IViewComponentResult> InvokeAsync(Guid id)
    {
        var instrument = new InstrumentId(id);
        return await items.TakesOrdersAsync(instrument, HttpContext.RequestAborted)
            ? View("/Orders/Pages/_OfInstrument.cshtml", new OfInstrument(id, await items.OfInstrumentAsync(instrument, HttpContext.RequestAborted)))
            : Content(string.Empty);
    }
}

public sealed record OfInstrument(Guid Id, IReadOnlyList<TestItemRow> Items);
