using InstrumentShare.Kernel;
using InstrumentShare.Orders.Quotes;
using InstrumentShare.Persistence;
using Microsoft.EntityFrameworkCore;
using NodaTime;

namespace InstrumentShare.Orders;

/// <summary>Ends an order before its work is done: taken back by the customer, declined or cancelled by the lab. An open quote ends with it.</summary>
public sealed class EndOrder(AppDb db, OrderChange change, OrderNews news, IClock clock)
{
    /// <summary>The customer takes it back; before a price is agreed without saying why.</summary>
    public Task<Outcome<Order>> WithdrawAsync(OrderId id, string? reason, long? ifVersion, CancellationToken cancel) => change.RunAsync(id, ifVersion, d => d.IsCustomer, async door =>
    {
        var problems = new List<Problem>();
        var kept = OrderRules.Text(problems, reason, "reason", 500);
        if (problems.Count > 0) return problems;
        // Once accepted the lab may have begun to prepare; until a sample is there the customer may still cancel.
        var agreed = door.Order.Status == OrderStatus.Accepted;
        if (agreed && kept.Length == 0) return [Problem.Invalid("order.text-missing", "reason")];
        var was = door.Order.Status;
        if (!agreed && !OrderRules.MayBecome(was, OrderStatus.Withdrawn)) return [Problem.Refused("order.too-late-to-withdraw", "status", ("status", was))];
        await EndAsync(door.Order, agreed ? OrderStatus.Cancelled : OrderStatus.Withdrawn, kept.Length == 0 ? null : kept, cancel);
        if (was == OrderStatus.Draft) news.Event("order.withdrawn", door.Order, clock.GetCurrentInstant());
        else await news.TellStaffAsync("order.withdrawn", door.Order, clock.GetCurrentInstant(), new(kept), cancel);
        return [];
    }, cancel);

    public Task<Outcome<Order>> DeclineAsync(OrderId id, string? reason, long? ifVersion, CancellationToken cancel) => ByLabAsync(id, OrderStatus.Declined, "order.declined", reason, ifVersion, cancel);

    public Task<Outcome<Order>> CancelAsync(OrderId id, string? reason, long? ifVersion, CancellationToken cancel) => ByLabAsync(id, OrderStatus.Cancelled, "order.cancelled", reason, ifVersion, cancel);

    private Task<Outcome<Order>> ByLabAsync(OrderId id, OrderStatus to, string name, string? reason, long? ifVersion, CancellationToken cancel) => change.RunAsync(id, ifVersion, d => d.MayQuote, async door =>
    {
        var (problems, now) = (new List<Problem>(), clock.GetCurrentInstant());
        var kept = OrderRules.Text(problems, reason, "reason", 500, required: true);
        if (!OrderRules.MayBecome(door.Order.Status, to)) problems.Add(Problem.Refused("order.state", "status", ("status", door.Order.Status), ("next", to)));
        if (problems.Count > 0) return problems;
        var was = door.Order.Status;
        await EndAsync(door.Order, to, kept, cancel);
        door.Caller.Audit(db, now, name, "order", id.Value.ToString(), new { status = was }, new { status = to }, kept, door.Order.InstitutionId);
        await news.TellCustomerAsync(name, door.Order, now, new(kept), cancel);
        return [];
    }, cancel);

    private async Task EndAsync(Order order, OrderStatus to, string? reason, CancellationToken cancel)
    {
        var now = clock.GetCurrentInstant();
        foreach (var quote in await db.Set<Quote>().Where(q => q.OrderId == order.Id && q.Status == QuoteStatus.Open).ToListAsync(cancel)) quote.End(QuoteStatus.Withdrawn, null, now);
        order.Become(to, now, reason);
    }
}
