using InstrumentShare.Kernel;
using InstrumentShare.Persistence;
using Microsoft.EntityFrameworkCore;
using NodaTime;

namespace InstrumentShare.Orders.Samples;

/// <summary>Records samples as they come in: each gets a code of its own, its condition and its place. The first opens the order for work.</summary>
public sealed class ReceiveSamples(AppDb db, OrderChange change, OrderNews news, IClock clock)
{
    /// <param name="Labels">What stands on them, in order; fewer than the count leaves the rest without.</param>
    public sealed record Part(Guid? OrderLineId = null, int? Count = null, IReadOnlyList<string>? Labels = null, string? Condition = null, string? Place = null);

    public Task<Outcome<Order>> RunAsync(OrderId id, IReadOnlyList<Part> parts, long? ifVersion, CancellationToken cancel) => change.RunAsync(id, ifVersion, d => d.MayHandle, async door =>
    {
        var (order, now, problems) = (door.Order, clock.GetCurrentInstant(), new List<Problem>());
        if (!OrderRules.TakesSamples(order.Status)) return [Problem.Refused("sample.order-state", "status", ("status", order.Status))];
        if (parts.Count is 0 or > OrderRules.MostLines) return [Problem.Invalid("order.how-many-lines", "parts", ("count", parts.Count), ("max", OrderRules.MostLines))];
        var lines = await db.Set<OrderLine>().AsNoTracking().Where(l => l.OrderId == id).ToDictionaryAsync(l => l.Id.Value, cancel);
        var before = await db.Set<Sample>().Where(s => s.OrderId == id).GroupBy(s => s.LineId).Select(g => new { g.Key, Count = g.Count() }).ToDictionaryAsync(g => g.Key, g => g.Count, cancel);
        foreach (var (part, at) in parts.Select((p, at) => (p, $"parts[{at}].")))
        {
            OrderRules.Text(problems, part.Condition, at + "condition", 200, required: true);
            OrderRules.Text(problems, part.Place, at + "place", 100, required: true);
            foreach (var label in part.Labels ?? []) OrderRules.Text(problems, label, at + "labels", 100);
            if (part.OrderLineId is not { } line || !lines.TryGetValue(line, out var found)) problems.Add(Problem.Invalid("quote.line-unknown", at + "orderLineId", ("value", part.OrderLineId)));
            else if (part.Count is not >= 1) problems.Add(Problem.Invalid("sample.count", at + "count", ("value", part.Count)));
            else if (part.Count > found.Samples - before.GetValueOrDefault(found.Id) || parts.Count(p => p.OrderLineId == line) > 1)
                problems.Add(Problem.Invalid("sample.too-many", at + "count", ("value", part.Count), ("left", found.Samples - before.GetValueOrDefault(found.Id)), ("position", found.Position)));
        }

        if (problems.Count > 0) return problems.DistinctBy(p => (p.Code, p.Field)).ToList();
        var codes = await NewCodesAsync(parts.Sum(p => p.Count!.Value), cancel);
        foreach (var part in parts)
        {
            for (var n = 0; n < part.Count; n++)
            {
                var sample = new Sample
                {
                    Code = codes.Pop(), OrderId = id, LineId = new OrderLineId(part.OrderLineId!.Value), Label = part.Labels?.ElementAtOrDefault(n)?.Trim() ?? string.Empty, Condition = part.Condition!.Trim(), Place = part.Place!.Trim(),
                    ReceivedBy = door.Caller.PersonId!.Value, ReceivedAt = now,
                };
                db.Add(sample);
                db.Add(new SampleEvent { SampleId = sample.Id, Kind = SampleEventKind.Received, OccurredAt = now, ById = sample.ReceivedBy, Note = $"{sample.Condition} · {sample.Place}" });
            }
        }

        if (order.Status == OrderStatus.Accepted) order.Become(OrderStatus.Received, now);
        else order.Touch();
        await news.TellCustomerAsync("order.received", order, now, new(Count: parts.Sum(p => p.Count!.Value)), cancel);
        return [];
    }, cancel);

    // Two labs that draw the same code at this moment are told apart by the database.
    private async Task<Stack<string>> NewCodesAsync(int count, CancellationToken cancel)
    {
        var codes = new HashSet<string>(StringComparer.Ordinal);
        while (codes.Count < count)
        {
            while (codes.Count < count) codes.Add(SampleCodeRules.New(Random.Shared));
            codes.ExceptWith(await db.Set<Sample>().Where(s => codes.Contains(s.Code)).Select(s => s.Code).ToListAsync(cancel));
        }

        return new Stack<string>(codes);
    }
}
