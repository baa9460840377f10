using InstrumentShare.Access;
using InstrumentShare.Bookings;
using InstrumentShare.Kernel;
using InstrumentShare.Web;
using NodaTime;

namespace InstrumentShare.Orders.Samples;

/// <summary>Samples and batches over HTTP.</summary>
public static class SampleApi
{
    public sealed record PartRequest(Guid? OrderLineId, int? Count, string[]? Labels, string? Condition, string? Place);

    public sealed record ReceiveRequest(PartRequest[]? Parts);

    public sealed record ReturnRequest(Guid[]? Samples, string? How, string? To);

    public sealed record NoticeRequest(Guid[]? Samples, LocalDate? After);

    public sealed record DiscardRequest(Guid[]? Samples);

    public sealed record BatchRequest(Guid? InstrumentId, string? Name, Guid[]? SampleIds);

    public sealed record SamplesRequest(Guid[]? SampleIds);

    public sealed record TimeRequest(string? StartsAt, string? EndsAt, string? OverrideReason);

    public sealed record ResultRequest(Guid SampleId, string? Result, string? Note);

    public sealed record DoneRequest(ResultRequest[]? Results);

    public static void Map(RouteGroupBuilder api)
    {
        var orders = api.MapGroup("/orders/{id:guid}").WithTags("Orders");
        orders.MapGet("/samples", ListAsync).WithName("ListSamples").WithSummary("Samples of an order as they came in").RequirePermission(OrderPermissions.Read);
        orders.MapPost("/samples", ReceiveAsync).WithName("ReceiveSamples").WithSummary("Record samples that came in; each gets a code").RequirePermission(OrderPermissions.Handle).Idempotent();
        orders.MapPost("/samples/return", ReturnAsync).WithName("ReturnSamples").WithSummary("Give samples back").RequirePermission(OrderPermissions.Handle);
        orders.MapPost("/samples/announce-discard", AnnounceAsync).WithName("AnnounceDiscard").WithSummary("Tell when samples will be discarded").RequirePermission(OrderPermissions.Handle);
        orders.MapPost("/samples/discard", DiscardAsync).WithName("DiscardSamples").WithSummary("Discard samples after the day that was announced").RequirePermission(OrderPermissions.Handle);
        orders.MapPost("/deliver", DeliverAsync).WithName("DeliverOrder").WithSummary("Deliver an order whose samples are all settled").RequirePermission(OrderPermissions.Handle);
        orders.MapPost("/close", CloseAsync).WithName("CloseOrder").WithSummary("Close a delivered order").RequirePermission(OrderPermissions.Handle);
        api.MapGet("/samples/{code}", FindAsync).WithTags("Orders").WithName("FindSample").WithSummary("A sample by its code, with its history").RequirePermission(OrderPermissions.Read);

        var batches = api.MapGroup("/batches").WithTags("Orders");
        batches.MapGet("", BatchesAsync).WithName("ListBatches").WithSummary("Batches on instruments in one's care, newest first").RequirePermission(OrderPermissions.Handle);
        batches.MapPost("", CreateAsync).WithName("CreateBatch").WithSummary("Put samples together for an instrument").RequirePermission(OrderPermissions.Handle).Idempotent();
        batches.MapGet("/{id:guid}", BatchAsync).WithName("GetBatch").WithSummary("A batch with its samples").RequirePermission(OrderPermissions.Handle);
        batches.MapPost("/{id:guid}/samples", AddAsync).WithName("AddToBatch").WithSummary("Put more samples into a batch").RequirePermission(OrderPermissions.Handle);
        batches.MapDelete("/{id:guid}/samples/{sampleId:guid}", RemoveAsync).WithName("TakeFromBatch").WithSummary("Take a sample out of a batch").RequirePermission(OrderPermissions.Handle);
        batches.MapPost("/{id:guid}/book", BookAsync).WithName("BookBatch").WithSummary("Book the instrument for a batch").RequirePermission(OrderPermissions.Handle).Idempotent();
        batches.MapPost("/{id:guid}/done", DoneAsync).WithName("FinishBatch").WithSummary("Record what came of each sample").RequirePermission(OrderPermissions.Handle);
        batches.MapPost("/{id:guid}/cancel", CancelAsync).WithName("CancelBatch").WithSummary("Give a batch up; its samples wait for another").RequirePermission(OrderPermissions.Handle);
    }

    private static async Task<IResult> ListAsync(Guid id, OrderQueries orders, SampleQueries samples, ProblemAnswers answers, CancellationToken cancel)
    {
        if (await orders.OneAsync(new OrderId(id), cancel) is null) return answers.Of(Problem.NotFound());
        var rows = await samples.OfOrderAsync(new OrderId(id), cancel);
        return TypedResults.Ok(new PageOf<SampleRow>(rows, null, rows.Count));
    }

    private static async Task<IResult> ReceiveAsync(Guid id, ReceiveRequest body, ReceiveSamples receive, SampleQueries samples, HttpContext http, ProblemAnswers answers, CancellationToken cancel)
    {
        var parts = (body.Parts ?? []).Select(p => new ReceiveSamples.Part(p.OrderLineId, p.Count, p.Labels, p.Condition, p.Place)).ToList();
        var outcome = await receive.RunAsync(new OrderId(id), parts, http.Request.IfMatch(), cancel);
        if (!outcome.IsOk) return answers.Of(outcome);
        var rows = await samples.OfOrderAsync(outcome.Value.Id, cancel);
        return TypedResults.Created($"/api/v1/orders/{id}/samples", new PageOf<SampleRow>(rows, null, rows.Count));
    }

    private static Task<IResult> ReturnAsync(Guid id, ReturnRequest body, LeaveSamples leave, OrderQueries queries, HttpContext http, Words words, ProblemAnswers answers, CancellationToken cancel) =>
        OrderApi.AnswerAsync(leave.ReturnAsync(new OrderId(id), body.Samples ?? [], body.How, body.To, http.Request.IfMatch(), cancel), queries, http, words, answers, cancel);

    private static Task<IResult> AnnounceAsync(Guid id, NoticeRequest body, LeaveSamples leave, OrderQueries queries, HttpContext http, Words words, ProblemAnswers answers, CancellationToken cancel) =>
        OrderApi.AnswerAsync(leave.AnnounceAsync(new OrderId(id), body.Samples ?? [], body.After, http.Request.IfMatch(), cancel), queries, http, words, answers, cancel);

    private static Task<IResult> DiscardAsync(Guid id, DiscardRequest body, LeaveSamples leave, OrderQueries queries, HttpContext http, Words words, ProblemAnswers answers, CancellationToken cancel) =>
        OrderApi.AnswerAsync(leave.DiscardAsync(new OrderId(id), body.Samples ?? [], http.Request.IfMatch(), cancel), queries, http, words, answers, cancel);

    private static Task<IResult> DeliverAsync(Guid id, FinishOrder finish, OrderQueries queries, HttpContext http, Words words, ProblemAnswers answers, CancellationToken cancel) =>
        OrderApi.AnswerAsync(finish.DeliverAsync(new OrderId(id), http.Request.IfMatch(), cancel), queries, http, words, answers, cancel);

    private static Task<IResult> CloseAsync(Guid id, FinishOrder finish, OrderQueries queries, HttpContext http, Words words, ProblemAnswers answers, CancellationToken cancel) =>
        OrderApi.AnswerAsync(finish.CloseAsync(new OrderId(id), http.Request.IfMatch(), cancel), queries, http, words, answers, cancel);

    private static async Task<IResult> FindAsync(string code, SampleQueries samples, ProblemAnswers answers, CancellationToken cancel)
    {
        if (SampleCodeRules.Read(code) is null) return answers.Of(Problem.Invalid("sample.code", "code", ("value", code)));
        return await samples.FindAsync(code, null, cancel) is { } found ? TypedResults.Ok(found) : answers.Of(Problem.NotFound());
    }

    private static async Task<IResult> BatchesAsync(HttpRequest request, SampleQueries queries, ProblemAnswers answers, CancellationToken cancel)
    {
        var list = ListQuery.Read(request, "instrument");
        Guid? instrument = null, before = null;
        if (list["instrument"] is { } text)
        {
            if (Guid.TryParse(text, out var id)) instrument = id;
            else list.Problems.Add(Problem.Invalid("request.filter-value", "instrument", ("filter", "instrument"), ("value", text), ("known", "UUID")));
        }

        if (list.Cursor is { } cursor)
        {
            if (Guid.TryParse(cursor, out var last)) before = last;
            else list.Problems.Add(Problem.Invalid("request.cursor", "cursor", ("value", cursor)));
        }

        return list.Problems.Count > 0 ? answers.Of(list.Problems) : TypedResults.Ok(await queries.BatchesAsync(instrument, before, list.Limit, cancel));
    }

    private static async Task<IResult> CreateAsync(BatchRequest body, ChangeBatches change, SampleQueries queries, HttpContext http, ProblemAnswers answers, CancellationToken cancel)
    {
        var made = await change.CreateAsync(new(body.InstrumentId, body.Name, body.SampleIds), cancel);
        return made.IsOk ? TypedResults.Created($"/api/v1/batches/{made.Value.Id.Value}", await ShowAsync(made.Value.Id, queries, http, cancel)) : answers.Of(made);
    }

    private static async Task<IResult> BatchAsync(Guid id, SampleQueries queries, HttpContext http, ProblemAnswers answers, CancellationToken cancel) =>
        await ShowAsync(new BatchId(id), queries, http, cancel) is { } shown ? TypedResults.Ok(shown) : answers.Of(Problem.NotFound());

    private static Task<IResult> AddAsync(Guid id, SamplesRequest body, ChangeBatches change, SampleQueries queries, HttpContext http, ProblemAnswers answers, CancellationToken cancel) =>
        AnswerAsync(change.AddAsync(new BatchId(id), body.SampleIds ?? [], http.Request.IfMatch(), cancel), queries, http, answers, cancel);

    private static Task<IResult> RemoveAsync(Guid id, Guid sampleId, ChangeBatches change, SampleQueries queries, HttpContext http, ProblemAnswers answers, CancellationToken cancel) =>
        AnswerAsync(change.RemoveAsync(new BatchId(id), sampleId, http.Request.IfMatch(), cancel), queries, http, answers, cancel);

    private static async Task<IResult> BookAsync(Guid id, TimeRequest body, ChangeBatches change, SampleQueries queries, HttpContext http, ProblemAnswers answers, CancellationToken cancel)
    {
        var problems = new List<Problem>();
        var (startsAt, endsAt) = (BookingInput.Time(body.StartsAt, "startsAt", problems), BookingInput.Time(body.EndsAt, "endsAt", problems));
        return problems.Count > 0 ? answers.Of(problems) : await AnswerAsync(change.BookAsync(new BatchId(id), startsAt, endsAt, body.OverrideReason, http.Request.IfMatch(), cancel), queries, http, answers, cancel);
    }

    private static Task<IResult> DoneAsync(Guid id, DoneRequest body, ChangeBatches change, SampleQueries queries, HttpContext http, ProblemAnswers answers, CancellationToken cancel) =>
        AnswerAsync(change.DoneAsync(new BatchId(id), (body.Results ?? []).Select(r => new ChangeBatches.ResultOf(r.SampleId, r.Result, r.Note)).ToList(), http.Request.IfMatch(), cancel), queries, http, answers, cancel);

    private static Task<IResult> CancelAsync(Guid id, ChangeBatches change, SampleQueries queries, HttpContext http, ProblemAnswers answers, CancellationToken cancel) =>
        AnswerAsync(change.CancelAsync(new BatchId(id), http.Request.IfMatch(), cancel), queries, http, answers, cancel);

    private static async Task<IResult> AnswerAsync(Task<Outcome<Batch>> work, SampleQueries queries, HttpContext http, ProblemAnswers answers, CancellationToken cancel)
    {
        var outcome = await work;
        return outcome.IsOk ? TypedResults.Ok(await ShowAsync(outcome.Value.Id, queries, http, cancel)) : answers.Of(outcome);
    }

    private static async Task<BatchDetail?> ShowAsync(BatchId id, SampleQueries queries, HttpContext http, CancellationToken cancel)
    {
        if (await queries.BatchAsync(id, cancel) is not { } detail) return null;
        http.Response.SetETag(detail.Row.Version);
        return detail;
    }
}
