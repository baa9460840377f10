using InstrumentShare.Access;
using InstrumentShare.Bookings;
using InstrumentShare.Catalog;
using InstrumentShare.Kernel;
using InstrumentShare.Usage.Faults;
using InstrumentShare.Web;
using NodaTime;

namespace InstrumentShare.Usage.Bench;

public static class BenchApi
{
    public sealed record WalkUpRequest(Instant? StartsAt, Instant? EndsAt);

    public sealed record ExtendRequest(int? Minutes);

    public sealed record Slot(Instant StartsAt, Instant EndsAt);

    public sealed record Option(int Minutes, Instant EndsAt, IReadOnlyList<string> Against);

    /// <param name="Due">One's own booking that is in use or may be checked in.</param>
    /// <param name="ExtendUntil">Until when it could go on.</param>
    public sealed record Mine(CalendarItem? Due, Instant? UsedFrom, IReadOnlyList<Option> Extensions, Instant? ExtendUntil, IReadOnlyList<Slot> WalkUps, IReadOnlyList<string> NoWalkUp, IReadOnlyList<Slot> Next);

    /// <param name="Address">What the instrument's label leads to.</param>
    public sealed record BenchAnswer(Guid InstrumentId, string Address, BenchStatus Status, Instant? Until, int InUse, int Units, IReadOnlyList<CalendarItem> Coming, IReadOnlyList<StandingFault> Faults, Mine? Mine);

    public static void Map(RouteGroupBuilder api)
    {
        var instruments = api.MapGroup("/instruments/{id:guid}").WithTags("Bench");
        instruments.MapGet("/bench", BenchAsync).WithName("GetBench").WithSummary("How the instrument stands now, who comes next, and what the caller can do there").Public();
        instruments.MapPost("/walk-up", WalkUpAsync).WithName("StartWalkUp").WithSummary("Book free time that begins now and check in").RequirePermission(UsagePermissions.Own).Idempotent();
        var bookings = api.MapGroup("/bookings/{id:guid}").WithTags("Bench");
        bookings.MapGet("/extensions", ExtensionsAsync).WithName("GetExtensions").WithSummary("By how much a booking may be made longer, and why not by more").RequirePermission(BookingPermissions.Create);
        bookings.MapPost("/extend", ExtendAsync).WithName("ExtendBooking").WithSummary("Let a booking end later, also while it is in use").RequirePermission(BookingPermissions.Create);
    }

    private static async Task<IResult> BenchAsync(Guid id, BenchQueries queries, PublicAddress address, ProblemAnswers answers, CancellationToken cancel)
    {
        if (await queries.PlaceAsync(new InstrumentId(id), cancel) is not { } place) return answers.Of(Problem.NotFound());
        var code = (await queries.CodesAsync([place.Instrument.Id], cancel))[place.Instrument.Id];
        var mine = await queries.MineAsync(place, cancel) is { } m
            ? new Mine(m.Due, m.UsedFrom, m.Extensions is { } e ? OptionsOf(e) : [], m.Extensions?.Latest, SlotsOf(m.WalkUps), [.. m.NoWalkUp.Select(p => p.Code)], SlotsOf(m.Next))
            : null;
        return Results.Ok(new BenchAnswer(id, $"{address.Value}/b/{code}", place.State.Status, place.State.Until, place.State.InUse, place.Instrument.Capacity, place.Coming, place.Faults, mine));
    }

    private static async Task<IResult> WalkUpAsync(Guid id, WalkUpRequest r, StartWalkUp start, ProblemAnswers answers, CancellationToken cancel)
    {
        var problems = new List<Problem>();
        if (r.StartsAt is null) problems.Add(Problem.Invalid("usage.time-missing", "startsAt"));
        if (r.EndsAt is null) problems.Add(Problem.Invalid("usage.time-missing", "endsAt"));
        if (problems.Count > 0) return answers.Of(problems);
        var outcome = await start.RunAsync(new InstrumentId(id), r.StartsAt!.Value, r.EndsAt!.Value, cancel);
        return outcome.IsOk ? Results.Created($"/api/v1/usage-records/{outcome.Value.Id.Value}", UsageSummary.Of(outcome.Value)) : answers.Of(outcome);
    }

    private static async Task<IResult> ExtensionsAsync(Guid id, ExtendBooking extend, ProblemAnswers answers, CancellationToken cancel)
    {
        var outcome = await extend.OptionsAsync(new BookingId(id), BenchQueries.ExtendBy, cancel);
        return outcome.IsOk ? Results.Ok(new { items = OptionsOf(outcome.Value), until = outcome.Value.Latest }) : answers.Of(outcome);
    }

    private static async Task<IResult> ExtendAsync(Guid id, ExtendRequest r, ExtendBooking extend, ProblemAnswers answers, CancellationToken cancel)
    {
        var outcome = await extend.RunAsync(new BookingId(id), r.Minutes, cancel);
        return outcome.IsOk ? Results.Ok(BookingApi.Booked.Of(outcome.Value)) : answers.Of(outcome);
    }

    private static List<Option> OptionsOf(Extensions e) => [.. e.Options.Select(o => new Option(o.Minutes, o.EndsAt, [.. o.Against.Select(p => p.Code)]))];

    private static List<Slot> SlotsOf(IReadOnlyList<TimeSlot> slots) => [.. slots.Select(s => new Slot(s.StartsAt, s.EndsAt))];
}
