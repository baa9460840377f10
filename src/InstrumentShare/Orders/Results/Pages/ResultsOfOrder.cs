using Microsoft.AspNetCore.Mvc;

namespace InstrumentShare.Orders.Results.Pages;

/// <summary>An order's results on its page, for those who may download them; nothing before there can be any.</summary>
public sealed class ResultsOfOrder(OrderQueries orders, ResultQueries results) : ViewComponent
{
    public async Task<IViewComponentResult> InvokeAsync(Guid id)
    {
        if (await orders.OneAsync(new OrderId(id), HttpContext.RequestAborted) is not { Door.MayDownload: true } detail) return Content(string.Empty);
        var rows = await results.OfOrderAsync(detail.Order.Id, HttpContext.RequestAborted);
        var mayAdd = detail.Door.MayHandle && OrderRules.TakesResults(detail.Order.Status);
        return rows.Count > 0 || mayAdd ? View("/Orders/Results/Pages/_OfOrder.cshtml", new ResultsView(id, rows, mayAdd)) : Content(string.Empty);
    }
}

public sealed record ResultsView(Guid OrderId, IReadOnlyList<ResultRow> Rows, bool MayAdd);
