using System.Globalization;
using InstrumentShare.Access;
using InstrumentShare.Bookings.Series;
using InstrumentShare.Catalog;
using InstrumentShare.Kernel;
using InstrumentShare.Web;
using NodaTime;

namespace InstrumentShare.Bookings;

/// <summary>An instrument's calendar and free time, for everyone who may see the instrument.</summary>
public static class InstrumentTimeApi
{
    public sealed record Items<T>(IReadOnlyList<T> List)
    {
        [System.Text.Json.Serialization.JsonPropertyName("items")]
        public IReadOnlyList<T> List { get; } = List;
    }

    public sealed record Slot(Instant StartsAt, Instant EndsAt);

    /// <param name="Problems">Why nothing is offered, where the caller cannot book any of the free time.</param>
    public sealed record Offered(IReadOnlyList<Slot> Items, IReadOnlyList<SeriesApi.Reason> Problems);

    public static void Map(RouteGroupBuilder api)
    {
        var instruments = api.MapGroup("/instruments/{id:guid}").WithTags("Bookings").ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status404NotFound);
        instruments.MapGet("/calendar", CalendarAsync).WithName("GetInstrumentCalendar").WithSummary("What lies on the calendar, at most 62 days").Produces<Items<CalendarItem>>().Public();
        instruments.MapGet("/free-slots", FreeSlotsAsync).WithName("GetFreeSlots").WithSummary("Free slots of a length that satisfy every rule for the caller").Produces<Offered>().Public();
    }

    private static async Task<IResult> CalendarAsync(Guid id, HttpRequest http, CalendarQuery calendar, IClock clock, ProblemAnswers answers, CancellationToken cancel)
    {
        var list = ListQuery.Read(http, "from", "to");
        if (await calendar.HeadAsync(new InstrumentId(id), cancel) is not { } instrument) return answers.Of(Problem.NotFound());
        if (Range(list, instrument.Zone, clock.GetCurrentInstant()) is not { } range) return answers.Of(list.Problems);
        return TypedResults.Ok(new Items<CalendarItem>(await calendar.OfAsync(instrument, range, cancel)));
    }

    private static async Task<IResult> FreeSlotsAsync(Guid id, HttpRequest http, CalendarQuery calendar, FreeForCaller mine, Words words, IClock clock, ProblemAnswers answers, CancellationToken cancel)
    {
        var list = ListQuery.Read(http, "from", "to", "minutes", "serviceMode");
        if (await calendar.InstrumentAsync(new InstrumentId(id), cancel) is not { } instrument) return answers.Of(Problem.NotFound());
        var now = clock.GetCurrentInstant();
        var minutes = instrument.RulesOn(instrument.DateOf(now))?.MinMinutes ?? 60;
        if (list["minutes"] is { } text && (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out minutes) || minutes is < 1 or > 44_640))
            list.Problems.Add(Problem.Invalid("booking.minutes", "minutes", ("value", text)));
        var mode = BookingInput.Mode(list["serviceMode"], list.Problems);
        if (Range(list, instrument.Zone, now) is not { } range) return answers.Of(list.Problems);
        var free = await calendar.FreeAsync(instrument, range, cancel, mode);
        var (slots, against) = await mine.OfAsync(instrument, mode, free.OneAfterAnother(range, Duration.FromMinutes(minutes)).Take(list.Limit).ToList(), cancel);
        return TypedResults.Ok(new Offered(slots.Select(s => new Slot(s.StartsAt, s.EndsAt)).ToList(), against.ToList().In(instrument).Select(p => new SeriesApi.Reason(p.Code, words.Of(p))).ToList()));
    }

    /// <summary>What <c>from</c> and <c>to</c> say; without bounds seven days from today's midnight in the zone.</summary>
    public static TimeSlot? Range(ListQuery list, DateTimeZone zone, Instant now)
    {
        var from = BookingInput.QueryTime(list["from"], "from", list.Problems);
        var to = BookingInput.QueryTime(list["to"], "to", list.Problems);
        if (list.Problems.Count > 0) return null;
        var start = from ?? zone.AtStartOfDay((to is { } end && end < now ? end - Duration.FromDays(7) : now).InZone(zone).Date).ToInstant();
        var until = to ?? start + Duration.FromDays(7);
        if (until <= start) list.Problems.Add(Problem.Invalid("booking.range-backwards", "to"));
        else if (until - start > CalendarQuery.LongestRange) list.Problems.Add(Problem.Invalid("booking.range-too-long", "to", ("days", 62)));
        return list.Problems.Count > 0 ? null : new TimeSlot(start, until);
    }
}
