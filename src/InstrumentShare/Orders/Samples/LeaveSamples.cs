using InstrumentShare.Access;
using InstrumentShare.Kernel;
using InstrumentShare.Persistence;
using Microsoft.EntityFrameworkCore;
using NodaTime;

namespace InstrumentShare.Orders.Samples;

/// <summary>Gives samples of an order back, tells when they will be discarded, and discards them after that day.</summary>
public sealed class LeaveSamples(AppDb db, OrderChange change, OrderNews news, IClock clock)
{
    public const int LeastNoticeDays = 7;

    /// <param name="How">How, when not by hand: the parcel's number.</param>
    /// <param name="To">Who took them.</param>
    public Task<Outcome<Order>> ReturnAsync(OrderId id, IReadOnlyList<Guid> samples, string? how, string? to, long? ifVersion, CancellationToken cancel) => RunAsync(id, samples, ifVersion, async (door, chosen, now) =>
    {
        var problems = new List<Problem>();
        var (by, whom) = (OrderRules.Text(problems, how, "how", 200, required: true), OrderRules.Text(problems, to, "to", 100, required: true));
        problems.AddRange(chosen.Where(s => !SampleRules.MayLeave(s.State)).Select(s => Problem.Refused("sample.state", "samples", ("code", SampleCodeRules.Show(s.Code)), ("sampleState", s.State))));
        if (problems.Count > 0) return problems;
        Become(door, chosen, SampleState.Returned, SampleEventKind.Returned, $"{by} → {whom}", now);
        await news.TellCustomerAsync("order.samples-returned", door.Order, now, new($"{by} → {whom}", Count: chosen.Count), cancel);
        return [];
    }, cancel);

    /// <summary>Tells the customer the day after which the samples will be discarded unless they are fetched.</summary>
    public Task<Outcome<Order>> AnnounceAsync(OrderId id, IReadOnlyList<Guid> samples, LocalDate? after, long? ifVersion, CancellationToken cancel) => RunAsync(id, samples, ifVersion, async (door, chosen, now) =>
    {
        var earliest = (await TodayAsync(door.Order, now, cancel)).PlusDays(LeastNoticeDays);
        var problems = new List<Problem>();
        if (after is not { } day || day < earliest) problems.Add(Problem.Invalid("sample.notice", "after", ("value", after), ("earliest", earliest), ("days", LeastNoticeDays)));
        problems.AddRange(chosen.Where(s => !SampleRules.MayLeave(s.State)).Select(s => Problem.Refused("sample.state", "samples", ("code", SampleCodeRules.Show(s.Code)), ("sampleState", s.State))));
        if (problems.Count > 0) return problems;
        foreach (var sample in chosen)
        {
            sample.DiscardAfter = after;
            sample.Become(sample.State);
            db.AddSampleEvent(sample, SampleEventKind.DiscardAnnounced, door.Caller.PersonId!.Value, now, note: NodaTime.Text.LocalDatePattern.Iso.Format(after!.Value));
        }

        await news.TellCustomerAsync("order.discard-announced", door.Order, now, new(Until: after, Count: chosen.Count), cancel);
        return [];
    }, cancel);

    public Task<Outcome<Order>> DiscardAsync(OrderId id, IReadOnlyList<Guid> samples, long? ifVersion, CancellationToken cancel) => RunAsync(id, samples, ifVersion, async (door, chosen, now) =>
    {
        var today = await TodayAsync(door.Order, now, cancel);
        if (chosen.Select(s => SampleRules.AgainstDiscarding(s, today)).OfType<Problem>().ToList() is { Count: > 0 } problems) return problems;
        Become(door, chosen, SampleState.Discarded, SampleEventKind.Discarded, string.Empty, now);
        news.Event("order.samples-discarded", door.Order, now);
        return [];
    }, cancel);

    private Task<Outcome<Order>> RunAsync(OrderId id, IReadOnlyList<Guid> samples, long? ifVersion, Func<OrderDoor, List<Sample>, Instant, Task<IReadOnlyList<Problem>>> work, CancellationToken cancel) => change.RunAsync(id, ifVersion, d => d.MayHandle, async door =>
    {
        if (samples.Count is 0 or > OrderRules.MostSamples) return [Problem.Invalid("sample.none-chosen", "samples")];
        var chosen = await db.SamplesAsync(samples.Select(s => new SampleId(s)), cancel);
        var strangers = samples.Where(s => chosen.All(c => c.Id.Value != s || c.OrderId != id)).ToList();
        if (strangers.Count > 0) return [Problem.Invalid("sample.unknown", "samples", ("value", strangers[0]))];
        if (await work(door, chosen, clock.GetCurrentInstant()) is { Count: > 0 } problems) return problems;
        door.Order.Touch();
        return [];
    }, cancel);

    private void Become(OrderDoor door, List<Sample> samples, SampleState state, SampleEventKind kind, string note, Instant now)
    {
        foreach (var sample in samples)
        {
            sample.Become(state);
            db.AddSampleEvent(sample, kind, door.Caller.PersonId!.Value, now, note: note);
        }

        door.Caller.Audit(db, now, "sample." + Word.Of(state), "order", door.Order.Id.Value.ToString(), after: new { codes = samples.Select(s => s.Code) }, reason: note.Length == 0 ? null : note, institutionId: door.Order.InstitutionId);
    }

    private async Task<LocalDate> TodayAsync(Order order, Instant now, CancellationToken cancel) =>
        now.InZone(DateTimeZoneProviders.Tzdb[await db.Set<Institution>().Where(i => i.Id == order.InstitutionId).Select(i => i.TimeZone).SingleAsync(cancel)]).Date;
}
