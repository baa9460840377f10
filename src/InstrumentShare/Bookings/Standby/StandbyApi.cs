using InstrumentShare.Access;
using InstrumentShare.Catalog;
using InstrumentShare.Kernel;
using InstrumentShare.Web;
using NodaTime;

namespace InstrumentShare.Bookings.Standby;

/// <summary>The waiting list over HTTP.</summary>
public static class StandbyApi
{
    /// <param name="Minutes">The length wanted; the whole window when absent.</param>
    public sealed record JoinRequest(
        string? StartsAt, string? EndsAt, int? Minutes = null, string? ServiceMode = null, string? Purpose = null, string? FundId = null, string? GroupId = null, string? UsePlace = null, string? CustomsNotice = null);

    public sealed record Offer(StandbyOfferId Id, Instant StartsAt, Instant EndsAt, Instant OfferedAt, Instant AnswerBy);

    /// <param name="Place">From 1, among those who wait for overlapping time; null when it is over.</param>
    /// <param name="Person">For the instrument's staff.</param>
    public sealed record Item(
        StandbyId Id, Guid InstrumentId, StandbyStatus Status, Instant StartsAt, Instant EndsAt, int Minutes, ServiceMode ServiceMode, string Purpose, int? Place, Instant CreatedAt, BookingId? BookingId, Offer? Offer, string? Person = null)
    {
        public static Item Of(StandbyRow row, bool named = false) => new(
            row.Id, row.InstrumentId.Value, row.Status, row.StartsAt, row.EndsAt, row.Minutes, row.ServiceMode, row.Purpose, row.Place, row.CreatedAt, row.BookingId,
            row.Offer is { } o ? new Offer(o.Id, o.StartsAt, o.EndsAt, o.OfferedAt, o.AnswerBy) : null, named ? row.Person : null);
    }

    /// <param name="Items">The line in its order, for the instrument's staff; null for everyone else.</param>
    public sealed record Line(int Waiting, int Offered, IReadOnlyList<Item>? Items, IReadOnlyList<OfferedRow> Offers);

    public static void Map(RouteGroupBuilder api)
    {
        var instruments = api.MapGroup("/instruments/{id:guid}/standby").WithTags("Standby").ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status404NotFound);
        instruments.MapPost("", JoinAsync).WithName("JoinStandby").WithSummary("Wait for time that is taken").Produces<Item>(StatusCodes.Status201Created).ProducesProblem(StatusCodes.Status409Conflict).RequirePermission(BookingPermissions.Create).Idempotent();
        instruments.MapGet("", LineAsync).WithName("GetStandbyLine").WithSummary("Who waits for an instrument: how many, and for its staff who").Produces<Line>().RequirePermission(BookingPermissions.Read);
        var standby = api.MapGroup("/standby").WithTags("Standby").ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status404NotFound);
        standby.MapGet("", ListAsync).WithName("ListStandby").WithSummary("Own places on waiting lists").Produces<PageOf<Item>>().RequirePermission(BookingPermissions.Create);
        standby.MapGet("/{id:guid}", OneAsync).WithName("GetStandby").WithSummary("One place of one's own").Produces<Item>().RequirePermission(BookingPermissions.Create);
        standby.MapPost("/{id:guid}/withdraw", WithdrawAsync).WithName("WithdrawStandby").WithSummary("Leave the line").Produces<Item>().ProducesProblem(StatusCodes.Status409Conflict).RequirePermission(BookingPermissions.Create);
        standby.MapPost("/offers/{id:guid}/accept", AcceptAsync).WithName("AcceptStandbyOffer").WithSummary("Take an offered time: it is booked by the rules as of now").Produces<BookingApi.Booked>().ProducesProblem(StatusCodes.Status409Conflict).RequirePermission(BookingPermissions.Create);
        standby.MapPost("/offers/{id:guid}/decline", DeclineAsync).WithName("DeclineStandbyOffer").WithSummary("Let an offered time go to the next").Produces<Item>().ProducesProblem(StatusCodes.Status409Conflict).RequirePermission(BookingPermissions.Create);
    }

    private static async Task<IResult> JoinAsync(Guid id, JoinRequest body, JoinStandby join, StandbyQueries queries, ProblemAnswers answers, CancellationToken cancel)
    {
        var problems = new List<Problem>();
        var (instrument, mode, fund, group) = BookingInput.ReadWish(id.ToString(), body.ServiceMode, body.FundId, body.GroupId, problems);
        var (startsAt, endsAt) = (BookingInput.Time(body.StartsAt, "startsAt", problems), BookingInput.Time(body.EndsAt, "endsAt", problems));
        if (problems.Count > 0) return answers.Of(problems);
        var joined = await join.RunAsync(new(instrument, startsAt, endsAt, body.Minutes, mode, body.Purpose, fund, group, body.UsePlace, body.CustomsNotice), cancel);
        return joined.IsOk ? TypedResults.Created($"/api/v1/standby/{joined.Value.Id.Value}", await ShowAsync(joined.Value, queries, cancel)) : answers.Of(joined);
    }

    private static async Task<IResult> LineAsync(Guid id, HttpRequest http, StandbyQueries queries, ProblemAnswers answers, CancellationToken cancel)
    {
        var list = ListQuery.Read(http);
        if (list.Problems.Count > 0) return answers.Of(list.Problems);
        if (await queries.OfAsync(new InstrumentId(id), cancel) is not { } line) return answers.Of(Problem.NotFound());
        return TypedResults.Ok(new Line(line.Waiting, line.Offered, line.Line?.Select(r => Item.Of(r, named: true)).ToList(), line.Offers));
    }

    private static async Task<IResult> ListAsync(HttpRequest http, StandbyQueries queries, ProblemAnswers answers, CancellationToken cancel)
    {
        var list = ListQuery.Read(http, "mine", "open");
        var open = list["open"] is "true";
        // Only one's own are listed here; an instrument's staff read its line.
        if (list["mine"] is not (null or "true")) list.Problems.Add(Problem.Invalid("booking.filter-value", "mine", ("value", list["mine"]), ("known", "true")));
        if (list["open"] is not (null or "true" or "false")) list.Problems.Add(Problem.Invalid("booking.filter-value", "open", ("value", list["open"]), ("known", "true, false")));
        if (list.Cursor is { } cursor && StandbyQueries.ReadKey(cursor) is null) list.Problems.Add(Problem.Invalid("request.cursor", "cursor", ("value", list["cursor"])));
        if (list.Problems.Count > 0) return answers.Of(list.Problems);
        var page = await queries.MineAsync(open, list.Cursor, list.Limit, cancel);
        return TypedResults.Ok(new PageOf<Item>(page.Items.Select(r => Item.Of(r)).ToList(), page.NextCursor, page.Total));
    }

    private static async Task<IResult> OneAsync(Guid id, StandbyQueries queries, ProblemAnswers answers, CancellationToken cancel) =>
        await queries.FindAsync(new StandbyId(id), cancel) is { } row ? TypedResults.Ok(Item.Of(row)) : answers.Of(Problem.NotFound());

    private static async Task<IResult> WithdrawAsync(Guid id, WithdrawStandby withdraw, StandbyQueries queries, ProblemAnswers answers, CancellationToken cancel)
    {
        var done = await withdraw.RunAsync(new StandbyId(id), cancel);
        return done.IsOk ? TypedResults.Ok(await ShowAsync(done.Value, queries, cancel)) : answers.Of(done);
    }

    private static async Task<IResult> AcceptAsync(Guid id, HttpResponse response, AnswerOffer answer, Words words, ProblemAnswers answers, CancellationToken cancel)
    {
        var booked = await answer.AcceptAsync(new StandbyOfferId(id), cancel);
        if (!booked.IsOk) return answers.Of(booked);
        response.SetETag(booked.Value.Version);
        return TypedResults.Ok(BookingApi.Booked.Of(booked.Value, words));
    }

    private static async Task<IResult> DeclineAsync(Guid id, AnswerOffer answer, StandbyQueries queries, ProblemAnswers answers, CancellationToken cancel)
    {
        var declined = await answer.DeclineAsync(new StandbyOfferId(id), cancel);
        return declined.IsOk ? TypedResults.Ok(await ShowAsync(declined.Value, queries, cancel)) : answers.Of(declined);
    }

    private static async Task<Item> ShowAsync(StandbyRequest request, StandbyQueries queries, CancellationToken cancel) => Item.Of((await queries.FindAsync(request.Id, cancel))!);
}
