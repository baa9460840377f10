using InstrumentShare.Access;
using InstrumentShare.Catalog;
using InstrumentShare.Kernel;
using InstrumentShare.Persistence;
using InstrumentShare.Pricing;
using Microsoft.EntityFrameworkCore;
using NodaTime;

namespace InstrumentShare.Orders.Quotes;

/// <summary>Makes a quote for an order, or shows what it would come to. One still open is replaced.</summary>
public sealed class QuoteOrder(AppDb db, OrderChange change, OrderNews news, InstrumentRulesQuery rules, PricePolicies prices, IClock clock)
{
    public const int MostDays = 366;

    public sealed record Request(LocalDate? ValidUntil = null, string? Note = null, IReadOnlyList<QuoteLineInput>? Lines = null);

    public Task<Outcome<Order>> RunAsync(OrderId id, Request request, long? ifVersion, CancellationToken cancel) => change.RunAsync(id, ifVersion, d => d.MayQuote, async door =>
    {
        var (order, now) = (door.Order, clock.GetCurrentInstant());
        if (!OrderRules.MayBeQuoted(order.Status)) return [Problem.Refused("order.state", "status", ("status", order.Status), ("next", OrderStatus.Quoted))];
        var zone = DateTimeZoneProviders.Tzdb[await db.Set<Institution>().Where(i => i.Id == order.InstitutionId).Select(i => i.TimeZone).SingleAsync(cancel)];
        var (problems, today) = (new List<Problem>(), now.InZone(zone).Date);
        var note = OrderRules.Text(problems, request.Note, "note", 1000);
        if (request.ValidUntil is not { } until || until < today || until > today.PlusDays(MostDays)) problems.Add(Problem.Invalid("quote.valid-until", "validUntil", ("value", request.ValidUntil), ("from", today), ("to", today.PlusDays(MostDays))));
        var priced = await PriceAsync(order, request.Lines ?? [], today, cancel);
        if (!priced.IsOk) problems.AddRange(priced.Problems);
        if (problems.Count > 0) return problems;

        var quotes = await db.Set<Quote>().Where(q => q.OrderId == id).ToListAsync(cancel);
        foreach (var earlier in quotes) earlier.End(QuoteStatus.Replaced, door.Caller.PersonId, now);
        // Of one order only one is open: the earlier one closes first.
        await db.SaveChangesAsync(cancel);
        var quote = new Quote
        {
            OrderId = id, Number = quotes.Count + 1, ValidUntil = request.ValidUntil!.Value, ExpiresAt = zone.AtStartOfDay(request.ValidUntil.Value.PlusDays(1)).ToInstant(), Note = note,
            Lines = priced.Value!, Total = QuoteCalculator.Total(priced.Value!), CreatedBy = door.Caller.PersonId!.Value, CreatedAt = now,
        };
        db.Add(quote);
        if (order.Status == OrderStatus.Submitted) order.Become(OrderStatus.Quoted, now);
        else order.Touch();
        door.Caller.Audit(db, now, "order.quote", "order", id.Value.ToString(), after: new { quote.Number, quote.ValidUntil, quote.Total }, institutionId: order.InstitutionId);
        await news.TellCustomerAsync("order.quoted", order, now, new(Until: quote.ValidUntil, Amount: quote.Total), cancel);
        return [];
    }, cancel);

    /// <summary>The lines as they would be priced today; writes nothing.</summary>
    public async Task<Outcome<IReadOnlyList<QuoteLine>>> PriceAsync(Order order, IReadOnlyList<QuoteLineInput> inputs, LocalDate today, CancellationToken cancel)
    {
        var lines = await db.Set<OrderLine>().AsNoTracking().Where(l => l.OrderId == order.Id).OrderBy(l => l.Position).ToListAsync(cancel);
        Outcome<PricePolicy> policy = Problem.Refused("quote.no-price-list", "lines");
        if (order.InstrumentId is { } id && await rules.OfAsync(id, cancel: cancel) is { } instrument) policy = await prices.InForceAsync(id, instrument.RulesVersion, order.UserClass, today, cancel);
        return QuoteCalculator.Compute(lines, inputs, policy);
    }
}
