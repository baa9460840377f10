using System.Security.Cryptography;
using InstrumentShare.Access;
using InstrumentShare.Kernel;
using InstrumentShare.Persistence;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using NodaTime;

namespace InstrumentShare.Orders.Results;

/// <summary>Adds a file with results to an order, or to one of its lines. What it is is decided by its content, not by what was said of it.</summary>
public sealed class UploadResult(AppDb db, OrderChange change, OrderNews news, IResultStore store, IOptions<OrderOptions> options, IClock clock)
{
    /// <summary>The kept file, for who asks by it.</summary>
    public ResultFile? Added { get; private set; }

    public Task<Outcome<Order>> RunAsync(OrderId id, string? fileName, byte[] content, Guid? lineId, LocalDate? expiresOn, long? ifVersion, CancellationToken cancel) => change.RunAsync(id, ifVersion, d => d.MayHandle, async door =>
    {
        var (order, now) = (door.Order, clock.GetCurrentInstant());
        if (!OrderRules.TakesResults(order.Status)) return [Problem.Refused("result.order-state", "status", ("status", order.Status))];
        var zone = DateTimeZoneProviders.Tzdb[await db.Set<Institution>().Where(i => i.Id == order.InstitutionId).Select(i => i.TimeZone).SingleAsync(cancel)];
        var today = now.InZone(zone).Date;
        var (name, until) = (ResultRules.CleanName(fileName), expiresOn ?? today.PlusDays(options.Value.KeepResultsDays));
        var problems = ResultRules.Check(name, content.Length, options.Value.MaxFileMebibytes, until, today);
        var kind = ResultRules.MediaTypeOf(name, content);
        if (problems.Count == 0 && !kind.IsOk) problems.AddRange(kind.Problems);
        var line = lineId is { } given ? new OrderLineId(given) : (OrderLineId?)null;
        if (line is not null && !await db.Set<OrderLine>().AnyAsync(l => l.Id == line && l.OrderId == id, cancel)) problems.Add(Problem.Invalid("quote.line-unknown", "orderLineId", ("value", lineId)));
        if (problems.Count > 0) return problems;

        Added = new ResultFile
        {
            OrderId = id, LineId = line, Name = name, MediaType = kind.Value!, Size = content.Length, Sha256 = Convert.ToHexStringLower(SHA256.HashData(content)), UploadedBy = door.Caller.PersonId!.Value, UploadedAt = now,
            ExpiresOn = until, ExpiresAt = zone.AtStartOfDay(until.PlusDays(1)).ToInstant(),
        };
        db.Add(Added);
        order.Touch();
        await db.SaveChangesAsync(cancel);
        await store.WriteAsync(Added.Id, content, cancel);
        door.Caller.Audit(db, now, "result.add", "order", id.Value.ToString(), after: new { Added.Name, Added.Size, Added.Sha256, Added.ExpiresOn }, institutionId: order.InstitutionId);
        // Before delivery one mail tells of all of them.
        if (order.Status == OrderStatus.Delivered) await news.TellCustomerAsync("order.result-added", order, now, new(Until: until, File: name), cancel);
        else news.Event("order.result-added", order, now);
        return [];
    }, cancel);
}
