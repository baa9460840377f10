using Microsoft.AspNetCore.Mvc;

namespace InstrumentShare.Orders.Samples.Pages;

/// <summary>An order's samples on its page; nothing before a price is agreed.</summary>
public sealed class SamplesOfOrder(OrderQueries orders, SampleQueries samples) : ViewComponent
{
    public async Task<IViewComponentResult> InvokeAsync(Guid id) =>
        await orders.OneAsync(new OrderId(id), HttpContext.RequestAborted) is { Order.QuoteId: not null } detail
            ? View("/Orders/Samples/Pages/_OfOrder.cshtml", new SamplesView(detail, await samples.OfOrderAsync(detail.Order.Id, HttpContext.RequestAborted)))
            : Content(string.Empty);
}

public sealed record SamplesView(OrderDetail Detail, IReadOnlyList<SampleRow> Samples);
