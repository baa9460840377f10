using InstrumentShare.Access;
using InstrumentShare.Bookings;
using InstrumentShare.Catalog;
using InstrumentShare.Orders.Items;
using InstrumentShare.Persistence;
using InstrumentShare.Web;
using Microsoft.EntityFrameworkCore;
using NodaTime;

namespace InstrumentShare.Orders.Samples;

public sealed record SampleRow(SampleId Id, string Code, OrderId OrderId, long OrderNumber, OrderLineId LineId, string Method, bool WantsReturn, string Label, SampleState State, string Condition, string Place, LocalDate? DiscardAfter, Instant ReceivedAt);

public sealed record SampleEventRow(SampleEventKind Kind, Instant OccurredAt, string By, BatchId? BatchId, string Note);

public sealed record SampleDetail(SampleRow Row, IReadOnlyList<SampleEventRow> History, string TimeZone);

public sealed record BatchRow(BatchId Id, string Name, BatchStatus Status, NamedPlace Instrument, int Samples, Instant CreatedAt, Instant? StartsAt, Instant? EndsAt, BookingStatus? BookingStatus, string TimeZone, int Version);

public sealed record BatchDetail(BatchRow Row, BookingId? BookingId, IReadOnlyList<BatchMember> Members);

public sealed record BatchMember(SampleRow Sample, BatchResult? Result);

/// <summary>Reads of samples and batches.</summary>
public sealed class SampleQueries(AppDb db, Caller caller, InstrumentRulesQuery rules)
{
    private const int MostWaiting = 500;

    /// <summary>Of an order that the reader may see; in the order they came.</summary>
    public Task<List<SampleRow>> OfOrderAsync(OrderId id, CancellationToken cancel) => Rows(db.Set<Sample>().Where(s => s.OrderId == id).OrderBy(s => s.Id)).Take(OrderRules.MostSamples).ToListAsync(cancel);

    /// <summary>By its code or id, when the reader may see its order; the code is read as people type it.</summary>
    public async Task<SampleDetail?> FindAsync(string? code, SampleId? id, CancellationToken cancel)
    {
        var wanted = SampleCodeRules.Read(code);
        if (wanted is null && id is null) return null;
        var row = await Rows(id is { } known ? db.Set<Sample>().Where(s => s.Id == known) : db.Set<Sample>().Where(s => s.Code == wanted)).SingleOrDefaultAsync(cancel);
        if (row is null) return null;
        var order = await db.Set<Order>().AsNoTracking().SingleAsync(o => o.Id == row.OrderId, cancel);
        if (!(await OrderDoor.OfAsync(db, caller, order, cancel)).MaySee) return null;
        var zone = await db.Set<Institution>().Where(i => i.Id == order.InstitutionId).Select(i => i.TimeZone).SingleAsync(cancel);
        var history = await db.Set<SampleEvent>().AsNoTracking().Where(e => e.SampleId == row.Id).OrderBy(e => e.Id).Take(OrderRules.MostSamples)
            .Select(e => new SampleEventRow(e.Kind, e.OccurredAt, db.Set<Person>().Where(p => p.Id == (Guid)(object)e.ById).Select(p => p.Name).Single(), e.BatchId, e.Note)).ToListAsync(cancel);
        return new SampleDetail(row, history, zone);
    }

    /// <summary>Samples that wait for the instrument: of its orders, and of orders of its institution that name none.</summary>
    public async Task<List<SampleRow>> WaitingAsync(InstrumentRules instrument, CancellationToken cancel) => await Rows(db.Set<Sample>().Where(s => (s.State == SampleState.Received || s.State == SampleState.Failed)
        && db.Set<Order>().Any(o => o.Id == s.OrderId && (o.InstrumentId == instrument.Id || (o.InstrumentId == null && o.InstitutionId == instrument.InstitutionId)) && (o.Status == OrderStatus.Received || o.Status == OrderStatus.Performing))).OrderBy(s => s.Id))
        .Take(MostWaiting).ToListAsync(cancel);

    /// <summary>Instruments in the reader's care on which samples wait or batches are planned.</summary>
    public async Task<List<(NamedPlace Instrument, int Waiting)>> DesksAsync(CancellationToken cancel)
    {
        var sight = await OrderSight.OfAsync(db, caller, OrderPermissions.Handle, cancel);
        var (all, institutions, instruments) = (sight.Everything, sight.Institutions.Select(i => new InstitutionId(i)).ToList(), sight.Instruments.Select(i => new InstrumentId(i)).ToList());
        var found = await db.Set<Instrument>().AsNoTracking().Where(i => (all || institutions.Contains(i.InstitutionId) || instruments.Contains(i.Id)) && db.Set<TestItem>().Any(t => t.InstrumentId == i.Id))
            .OrderBy(i => i.Name).ThenBy(i => i.Id).Take(MostWaiting)
            .Select(i => new
            {
                Place = new NamedPlace((Guid)(object)i.Id, i.Name, i.NameEn),
                Waiting = db.Set<Sample>().Count(s => (s.State == SampleState.Received || s.State == SampleState.Failed) && db.Set<Order>().Any(o => o.Id == s.OrderId && o.InstrumentId == i.Id && (o.Status == OrderStatus.Received || o.Status == OrderStatus.Performing))),
            }).ToListAsync(cancel);
        return found.ConvertAll(f => (f.Place, f.Waiting));
    }

    /// <summary>Batches on instruments in the reader's care, newest first.</summary>
    public async Task<PageOf<BatchRow>> BatchesAsync(Guid? instrument, Guid? before, int limit, CancellationToken cancel)
    {
        var sight = await OrderSight.OfAsync(db, caller, OrderPermissions.Handle, cancel);
        var (all, institutions, instruments) = (sight.Everything, sight.Institutions.Select(i => new InstitutionId(i)).ToList(), sight.Instruments.Select(i => new InstrumentId(i)).ToList());
        var batches = db.Set<Batch>().Where(b => db.Set<Instrument>().Any(i => i.Id == b.InstrumentId && (all || institutions.Contains(i.InstitutionId) || instruments.Contains(i.Id))));
        if (instrument is { } one) batches = batches.Where(b => b.InstrumentId == new InstrumentId(one));
        var total = await batches.OrderByDescending(b => b.Id).CountUpToAsync(cancel);
        var rows = await BatchRows((before is { } id ? batches.Where(b => (Guid)(object)b.Id < id) : batches).OrderByDescending(b => b.Id).Take(limit + 1)).ToListAsync(cancel);
        var more = rows.Count > limit;
        if (more) rows.RemoveAt(limit);
        return new PageOf<BatchRow>(rows, more ? ListQuery.Encode(rows[^1].Id.Value.ToString()) : null, PageOf<int>.TotalOf(total));
    }

    public async Task<BatchDetail?> BatchAsync(BatchId id, CancellationToken cancel)
    {
        var batch = await db.Set<Batch>().AsNoTracking().SingleOrDefaultAsync(b => b.Id == id, cancel);
        if (batch is null || await rules.OfAsync(batch.InstrumentId, cancel: cancel) is not { } instrument || !caller.May(OrderPermissions.Handle, instrument.Scope)) return null;
        var row = await BatchRows(db.Set<Batch>().Where(b => b.Id == id)).SingleAsync(cancel);
        var places = await db.Set<BatchSample>().AsNoTracking().Where(b => b.BatchId == id).ToListAsync(cancel);
        var ids = places.ConvertAll(p => p.SampleId);
        var samples = await Rows(db.Set<Sample>().Where(s => ids.Contains(s.Id))).ToDictionaryAsync(s => s.Id, cancel);
        return new BatchDetail(row, batch.BookingId, places.Select(p => new BatchMember(samples[p.SampleId], p.Result)).OrderBy(m => m.Sample.Id.Value).ToList());
    }

    private IQueryable<SampleRow> Rows(IQueryable<Sample> samples) => samples.AsNoTracking().Select(s => new SampleRow(
        s.Id, s.Code, s.OrderId, db.Set<Order>().Where(o => o.Id == s.OrderId).Select(o => o.Number).Single(), s.LineId, db.Set<OrderLine>().Where(l => l.Id == s.LineId).Select(l => l.Method).Single(),
        db.Set<OrderLine>().Where(l => l.Id == s.LineId).Select(l => l.WantsReturn).Single(), s.Label, s.State, s.Condition, s.Place, s.DiscardAfter, s.ReceivedAt));

    private IQueryable<BatchRow> BatchRows(IQueryable<Batch> batches) =>
        from b in batches.AsNoTracking()
        join i in db.Set<Instrument>() on b.InstrumentId equals i.Id
        from k in db.Set<Booking>().Where(k => k.InstrumentId == b.InstrumentId && k.Id == b.BookingId).DefaultIfEmpty()
        select new BatchRow(b.Id, b.Name, b.Status, new NamedPlace((Guid)(object)i.Id, i.Name, i.NameEn), db.Set<BatchSample>().Count(m => m.BatchId == b.Id && m.Result != BatchResult.Removed), b.CreatedAt,
            k == null ? null : k.StartsAt, k == null ? null : k.EndsAt, k == null ? null : k.Status, i.TimeZone, b.Version);
}
