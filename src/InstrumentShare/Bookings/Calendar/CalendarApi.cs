using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using InstrumentShare.Access;
using InstrumentShare.Catalog;
using InstrumentShare.Kernel;
using InstrumentShare.Web;
using NodaTime;

namespace InstrumentShare.Bookings.Calendar;

/// <summary>The calendars of several instruments at once, and news of them as they change. Open to everyone, as each calendar is.</summary>
public static class CalendarApi
{
    public sealed record Span(Instant StartsAt, Instant EndsAt);

    /// <param name="Open">When it is open in the range, closures not taken off.</param>
    public sealed record Times(InstrumentId Id, string Name, string NameEn, string TimeZone, IReadOnlyList<Span> Open, IReadOnlyList<CalendarItem> Items)
    {
        public static Times Of(InstrumentTimes times) => new(
            times.Instrument.Id, times.Instrument.Name, times.Instrument.NameEn, times.Instrument.Zone.Id, times.OpenSpans().Select(o => new Span(o.StartsAt, o.EndsAt)).ToList(), times.Items);
    }

    public sealed record Change(Guid Instrument, Instant? StartsAt, Instant? EndsAt);

    public static void Map(RouteGroupBuilder api)
    {
        var calendar = api.MapGroup("/calendar").WithTags("Bookings").ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status404NotFound);
        calendar.MapGet("", GetAsync).WithName("GetCalendar").WithSummary("What lies on the calendars of up to 50 instruments, at most 62 days").Produces<InstrumentTimeApi.Items<Times>>().Public();
        calendar.MapGet("/stream", StreamAsync).WithName("StreamCalendar").WithSummary("Server-sent events: which instrument's calendar changed, and where").ProducesProblem(StatusCodes.Status429TooManyRequests).Public();
    }

    private static async Task<IResult> GetAsync(HttpRequest http, CalendarQuery calendar, IClock clock, ProblemAnswers answers, CancellationToken cancel)
    {
        var list = ListQuery.Read(http, "instruments", "from", "to");
        var instruments = await InstrumentsAsync(list, calendar, cancel);
        if (InstrumentTimeApi.Range(list, instruments.FirstOrDefault()?.Zone ?? Words.DefaultZone, clock.GetCurrentInstant()) is not { } range || list.Problems.Count > 0) return answers.Of(list.Problems);
        return TypedResults.Ok(new InstrumentTimeApi.Items<Times>((await calendar.OfAsync(instruments, range, cancel)).Select(Times.Of).ToList()));
    }

    private static async Task<IResult> StreamAsync(HttpContext context, CalendarQuery calendar, CalendarChanges changes, Caller caller, ProblemAnswers answers, CancellationToken cancel)
    {
        var list = ListQuery.Read(context.Request, "instruments", "after");
        var instruments = await InstrumentsAsync(list, calendar, cancel);
        var after = context.Request.Headers["Last-Event-ID"].ToString() is { Length: > 0 } last ? last : list["after"];
        if (after is not null && !(long.TryParse(after, System.Globalization.CultureInfo.InvariantCulture, out var number) && number >= 0)) list.Problems.Add(Problem.Invalid("calendar.after", "after", ("value", after)));
        if (list.Problems.Count > 0) return answers.Of(list.Problems);

        var who = caller.PersonId is { } person ? person.Value.ToString() : context.Connection.RemoteIpAddress?.ToString() ?? "unknown";
        if (changes.Listen(who, caller.IsSignedIn, instruments.Select(i => i.Id.Value)) is not { } listener) return answers.Status(StatusCodes.Status429TooManyRequests, "calendar.too-many-listeners");
        context.Response.RegisterForDispose(listener);
        context.Response.Headers["X-Accel-Buffering"] = "no";
        return TypedResults.ServerSentEvents(ItemsAsync(changes, listener, after is null ? null : long.Parse(after, System.Globalization.CultureInfo.InvariantCulture), cancel));
    }

    private static async IAsyncEnumerable<SseItem<Change?>> ItemsAsync(CalendarChanges changes, CalendarListener listener, long? after, [EnumeratorCancellation] CancellationToken cancel)
    {
        yield return Heartbeat;
        if (after is { } position)
            foreach (var missed in await changes.SinceAsync(position, listener.Instruments, cancel)) yield return Item(missed);
        await foreach (var change in listener.ReadAsync(cancel)) yield return change is null ? Heartbeat : Item(change);
    }

    private static SseItem<Change?> Heartbeat => new(null, "heartbeat");

    private static SseItem<Change?> Item(CalendarChange change) =>
        new(new Change(change.Instrument, change.StartsAt, change.EndsAt), "changed") { EventId = change.Position.ToString(System.Globalization.CultureInfo.InvariantCulture) };

    private static async Task<List<InstrumentRules>> InstrumentsAsync(ListQuery list, CalendarQuery calendar, CancellationToken cancel)
    {
        var ids = new List<InstrumentId>();
        foreach (var text in (list["instruments"] ?? string.Empty).Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            if (Guid.TryParse(text, out var id)) ids.Add(new InstrumentId(id));
            else list.Problems.Add(Problem.Invalid("booking.id-unreadable", "instruments", ("value", text)));
        }

        ids = ids.Distinct().ToList();
        if (list.Problems.Count > 0) return [];
        if (ids.Count is 0 or > CalendarQuery.MostInstruments) list.Problems.Add(Problem.Invalid("calendar.instruments", "instruments", ("max", CalendarQuery.MostInstruments), ("count", ids.Count)));
        if (list.Problems.Count > 0) return [];
        var found = await calendar.InstrumentsAsync(ids, cancel);
        foreach (var unknown in ids.Except(found.Select(f => f.Id)))
            list.Problems.Add(new Problem("calendar.unknown-instrument", "instruments", new Dictionary<string, object?>(StringComparer.Ordinal) { ["value"] = unknown.Value }, Kind: ProblemKind.NotFound));
        return found;
    }
}
