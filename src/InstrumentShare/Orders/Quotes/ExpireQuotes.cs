using InstrumentShare.Persistence;
using Microsoft.EntityFrameworkCore;
using NodaTime;
using Quartz;

namespace InstrumentShare.Orders.Quotes;

/// <summary>
/// Closes quotes that nobody answered in time and tells who ordered. It takes all that are due by now, however late it comes; a
/// second run finds nothing.
/// </summary>
public sealed class ExpireQuotes(IDbContextFactory<AppDb> databases, IClock clock)
{
    public const int BatchSize = 100;

    /// <summary>How many expired.</summary>
    public Task<int> RunAsync(CancellationToken cancel = default) => Batches.RunAsync(BatchSize, ExpireBatchAsync, cancel);

    private async Task<int> ExpireBatchAsync(CancellationToken cancel)
    {
        await using var db = await databases.CreateDbContextAsync(cancel);
        await using var transaction = await db.Database.BeginTransactionAsync(cancel);
        var now = clock.GetCurrentInstant();
        var at = now.ToDateTimeUtc();
        // The order's row first, as everybody who decides takes it; orders that somebody changes at this moment come next time.
        var orders = await db.Set<Order>().FromSql($"""
            SELECT o.* FROM orders o WHERE o.id IN (SELECT q.order_id FROM order_quotes q WHERE q.status = 'open' AND q.expires_at <= {at} ORDER BY q.expires_at LIMIT {BatchSize}) ORDER BY o.id FOR UPDATE SKIP LOCKED
            """).ToListAsync(cancel);
        var ids = orders.ConvertAll(o => o.Id);
        var quotes = await db.Set<Quote>().Where(q => ids.Contains(q.OrderId) && q.Status == QuoteStatus.Open && q.ExpiresAt <= now).ToDictionaryAsync(q => q.OrderId, cancel);
        foreach (var order in orders.Where(o => quotes.ContainsKey(o.Id)))
        {
            quotes[order.Id].End(QuoteStatus.Expired, null, now);
            if (order.Status == OrderStatus.Quoted) order.Become(OrderStatus.Submitted, now);
            else order.Touch();
        }

        await new OrderNews(db).TellCustomersAsync("order.quote-expired", orders.Where(o => quotes.ContainsKey(o.Id)).Select(o => (o, Figures(quotes[o.Id]))).ToList(), now, cancel);
        await db.SaveChangesAsync(cancel);
        await transaction.CommitAsync(cancel);
        return orders.Count;
    }

    private static OrderNews.More? Figures(Quote quote) => new(Until: quote.ValidUntil, Amount: quote.Total);
}

public sealed class ExpireQuotesJob(ExpireQuotes expire) : IJob
{
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken) => await expire.RunAsync(cancellationToken);
}
