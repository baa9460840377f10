using InstrumentShare.Access;
using InstrumentShare.Bookings.Conditions;
using InstrumentShare.Bookings.Series;
using InstrumentShare.Catalog;
using InstrumentShare.Kernel;
using InstrumentShare.Persistence;
using InstrumentShare.Web;
using NodaTime;

namespace InstrumentShare.Bookings;

/// <summary>Bookings over HTTP: the same use cases and refusals as the pages.</summary>
public static class BookingApi
{
    public sealed record BookRequest(string? InstrumentId, string? StartsAt, string? EndsAt, string? ServiceMode, string? Purpose, string? FundId, string? OverrideReason,
        string? GroupId = null, string? UsePlace = null, string? CustomsNotice = null, string? TechnicianId = null);

    /// <param name="Scope">Of a series: <c>this</c> (or nothing), <c>following</c> or <c>all</c>; then the answer names the series.</param>
    public sealed record RescheduleRequest(string? StartsAt, string? EndsAt, string? OverrideReason, string? Scope = null);

    /// <param name="Scope">As for a move.</param>
    public sealed record CancelRequest(string? Reason, string? Scope = null);

    public sealed record ReasonRequest(string? Reason);

    /// <summary>What a gate says of a booking that may be made all the same.</summary>
    public sealed record Condition(string Gate, ConditionEffect Effect, string Code, string Title)
    {
        public static IReadOnlyList<Condition> Of(IEnumerable<BookingCondition> conditions, Words words) => [.. conditions.Select(c => new Condition(c.Gate, c.Effect, c.Said.Code, words.Of(c.Said)))];
    }

    /// <param name="WaitsFor">Whom a request waits for next; null when it waits for nobody.</param>
    /// <param name="Conditions">What was said of a booking just made; absent of others.</param>
    public sealed record Booked(BookingId Id, BookingStatus Status, Instant StartsAt, Instant EndsAt, Money? Estimate, int Version, Approver? WaitsFor, IReadOnlyList<Condition>? Conditions = null)
    {
        public static Booked Of(Booking booking) => new(booking.Id, booking.Status, booking.StartsAt, booking.EndsAt, booking.Estimate, booking.Version, booking.ApprovalBy);

        public static Booked Of(Booking booking, Words words) => Of(booking) with { Conditions = Condition.Of(booking.Conditions, words) };
    }

    public static void Map(RouteGroupBuilder api)
    {
        InstrumentTimeApi.Map(api);
        SeriesApi.Map(api);
        Calendar.CalendarApi.Map(api);
        var bookings = api.MapGroup("/bookings").WithTags("Bookings").ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status409Conflict);
        bookings.MapPost("", BookAsync).WithName("BookInstrument").WithSummary("Book an instrument's time").Produces<Booked>(StatusCodes.Status201Created).RequirePermission(BookingPermissions.Create).Idempotent();
        bookings.MapGet("", BookingListApi.ListAsync).WithName("ListBookings").WithSummary("Own bookings, and those one's role covers").Produces<PageOf<BookingListApi.Item>>().RequirePermission(BookingListApi.Permission);
        bookings.MapGet("/{id:guid}", BookingListApi.OneAsync).WithName("GetBooking").WithSummary("One booking").Produces<BookingListApi.Detail>().ProducesProblem(StatusCodes.Status404NotFound).RequirePermission(BookingListApi.Permission);
        bookings.MapPost("/{id:guid}/reschedule", RescheduleAsync).WithName("RescheduleBooking").WithSummary("Move a booking to another time").Produces<Booked>().ProducesProblem(StatusCodes.Status412PreconditionFailed).RequirePermission(BookingPermissions.Create);
        PreviewApi.Map(bookings);
        bookings.MapPost("/{id:guid}/cancel", CancelAsync).WithName("CancelBooking").WithSummary("Give the time back").Produces<Booked>().RequirePermission(BookingPermissions.Create);
        bookings.MapPost("/{id:guid}/approve", ApproveAsync).WithName("ApproveBooking").WithSummary("Approve the present step of a request; the last one confirms it").Produces<Booked>().RequirePermission(BookingPermissions.Decide);
        bookings.MapPost("/{id:guid}/reject", RejectAsync).WithName("RejectBooking").WithSummary("Refuse a request with a reason").Produces<Booked>().RequirePermission(BookingPermissions.Decide);
    }

    private static async Task<IResult> BookAsync(BookRequest request, BookInstrument book, HttpResponse response, Words words, ProblemAnswers answers, CancellationToken cancel)
    {
        var problems = new List<Problem>();
        var wish = BookingInput.Read(request, problems);
        if (wish is null) return answers.Of(problems);
        var outcome = await book.RunAsync(wish, cancel);
        if (!outcome.IsOk) return answers.Of(outcome);
        response.SetETag(outcome.Value.Version);
        return TypedResults.Created($"/api/v1/bookings/{outcome.Value.Id.Value}", Booked.Of(outcome.Value, words));
    }

    private static async Task<IResult> RescheduleAsync(Guid id, RescheduleRequest body, HttpRequest http, RescheduleBooking reschedule, MoveSeries moveSeries, ProblemAnswers answers, CancellationToken cancel)
    {
        var problems = new List<Problem>();
        var startsAt = BookingInput.Time(body.StartsAt, "startsAt", problems);
        var endsAt = BookingInput.Time(body.EndsAt, "endsAt", problems);
        var scope = SeriesInput.Scope(body.Scope, problems);
        if (problems.Count > 0) return answers.Of(problems);
        if (scope != SeriesScope.This) return SeriesApi.Answer(await moveSeries.RunAsync(new(new BookingId(id), startsAt, endsAt, scope, http.IfMatch(), body.OverrideReason), cancel), answers);
        return Answer(await reschedule.RunAsync(new(new BookingId(id), startsAt, endsAt, http.IfMatch(), body.OverrideReason), cancel), http, answers);
    }

    private static async Task<IResult> CancelAsync(Guid id, CancelRequest? body, HttpRequest http, CancelBooking cancelBooking, CancelSeries cancelSeries, ProblemAnswers answers, CancellationToken cancel)
    {
        var problems = new List<Problem>();
        var scope = SeriesInput.Scope(body?.Scope, problems);
        if (problems.Count > 0) return answers.Of(problems);
        if (scope != SeriesScope.This) return SeriesApi.Answer(await cancelSeries.RunAsync(new BookingId(id), scope, body?.Reason, http.IfMatch(), cancel), answers);
        return Answer(await cancelBooking.RunAsync(new BookingId(id), body?.Reason, http.IfMatch(), cancel), http, answers);
    }

    private static async Task<IResult> ApproveAsync(Guid id, HttpRequest http, DecideBooking decide, ProblemAnswers answers, CancellationToken cancel) =>
        Answer(await decide.ApproveAsync(new BookingId(id), http.IfMatch(), cancel), http, answers);

    private static async Task<IResult> RejectAsync(Guid id, ReasonRequest? body, HttpRequest http, DecideBooking decide, ProblemAnswers answers, CancellationToken cancel) =>
        Answer(await decide.RejectAsync(new BookingId(id), body?.Reason, http.IfMatch(), cancel), http, answers);

    private static IResult Answer(Outcome<Booking> outcome, HttpRequest http, ProblemAnswers answers)
    {
        if (!outcome.IsOk) return answers.Of(outcome);
        http.HttpContext.Response.SetETag(outcome.Value.Version);
        return TypedResults.Ok(Booked.Of(outcome.Value));
    }
}
