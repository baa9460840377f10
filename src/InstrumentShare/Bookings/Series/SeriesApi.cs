using InstrumentShare.Access;
using InstrumentShare.Kernel;
using InstrumentShare.Web;
using NodaTime;

namespace InstrumentShare.Bookings.Series;

/// <summary>Series of bookings over HTTP. Their times are those of the instrument's clock, since that is what repeats.</summary>
public static class SeriesApi
{
    /// <param name="LocalStart">The first start on the instrument's clock, such as 2026-03-03T09:00.</param>
    /// <param name="Conflicts"><c>fail</c> (or nothing): all dates or none; <c>skip</c>: those that can be.</param>
    /// <param name="DryRun">Say what would come of each date and write nothing.</param>
    public sealed record CreateRequest(
        string? InstrumentId, string? LocalStart, string? LocalEnd, string? Rrule, IReadOnlyList<string>? ExDates = null, IReadOnlyList<string>? RDates = null, string? Conflicts = null,
        string? ServiceMode = null, string? Purpose = null, string? FundId = null, string? GroupId = null, string? UsePlace = null, string? CustomsNotice = null, bool DryRun = false, string? OverrideReason = null);

    /// <param name="Dates">Ids of the dates to try; all that were skipped when absent.</param>
    public sealed record AddRequest(IReadOnlyList<string>? Dates);

    public sealed record ExtendRequest(string? Rrule);

    public sealed record Changed(SeriesId SeriesId);

    public sealed record Reason(string Code, string Message);

    /// <param name="ClockTwice">Whether clocks show the start twice that day; the first is meant.</param>
    /// <param name="Overridden">The rules that the reason given goes over.</param>
    public sealed record PlanDate(LocalDateTime LocalStart, Instant? StartsAt, Instant? EndsAt, bool ClockTwice, bool Bookable, BookingId? BookingId, Money? Estimate, IReadOnlyList<Reason> Problems, IReadOnlyList<string> Overridden, IReadOnlyList<BookingApi.Condition> Conditions);

    /// <param name="Id">Null where nothing was written.</param>
    public sealed record Plan(SeriesId? Id, int Bookable, int Failing, bool MayBeBooked, bool NeedsApproval, Money? Total, IReadOnlyList<PlanDate> Dates);

    public sealed record Date(
        SeriesDateId Id, LocalDateTime LocalStart, BookingId? BookingId, BookingStatus? Status, Instant? StartsAt, Instant? EndsAt, int? Version, IReadOnlyList<Reason> Problems);

    public sealed record Detail(
        SeriesId Id, Guid InstrumentId, string Person, bool Mine, string Rrule, LocalDateTime LocalStart, int Minutes, string TimeZone, IReadOnlyList<LocalDateTime> ExDates,
        IReadOnlyList<LocalDateTime> RDates, SeriesConflicts Conflicts, SeriesId? SplitFrom, int Version, IReadOnlyList<Date> Dates);

    public sealed record Row(
        SeriesId Id, BookingListApi.Named Instrument, string Rrule, LocalDateTime LocalStart, int Minutes, string TimeZone, Instant? NextStartsAt, int Coming, int Skipped, int Version);

    public static void Map(RouteGroupBuilder api)
    {
        var series = api.MapGroup("/booking-series").WithTags("Bookings").ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status409Conflict);
        series.MapPost("", CreateAsync).WithName("BookSeries").WithSummary("Book by a recurrence rule (RFC 5545), or preview it with dryRun").Produces<Plan>(StatusCodes.Status201Created).Produces<Plan>().RequirePermission(BookingPermissions.Create).Idempotent();
        series.MapGet("", ListAsync).WithName("ListBookingSeries").WithSummary("One's own series, the newest first").Produces<PageOf<Row>>().RequirePermission(BookingPermissions.Read);
        series.MapGet("/{id:guid}", OneAsync).WithName("GetBookingSeries").WithSummary("A series with all its dates").Produces<Detail>().ProducesProblem(StatusCodes.Status404NotFound).RequirePermission(BookingPermissions.Read);
        series.MapPost("/{id:guid}/add-skipped", AddSkippedAsync).WithName("AddSkippedDates").WithSummary("Try dates again that were skipped").Produces<Plan>().RequirePermission(BookingPermissions.Create).Idempotent();
        series.MapPost("/{id:guid}/approve", ApproveAsync).WithName("ApproveBookingSeries").WithSummary("Confirm all requests of a series").Produces<Changed>().RequirePermission(BookingPermissions.Decide);
        series.MapPost("/{id:guid}/reject", RejectAsync).WithName("RejectBookingSeries").WithSummary("Refuse all requests of a series with a reason").Produces<Changed>().RequirePermission(BookingPermissions.Decide);
        series.MapPost("/{id:guid}/extend", ExtendAsync).WithName("ExtendBookingSeries").WithSummary("Book further dates by a later end of the rule").Produces<Plan>().RequirePermission(BookingPermissions.Create).Idempotent();
    }

    /// <summary>The series that the dates are of by now.</summary>
    internal static IResult Answer(Outcome<SeriesId> outcome, ProblemAnswers answers) => outcome.IsOk ? TypedResults.Ok(new Changed(outcome.Value)) : answers.Of(outcome);

    private static async Task<IResult> ApproveAsync(Guid id, DecideSeries decide, ProblemAnswers answers, CancellationToken cancel) => Answer(await decide.ApproveAsync(new SeriesId(id), cancel), answers);

    private static async Task<IResult> RejectAsync(Guid id, BookingApi.ReasonRequest? body, DecideSeries decide, ProblemAnswers answers, CancellationToken cancel) =>
        Answer(await decide.RejectAsync(new SeriesId(id), body?.Reason, cancel), answers);

    private static async Task<IResult> CreateAsync(CreateRequest body, BookSeries book, ProblemAnswers answers, Words words, CancellationToken cancel)
    {
        var problems = new List<Problem>();
        if (SeriesInput.Read(body, problems) is not { } request) return answers.Of(problems);
        var outcome = body.DryRun ? await book.PreviewAsync(request, cancel) : await book.RunAsync(request, cancel);
        if (!outcome.IsOk) return answers.Of(outcome);
        return body.DryRun ? TypedResults.Ok(Show(outcome.Value, words, null)) : TypedResults.Created($"/api/v1/booking-series/{outcome.Value.Series.Id.Value}", Show(outcome.Value, words, outcome.Value.Series.Id));
    }

    private static async Task<IResult> ListAsync(HttpRequest http, SeriesQueries queries, ProblemAnswers answers, CancellationToken cancel)
    {
        var list = ListQuery.Read(http);
        if (list.Cursor is { } cursor && !Guid.TryParse(cursor, out _)) list.Problems.Add(Problem.Invalid("request.cursor", "cursor", ("value", list["cursor"])));
        if (list.Problems.Count > 0) return answers.Of(list.Problems);
        var page = await queries.MineAsync(list.Cursor is { } last ? Guid.Parse(last) : null, list.Limit, cancel);
        return TypedResults.Ok(new PageOf<Row>(page.Items.Select(r => new Row(
            r.Series.Id, new BookingListApi.Named(r.Series.InstrumentId.Value, r.InstrumentName, r.InstrumentNameEn), r.Series.Rrule, r.Series.StartsAt, r.Series.Minutes, r.Series.Zone, r.Next, r.Coming, r.Skipped, r.Series.Version)).ToList(),
            page.NextCursor, page.Total));
    }

    private static async Task<IResult> OneAsync(Guid id, HttpResponse response, SeriesQueries queries, Caller caller, ProblemAnswers answers, Words words, CancellationToken cancel)
    {
        if (await queries.FindAsync(new SeriesId(id), cancel) is not var (series, instrument, person, dates)) return answers.Of(Problem.NotFound());
        response.SetETag(series.Version);
        return TypedResults.Ok(new Detail(
            series.Id, instrument.Id.Value, person, caller.PersonId == series.PersonId, series.Rrule, series.StartsAt, series.Minutes, series.Zone, series.ExDates, series.RDates, series.Conflicts, series.SplitFrom, series.Version,
            dates.Select(d => new Date(d.Date.Id, d.Date.StartsAt, d.Date.BookingId, d.Booking?.Status, d.Booking?.StartsAt, d.Booking?.EndsAt, d.Booking?.Version,
                d.Date.Problems.Select(p => new Reason(p.Code, p.Texts.GetValueOrDefault(words.Language, p.Code))).ToList())).ToList()));
    }

    private static async Task<IResult> AddSkippedAsync(Guid id, AddRequest? body, AddSeriesDates add, ProblemAnswers answers, Words words, CancellationToken cancel)
    {
        var only = new List<SeriesDateId>();
        foreach (var text in body?.Dates ?? [])
        {
            if (!Guid.TryParse(text, out var date)) return answers.Of(Problem.Invalid("booking.id-unreadable", "dates", ("value", text)));
            only.Add(new SeriesDateId(date));
        }

        return Answer(await add.AddSkippedAsync(new SeriesId(id), only, cancel), answers, words);
    }

    private static async Task<IResult> ExtendAsync(Guid id, ExtendRequest body, AddSeriesDates add, ProblemAnswers answers, Words words, CancellationToken cancel) =>
        Answer(await add.ExtendAsync(new SeriesId(id), body.Rrule, cancel), answers, words);

    private static IResult Answer(Outcome<SeriesPlan> outcome, ProblemAnswers answers, Words words) => outcome.IsOk ? TypedResults.Ok(Show(outcome.Value, words, outcome.Value.Series.Id)) : answers.Of(outcome);

    private static Plan Show(SeriesPlan plan, Words words, SeriesId? id) => new(
        id, plan.Bookings.Count, plan.Failing.Count, plan.MayBeBooked, plan.NeedsApproval, plan.Total,
        plan.Dates.Select(d => new PlanDate(d.Date.Local, d.Date.Slot?.StartsAt, d.Date.Slot?.EndsAt, d.Date.IsTwice, d.Booking is not null, id is null ? null : d.Booking?.Id, d.Booking?.Estimate,
            d.Date.Problems.In(plan.Instrument).Select(p => new Reason(p.Code, words.Of(p))).ToList(), d.Date.Overridden.Select(p => p.Code).ToList(), BookingApi.Condition.Of(d.Date.Conditions, words))).ToList());
}
