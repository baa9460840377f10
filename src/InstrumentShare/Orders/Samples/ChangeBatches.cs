using InstrumentShare.Access;
using InstrumentShare.Bookings;
using InstrumentShare.Catalog;
using InstrumentShare.Kernel;
using InstrumentShare.Persistence;
using InstrumentShare.Web;
using Microsoft.EntityFrameworkCore;
using NodaTime;

namespace InstrumentShare.Orders.Samples;

/// <summary>Puts samples together for an instrument, books its time for them, and records what came of each.</summary>
public sealed class ChangeBatches(AppDb db, InstrumentRulesQuery rules, BookInstrument book, OrderNews news, Caller caller, IClock clock)
{
    public sealed record Request(Guid? InstrumentId = null, string? Name = null, IReadOnlyList<Guid>? SampleIds = null);

    public sealed record ResultOf(Guid SampleId, string? Result, string? Note = null);

    public async Task<Outcome<Batch>> CreateAsync(Request request, CancellationToken cancel)
    {
        await using var transaction = await db.BeginAsync(cancel);
        if (request.InstrumentId is not { } id || await rules.OfAsync(new InstrumentId(id), cancel: cancel) is not { } instrument || !caller.May(OrderPermissions.Handle, instrument.Scope))
            return Problem.Invalid("batch.instrument", "instrumentId", ("value", request.InstrumentId));
        var problems = new List<Problem>();
        var name = OrderRules.Text(problems, request.Name, "name", 100, required: true);
        var batch = new Batch { InstrumentId = instrument.Id, Name = name, CreatedBy = caller.PersonId!.Value, CreatedAt = clock.GetCurrentInstant() };
        db.Add(batch);
        problems.AddRange(await PutInAsync(batch, request.SampleIds ?? [], cancel));
        if (problems.Count > 0) return problems;
        caller.Audit(db, batch.CreatedAt, "batch.create", "batch", batch.Id.Value.ToString(), after: new { batch.Name, samples = request.SampleIds!.Count }, institutionId: instrument.InstitutionId);
        return await SaveAsync(batch, transaction, cancel);
    }

    public Task<Outcome<Batch>> AddAsync(BatchId id, IReadOnlyList<Guid> samples, long? ifVersion, CancellationToken cancel) => RunAsync(id, ifVersion, batch => PutInAsync(batch, samples, cancel), cancel);

    /// <summary>Takes a sample out before the batch is done; it waits for another.</summary>
    public Task<Outcome<Batch>> RemoveAsync(BatchId id, Guid sampleId, long? ifVersion, CancellationToken cancel) => RunAsync(id, ifVersion, async batch =>
    {
        var place = await db.Set<BatchSample>().SingleOrDefaultAsync(b => b.BatchId == id && b.SampleId == new SampleId(sampleId) && b.Result == null, cancel);
        if (place is null) return [Problem.NotFound()];
        await TakeOutAsync(batch, [place], cancel);
        return [];
    }, cancel);

    /// <summary>Books the instrument for the batch, on behalf of the lab: in the name of who asks, without approval.</summary>
    public Task<Outcome<Batch>> BookAsync(BatchId id, Instant startsAt, Instant endsAt, string? overrideReason, long? ifVersion, CancellationToken cancel) => RunAsync(id, ifVersion, async batch =>
    {
        if (batch.BookingId is { } standing && await db.Set<Booking>().AnyAsync(b => b.InstrumentId == batch.InstrumentId && b.Id == standing && Booking.Holding.Contains(b.Status), cancel)) return [Problem.Refused("batch.booked", "startsAt")];
        var booked = await book.RunAsync(new(batch.InstrumentId, startsAt, endsAt, ServiceMode.Entrusted, batch.Name, OverrideReason: overrideReason, ForTraining: true), cancel);
        if (!booked.IsOk) return booked.Problems;
        batch.Book(booked.Value.Id);
        return [];
    }, cancel);

    /// <summary>Records every sample of the batch as measured or failed; a failed one may go into another batch.</summary>
    public Task<Outcome<Batch>> DoneAsync(BatchId id, IReadOnlyList<ResultOf> results, long? ifVersion, CancellationToken cancel) => RunAsync(id, ifVersion, async batch =>
    {
        var (now, problems) = (clock.GetCurrentInstant(), new List<Problem>());
        var places = await db.Set<BatchSample>().Where(b => b.BatchId == id && b.Result == null).ToListAsync(cancel);
        if (places.Count == 0) return [Problem.Refused("batch.empty")];
        var samples = (await db.SamplesAsync(places.Select(p => p.SampleId), cancel)).ToDictionary(s => s.Id);
        var told = results.GroupBy(r => new SampleId(r.SampleId)).ToDictionary(g => g.Key, g => g.First());
        foreach (var stranger in told.Keys.Where(k => !samples.ContainsKey(k))) problems.Add(Problem.Invalid("batch.stranger", "results", ("value", stranger.Value)));
        foreach (var place in places)
        {
            var sample = samples[place.SampleId];
            if (!told.TryGetValue(place.SampleId, out var result)) problems.Add(Problem.Invalid("batch.result-missing", "results", ("code", SampleCodeRules.Show(sample.Code))));
            else if (!Word.TryParse<BatchResult>(result.Result, out var became) || became == BatchResult.Removed) problems.Add(Problem.Invalid("batch.result", "results", ("value", result.Result), ("known", "measured, failed")));
            else
            {
                var note = OrderRules.Text(problems, result.Note, "results", 500, required: became == BatchResult.Failed);
                place.Result = became;
                sample.Become(became == BatchResult.Measured ? SampleState.Measured : SampleState.Failed);
                db.AddSampleEvent(sample, became == BatchResult.Measured ? SampleEventKind.Measured : SampleEventKind.Failed, caller.PersonId!.Value, now, id, note);
            }
        }

        if (problems.Count > 0) return problems;
        batch.End(BatchStatus.Done, caller.PersonId!.Value, now);
        db.AddEvent("batch.done", now, id.Value, batch.InstrumentId.Value, payload: new { samples = places.Count, failed = places.Count(p => p.Result == BatchResult.Failed) });
        return [];
    }, cancel);

    /// <summary>Gives the batch up: its samples wait for another. Its booked time is cancelled where bookings are.</summary>
    public Task<Outcome<Batch>> CancelAsync(BatchId id, long? ifVersion, CancellationToken cancel) => RunAsync(id, ifVersion, async batch =>
    {
        await TakeOutAsync(batch, await db.Set<BatchSample>().Where(b => b.BatchId == id && b.Result == null).ToListAsync(cancel), cancel);
        batch.End(BatchStatus.Cancelled, caller.PersonId!.Value, clock.GetCurrentInstant());
        return [];
    }, cancel);

    private async Task<IReadOnlyList<Problem>> PutInAsync(Batch batch, IReadOnlyList<Guid> ids, CancellationToken cancel)
    {
        var waiting = await db.Set<BatchSample>().CountAsync(b => b.BatchId == batch.Id && b.Result == null, cancel);
        if (ids.Count == 0 || ids.Count + waiting > SampleRules.MostInBatch) return [Problem.Invalid("batch.how-many", "sampleIds", ("count", ids.Count + waiting), ("max", SampleRules.MostInBatch))];
        var owners = await db.Set<Sample>().Where(s => ids.Contains((Guid)(object)s.Id)).Select(s => s.OrderId).Distinct().ToListAsync(cancel);
        var doors = (await db.LockOrdersAsync(owners, caller, cancel)).ToDictionary(d => d.Order.Id);
        var samples = (await db.SamplesAsync(ids.Select(i => new SampleId(i)), cancel)).ToDictionary(s => s.Id.Value);
        var been = await db.Set<BatchSample>().Where(b => b.BatchId == batch.Id).Select(b => b.SampleId).ToListAsync(cancel);
        var (problems, now) = (new List<Problem>(), clock.GetCurrentInstant());
        foreach (var id in ids.Distinct())
        {
            if (!samples.TryGetValue(id, out var sample) || !doors[sample.OrderId].MayHandle) problems.Add(Problem.Invalid("sample.unknown", "sampleIds", ("value", id)));
            else if (!OrderRules.TakesSamples(doors[sample.OrderId].Order.Status)) problems.Add(Problem.Refused("sample.order-state", "sampleIds", ("status", doors[sample.OrderId].Order.Status)));
            else if (!SampleRules.MayBeBatched(sample.State)) problems.Add(Problem.Refused("sample.state", "sampleIds", ("code", SampleCodeRules.Show(sample.Code)), ("sampleState", sample.State)));
            else if (been.Contains(sample.Id)) problems.Add(Problem.Refused("batch.been-in", "sampleIds", ("code", SampleCodeRules.Show(sample.Code))));
        }

        if (problems.Count > 0) return problems;
        foreach (var sample in samples.Values)
        {
            sample.Become(SampleState.InBatch);
            db.Add(new BatchSample { BatchId = batch.Id, SampleId = sample.Id });
            db.AddSampleEvent(sample, SampleEventKind.Batched, caller.PersonId!.Value, now, batch.Id, batch.Name);
        }

        foreach (var order in doors.Values.Select(d => d.Order).Where(o => o.Status == OrderStatus.Received))
        {
            order.Become(OrderStatus.Performing, now);
            news.Event("order.performing", order, now);
        }

        return [];
    }

    private async Task TakeOutAsync(Batch batch, IReadOnlyList<BatchSample> places, CancellationToken cancel)
    {
        var now = clock.GetCurrentInstant();
        foreach (var sample in await db.SamplesAsync(places.Select(p => p.SampleId), cancel))
        {
            sample.Become(SampleState.Received);
            db.AddSampleEvent(sample, SampleEventKind.Unbatched, caller.PersonId!.Value, now, batch.Id);
        }

        foreach (var place in places) place.Result = BatchResult.Removed;
    }

    private async Task<Outcome<Batch>> RunAsync(BatchId id, long? ifVersion, Func<Batch, Task<IReadOnlyList<Problem>>> work, CancellationToken cancel)
    {
        await using var transaction = await db.BeginAsync(cancel);
        var batch = await db.Set<Batch>().FromSql($"SELECT * FROM order_batches WHERE id = {id.Value} FOR UPDATE").SingleOrDefaultAsync(cancel);
        if (batch is null || await rules.OfAsync(batch.InstrumentId, cancel: cancel) is not { } instrument || !caller.May(OrderPermissions.Handle, instrument.Scope)) return Problem.NotFound();
        if (ETags.Stale(ifVersion, batch.Version) is { } stale) return stale;
        if (batch.Status != BatchStatus.Planned) return Problem.Refused("batch.state", "status", ("batchStatus", batch.Status));
        if (await work(batch) is { Count: > 0 } problems) return Outcome<Batch>.Refuse(problems);
        if (batch.Status == BatchStatus.Planned) batch.Touch();
        return await SaveAsync(batch, transaction, cancel);
    }

    private async Task<Outcome<Batch>> SaveAsync(Batch batch, UseCaseTransaction transaction, CancellationToken cancel)
    {
        if (await db.TrySaveAsync(cancel) is { } problem) return problem;
        await transaction.CommitAsync(cancel);
        return batch;
    }
}
