using InstrumentShare.Kernel;
using InstrumentShare.Persistence;
using Microsoft.EntityFrameworkCore;
using NodaTime;

namespace InstrumentShare.Orders.Quotes;

/// <summary>The customer's word on an open quote. Accepted, its total is the price of the order; refused, the former price stands or the order waits for another quote.</summary>
public sealed class DecideQuote(AppDb db, OrderChange change, OrderNews news, IClock clock)
{
    public Task<Outcome<Order>> AcceptAsync(OrderId id, QuoteId quoteId, long? ifVersion, CancellationToken cancel) => RunAsync(id, quoteId, ifVersion, async (door, quote, now) =>
    {
        if (now >= quote.ExpiresAt) return [Problem.Refused("quote.expired", "quoteId", ("until", quote.ValidUntil))];
        if (door.Order.Accept(quote.Id, now) is { } refused) return [refused];
        quote.End(QuoteStatus.Accepted, door.Caller.PersonId, now);
        door.Caller.Audit(db, now, "order.accept", "order", id.Value.ToString(), after: new { quote.Number, quote.Total }, institutionId: door.Order.InstitutionId);
        await news.TellStaffAsync("order.accepted", door.Order, now, new(Amount: quote.Total), cancel);
        return [];
    }, cancel);

    public Task<Outcome<Order>> RefuseAsync(OrderId id, QuoteId quoteId, string? reason, long? ifVersion, CancellationToken cancel) => RunAsync(id, quoteId, ifVersion, async (door, quote, now) =>
    {
        var problems = new List<Problem>();
        var kept = OrderRules.Text(problems, reason, "reason", 500, required: true);
        if (problems.Count > 0) return problems;
        quote.End(QuoteStatus.Refused, door.Caller.PersonId, now, kept);
        if (door.Order.Status == OrderStatus.Quoted) door.Order.Become(OrderStatus.Submitted, now);
        else door.Order.Touch();
        await news.TellStaffAsync("order.quote-refused", door.Order, now, new(kept, Amount: quote.Total), cancel);
        return [];
    }, cancel);

    private Task<Outcome<Order>> RunAsync(OrderId id, QuoteId quoteId, long? ifVersion, Func<OrderDoor, Quote, Instant, Task<IReadOnlyList<Problem>>> work, CancellationToken cancel) =>
        change.RunAsync(id, ifVersion, d => d.IsCustomer, async door =>
        {
            var quote = await db.Set<Quote>().SingleOrDefaultAsync(q => q.Id == quoteId && q.OrderId == id, cancel);
            if (quote is null) return [Problem.NotFound()];
            if (quote.Status != QuoteStatus.Open) return [Problem.Refused("quote.not-open", "quoteId", ("quoteStatus", quote.Status))];
            return await work(door, quote, clock.GetCurrentInstant());
        }, cancel);
}
