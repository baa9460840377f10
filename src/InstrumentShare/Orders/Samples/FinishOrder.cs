using InstrumentShare.Kernel;
using InstrumentShare.Persistence;
using Microsoft.EntityFrameworkCore;
using NodaTime;

namespace InstrumentShare.Orders.Samples;

/// <summary>Told in the transaction of the delivery; who charges hears it.</summary>
/// <param name="Quote">The accepted one.</param>
/// <param name="Measured">How many samples were measured.</param>
/// <param name="Seconds">The instrument time that was booked for the batches its samples were in.</param>
public sealed record OrderDelivered(Order Order, Quotes.Quote Quote, int Measured, long Seconds);

/// <summary>Delivers an order whose samples are all settled, and closes it when what was wanted back has gone back.</summary>
public sealed class FinishOrder(AppDb db, OrderChange change, OrderNews news, EventPublisher publisher, IClock clock)
{
    public Task<Outcome<Order>> DeliverAsync(OrderId id, long? ifVersion, CancellationToken cancel) => change.RunAsync(id, ifVersion, d => d.MayHandle, async door =>
    {
        var (order, now) = (door.Order, clock.GetCurrentInstant());
        if (!OrderRules.MayBecome(order.Status, OrderStatus.Delivered)) return [Problem.Refused("order.state", "status", ("status", order.Status), ("next", OrderStatus.Delivered))];
        var samples = await db.Set<Sample>().Where(s => s.OrderId == id).ToListAsync(cancel);
        var open = samples.Where(s => !SampleRules.IsSettled(s.State)).ToList();
        if (open.Count > 0) return [Problem.Refused("order.samples-open", "status", ("count", open.Count), ("codes", string.Join(", ", open.Take(5).Select(s => SampleCodeRules.Show(s.Code)))))];
        order.Become(OrderStatus.Delivered, now);
        door.Caller.Audit(db, now, "order.deliver", "order", id.Value.ToString(), after: new { samples = samples.Count }, institutionId: order.InstitutionId);
        await news.TellCustomerAsync("order.delivered", order, now, cancel: cancel);
        var quote = await db.Set<Quotes.Quote>().AsNoTracking().SingleAsync(q => q.Id == order.QuoteId, cancel);
        await publisher.PublishAsync(new OrderDelivered(order, quote, await MeasuredAsync(id, cancel), await SecondsAsync(id, cancel)), cancel);
        return [];
    }, cancel);

    public Task<Outcome<Order>> CloseAsync(OrderId id, long? ifVersion, CancellationToken cancel) => change.RunAsync(id, ifVersion, d => d.MayHandle, async door =>
    {
        var (order, now) = (door.Order, clock.GetCurrentInstant());
        if (!OrderRules.MayBecome(order.Status, OrderStatus.Closed)) return [Problem.Refused("order.state", "status", ("status", order.Status), ("next", OrderStatus.Closed))];
        var kept = await db.Set<Sample>().CountAsync(s => s.OrderId == id && s.State != SampleState.Returned && s.State != SampleState.Discarded && db.Set<OrderLine>().Any(l => l.Id == s.LineId && l.WantsReturn), cancel);
        if (kept > 0) return [Problem.Refused("order.samples-not-returned", "status", ("count", kept))];
        order.Become(OrderStatus.Closed, now);
        news.Event("order.closed", order, now);
        door.Caller.Audit(db, now, "order.close", "order", id.Value.ToString(), institutionId: order.InstitutionId);
        return [];
    }, cancel);

    private Task<int> MeasuredAsync(OrderId id, CancellationToken cancel) =>
        db.Set<Sample>().CountAsync(s => s.OrderId == id && db.Set<BatchSample>().Any(b => b.SampleId == s.Id && b.Result == BatchResult.Measured), cancel);

    // A batch shared by several orders counts for each by its share of the samples.
    private Task<long> SecondsAsync(OrderId id, CancellationToken cancel) => db.Database.SqlQuery<long>($"""
        SELECT coalesce(sum(extract(epoch FROM b.ends_at - b.starts_at) * mine.count / whole.count), 0)::bigint AS "Value"
        FROM order_batches x JOIN bookings b ON b.instrument_id = x.instrument_id AND b.id = x.booking_id
        CROSS JOIN LATERAL (SELECT count(*) FROM batch_samples m JOIN order_samples s ON s.id = m.sample_id WHERE m.batch_id = x.id AND m.result IN ('measured', 'failed') AND s.order_id = {id.Value}) mine
        CROSS JOIN LATERAL (SELECT count(*) FROM batch_samples m WHERE m.batch_id = x.id AND m.result IN ('measured', 'failed')) whole
        WHERE x.status = 'done' AND mine.count > 0
        """).SingleAsync(cancel);
}
