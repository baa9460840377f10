using InstrumentShare.Access;
using InstrumentShare.Kernel;
using InstrumentShare.Persistence;
using Microsoft.EntityFrameworkCore;
using NodaTime;

namespace InstrumentShare.Orders.Samples;

internal static class SampleReads
{
    /// <summary>The orders with their rows locked, in one order for everybody, and the doors to them.</summary>
    public static async Task<List<OrderDoor>> LockOrdersAsync(this AppDb db, IEnumerable<OrderId> ids, Caller caller, CancellationToken cancel)
    {
        var keys = ids.Select(i => i.Value).Distinct().Order().ToArray();
        var orders = await db.Set<Order>().FromSql($"SELECT * FROM orders WHERE id = ANY({keys}) ORDER BY id FOR UPDATE").ToListAsync(cancel);
        var institutions = orders.Select(o => o.InstitutionId).Distinct().ToList();
        var regions = await db.Set<Institution>().Where(i => institutions.Contains(i.Id)).ToDictionaryAsync(i => i.Id, i => i.Region, cancel);
        return orders.ConvertAll(o => new OrderDoor(caller, o, new Scope(o.InstrumentId?.Value, o.InstitutionId.Value, o.GroupId?.Value, regions[o.InstitutionId])));
    }

    public static async Task<List<Sample>> SamplesAsync(this AppDb db, IEnumerable<SampleId> ids, CancellationToken cancel)
    {
        var wanted = ids.ToList();
        return await db.Set<Sample>().Where(s => wanted.Contains(s.Id)).OrderBy(s => s.Id).ToListAsync(cancel);
    }

    public static void AddSampleEvent(this AppDb db, Sample sample, SampleEventKind kind, PersonId by, Instant now, BatchId? batch = null, string note = "") =>
        db.Add(new SampleEvent { SampleId = sample.Id, Kind = kind, OccurredAt = now, ById = by, BatchId = batch, Note = note });
}
