using InstrumentShare.Access;
using InstrumentShare.Kernel;
using InstrumentShare.Orders.Items;
using InstrumentShare.Orders.Quotes;
using InstrumentShare.Persistence;
using InstrumentShare.Web;
using NodaTime;

namespace InstrumentShare.Orders;

/// <summary>Orders over HTTP: the same use cases and refusals as the pages.</summary>
public static class OrderApi
{
    public sealed record LineRequest(Guid? TestItemId, string? Method, int? Samples, string? Description, string? Form, string[]? Hazards, string? Handling, bool WantsReturn = false);

    /// <param name="Submit">Sends it to the lab at once; else it stays a draft.</param>
    public sealed record OrderRequest(
        Guid? InstrumentId, Guid? InstitutionId, string? Customer, Guid? GroupId, string? Purpose, string? Note, LocalDate? WishedOn, LineRequest[]? Lines, bool Submit = false);

    public sealed record ReasonRequest(string? Reason);

    public sealed record QuoteLineRequest(Guid? OrderLineId, string? Label, int? Minutes, Money? Amount, string? Reason);

    public sealed record QuoteRequest(LocalDate? ValidUntil, string? Note, QuoteLineRequest[]? Lines);

    public sealed record QuoteAnswer(QuoteId Id, int Number, QuoteStatus Status, LocalDate ValidUntil, string Note, Money Total, Instant CreatedAt, Instant? DecidedAt, string? DecideReason, IReadOnlyList<QuoteLineAnswer> Lines);

    public sealed record QuoteLineAnswer(OrderLineId? OrderLineId, string Label, int Samples, Money Amount, string? Reason, IReadOnlyList<ExplanationText.Line> Steps);

    public sealed record LineAnswer(OrderLineId Id, TestItemId? TestItemId, string Method, int Samples, string Description, SampleForm Form, IReadOnlyList<string> Hazards, string Handling, bool WantsReturn);

    public sealed record Answer(
        OrderId Id, long Number, OrderStatus Status, NamedPlace Institution, NamedPlace? Instrument, string Person, OrderCustomer Customer, NamedPlace? Group, UserClass UserClass, string Purpose, string Note, LocalDate? WishedOn,
        Money? Price, string? EndReason, Instant CreatedAt, Instant? SubmittedAt, Instant? AcceptedAt, Instant? DeliveredAt, Instant? EndedAt, int Version, IReadOnlyList<LineAnswer> Lines, IReadOnlyList<QuoteAnswer> Quotes);

    public static void Map(RouteGroupBuilder api)
    {
        var orders = api.MapGroup("/orders").WithTags("Orders").ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status409Conflict);
        orders.MapPost("", CreateAsync).WithName("PlaceOrder").WithSummary("Order work on samples: as a draft, or sent to the lab").Produces<Answer>(StatusCodes.Status201Created).RequirePermission(OrderPermissions.Own).Idempotent();
        orders.MapGet("", ListAsync).WithName("ListOrders").WithSummary("Own orders, or those one's role covers; newest first").Produces<PageOf<OrderRow>>().RequirePermission(OrderPermissions.Read);
        orders.MapGet("/{id:guid}", OneAsync).WithName("GetOrder").WithSummary("An order with its lines and quotes").Produces<Answer>().RequirePermission(OrderPermissions.Read);
        orders.MapPut("/{id:guid}", ChangeAsync).WithName("ChangeOrder").WithSummary("Replace what a draft says").Produces<Answer>().RequirePermission(OrderPermissions.Own);
        orders.MapPost("/{id:guid}/submit", SubmitAsync).WithName("SubmitOrder").WithSummary("Send a draft to the lab").Produces<Answer>().RequirePermission(OrderPermissions.Own);
        orders.MapPost("/{id:guid}/withdraw", WithdrawAsync).WithName("WithdrawOrder").WithSummary("Take an order back, as its customer").Produces<Answer>().RequirePermission(OrderPermissions.Own);
        orders.MapPost("/{id:guid}/decline", DeclineAsync).WithName("DeclineOrder").WithSummary("Say that the lab will not do it").Produces<Answer>().RequirePermission(OrderPermissions.Quote);
        orders.MapPost("/{id:guid}/cancel", CancelAsync).WithName("CancelOrder").WithSummary("End an accepted order, as its lab").Produces<Answer>().RequirePermission(OrderPermissions.Quote);
        orders.MapPost("/{id:guid}/quotes", QuoteAsync).WithName("QuoteOrder").WithSummary("Make a quote; one still open is replaced").Produces<Answer>(StatusCodes.Status201Created).RequirePermission(OrderPermissions.Quote).Idempotent();
        orders.MapPost("/{id:guid}/quotes/{quoteId:guid}/accept", AcceptAsync).WithName("AcceptQuote").WithSummary("Accept an open quote: its total is the price").Produces<Answer>().RequirePermission(OrderPermissions.Own);
        orders.MapPost("/{id:guid}/quotes/{quoteId:guid}/refuse", RefuseAsync).WithName("RefuseQuote").WithSummary("Refuse an open quote with a reason").Produces<Answer>().RequirePermission(OrderPermissions.Own);
    }

    private static OrderInput Read(OrderRequest r) => new(
        r.InstrumentId, r.InstitutionId, r.Customer, r.GroupId, r.Purpose, r.Note, r.WishedOn,
        (r.Lines ?? []).Select(l => new OrderLineInput(l.TestItemId, l.Method, l.Samples, l.Description, l.Form, l.Hazards, l.Handling, l.WantsReturn)).ToList());

    private static async Task<IResult> CreateAsync(OrderRequest body, PlaceOrder place, OrderQueries queries, HttpContext http, Words words, ProblemAnswers answers, CancellationToken cancel)
    {
        var outcome = await place.CreateAsync(Read(body), body.Submit, cancel);
        return outcome.IsOk ? TypedResults.Created($"/api/v1/orders/{outcome.Value.Id.Value}", await ShowAsync(outcome.Value.Id, queries, http, words, cancel)) : answers.Of(outcome);
    }

    private static async Task<IResult> ListAsync(HttpRequest request, OrderQueries queries, ProblemAnswers answers, CancellationToken cancel)
    {
        var list = ListQuery.Read(request, "mine", "status", "instrument");
        var filter = ReadFilter(list);
        return list.Problems.Count > 0 ? answers.Of(list.Problems) : TypedResults.Ok(await queries.ListAsync(filter, cancel));
    }

    /// <summary>Without a word the caller's own; <c>mine=false</c> for those that a role covers.</summary>
    public static OrderFilter ReadFilter(ListQuery list)
    {
        var mine = list["mine"] switch { null or "true" => true, "false" => false, var text => Wrong<bool>(list, "mine", text, "true, false") ?? true };
        OrderStatus? status = list["status"] is not { } word ? null : Word.TryParse<OrderStatus>(word, out var known) ? known : Wrong<OrderStatus>(list, "status", word, string.Join(", ", Word.All<OrderStatus>()));
        Guid? instrument = list["instrument"] is not { } id ? null : Guid.TryParse(id, out var guid) ? guid : Wrong<Guid>(list, "instrument", id, "UUID");
        long? before = null;
        if (list.Cursor is { } cursor && (before = ReadCursor(cursor)) is null) list.Problems.Add(Problem.Invalid("request.cursor", "cursor", ("value", cursor)));
        return new OrderFilter(mine, status, instrument, before, list.Limit);
    }

    /// <summary>The number that a cursor names; null when it is not one of ours.</summary>
    public static long? ReadCursor(string? cursor) => long.TryParse(cursor, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var number) ? number : null;

    private static T? Wrong<T>(ListQuery list, string name, string value, string known) where T : struct
    {
        list.Problems.Add(Problem.Invalid("request.filter-value", name, ("filter", name), ("value", value), ("known", known)));
        return null;
    }

    private static async Task<IResult> OneAsync(Guid id, OrderQueries queries, HttpContext http, Words words, ProblemAnswers answers, CancellationToken cancel) =>
        await ShowAsync(new OrderId(id), queries, http, words, cancel) is { } shown ? TypedResults.Ok(shown) : answers.Of(Problem.NotFound());

    private static Task<IResult> ChangeAsync(Guid id, OrderRequest body, PlaceOrder place, OrderQueries queries, HttpContext http, Words words, ProblemAnswers answers, CancellationToken cancel) =>
        AnswerAsync(place.ChangeAsync(new OrderId(id), Read(body), body.Submit, http.Request.IfMatch(), cancel), queries, http, words, answers, cancel);

    private static Task<IResult> SubmitAsync(Guid id, PlaceOrder place, OrderQueries queries, HttpContext http, Words words, ProblemAnswers answers, CancellationToken cancel) =>
        AnswerAsync(place.SubmitAsync(new OrderId(id), http.Request.IfMatch(), cancel), queries, http, words, answers, cancel);

    private static Task<IResult> WithdrawAsync(Guid id, ReasonRequest? body, EndOrder end, OrderQueries queries, HttpContext http, Words words, ProblemAnswers answers, CancellationToken cancel) =>
        AnswerAsync(end.WithdrawAsync(new OrderId(id), body?.Reason, http.Request.IfMatch(), cancel), queries, http, words, answers, cancel);

    private static Task<IResult> DeclineAsync(Guid id, ReasonRequest? body, EndOrder end, OrderQueries queries, HttpContext http, Words words, ProblemAnswers answers, CancellationToken cancel) =>
        AnswerAsync(end.DeclineAsync(new OrderId(id), body?.Reason, http.Request.IfMatch(), cancel), queries, http, words, answers, cancel);

    private static Task<IResult> CancelAsync(Guid id, ReasonRequest? body, EndOrder end, OrderQueries queries, HttpContext http, Words words, ProblemAnswers answers, CancellationToken cancel) =>
        AnswerAsync(end.CancelAsync(new OrderId(id), body?.Reason, http.Request.IfMatch(), cancel), queries, http, words, answers, cancel);

    private static async Task<IResult> QuoteAsync(Guid id, QuoteRequest body, QuoteOrder quote, OrderQueries queries, HttpContext http, Words words, ProblemAnswers answers, CancellationToken cancel)
    {
        var lines = (body.Lines ?? []).Select(l => new QuoteLineInput(l.OrderLineId, l.Label, l.Minutes, l.Amount, l.Reason)).ToList();
        var outcome = await quote.RunAsync(new OrderId(id), new(body.ValidUntil, body.Note, lines), http.Request.IfMatch(), cancel);
        return outcome.IsOk ? TypedResults.Created($"/api/v1/orders/{id}", await ShowAsync(outcome.Value.Id, queries, http, words, cancel)) : answers.Of(outcome);
    }

    private static Task<IResult> AcceptAsync(Guid id, Guid quoteId, DecideQuote decide, OrderQueries queries, HttpContext http, Words words, ProblemAnswers answers, CancellationToken cancel) =>
        AnswerAsync(decide.AcceptAsync(new OrderId(id), new QuoteId(quoteId), http.Request.IfMatch(), cancel), queries, http, words, answers, cancel);

    private static Task<IResult> RefuseAsync(Guid id, Guid quoteId, ReasonRequest? body, DecideQuote decide, OrderQueries queries, HttpContext http, Words words, ProblemAnswers answers, CancellationToken cancel) =>
        AnswerAsync(decide.RefuseAsync(new OrderId(id), new QuoteId(quoteId), body?.Reason, http.Request.IfMatch(), cancel), queries, http, words, answers, cancel);

    /// <summary>The order as it stands after a change, or why it was not made.</summary>
    internal static async Task<IResult> AnswerAsync(Task<Outcome<Order>> work, OrderQueries queries, HttpContext http, Words words, ProblemAnswers answers, CancellationToken cancel)
    {
        var outcome = await work;
        return outcome.IsOk ? TypedResults.Ok(await ShowAsync(outcome.Value.Id, queries, http, words, cancel)) : answers.Of(outcome);
    }

    private static async Task<Answer?> ShowAsync(OrderId id, OrderQueries queries, HttpContext http, Words words, CancellationToken cancel)
    {
        if (await queries.OneAsync(id, cancel) is not { } d) return null;
        var (o, r) = (d.Order, d.Row);
        http.Response.SetETag(o.Version);
        return new Answer(
            o.Id, o.Number, o.Status, r.Institution, r.Instrument, r.Person, o.Customer, d.Group, o.UserClass, o.Purpose, o.Note, o.WishedOn, r.Price, o.EndReason, o.CreatedAt, o.SubmittedAt, o.AcceptedAt, o.DeliveredAt, o.EndedAt, o.Version,
            d.Lines.Select(l => new LineAnswer(l.Id, l.TestItemId, l.Method, l.Samples, l.Description, l.Form, l.Hazards, l.Handling, l.WantsReturn)).ToList(),
            d.Quotes.Select(q => new QuoteAnswer(q.Id, q.Number, q.Status, q.ValidUntil, q.Note, q.Total, q.CreatedAt, q.DecidedAt, q.DecideReason,
                q.Lines.Select(l => new QuoteLineAnswer(l.OrderLineId, l.Label, l.Samples, l.Amount, l.Reason, ExplanationText.Of(l.Steps, words, d.Zone))).ToList())).ToList());
    }
}
