using InstrumentShare.Access;
using InstrumentShare.Bookings;
using InstrumentShare.Catalog;
using InstrumentShare.Kernel;
using InstrumentShare.Persistence;
using InstrumentShare.Web;
using NodaTime;

namespace InstrumentShare.Usage;

public static class UsageApi
{
    public sealed record CheckOutRequest(int? Samples, string? Feedback);

    public sealed record RecordRequest(
        Guid? InstrumentId, Guid? PersonId, Guid? BookingId, short? Unit, Instant? StartsAt, Instant? EndsAt, ServiceMode? ServiceMode, string? Purpose, int? Samples, string? Feedback, string? Reason);

    public sealed record CorrectRequest(Instant? StartsAt, Instant? EndsAt, int? Samples, string? Feedback, ServiceMode? ServiceMode, string? Reason);

    public static void Map(RouteGroupBuilder api)
    {
        var bookings = api.MapGroup("/bookings/{id:guid}").WithTags("Usage");
        bookings.MapPost("/check-in", CheckInAsync).WithName("CheckIn").WithSummary("Begin the use of a booking").RequirePermission(UsagePermissions.Own).Idempotent();
        bookings.MapPost("/check-out", CheckOutAsync).WithName("CheckOut").WithSummary("End the use of a booking").RequirePermission(UsagePermissions.Own).Idempotent()
            .Accepts<CheckOutRequest>(isOptional: true, "*/*", "application/json"); // a request without a body has no content type

        var records = api.MapGroup("/usage-records").WithTags("Usage");
        records.MapGet("/", ListAsync).WithName("ListUsage").WithSummary("Usage records, newest first").RequirePermission(UsagePermissions.Read);
        records.MapGet("/{id:guid}", OneAsync).WithName("GetUsage").WithSummary("A usage record with what it corrects").RequirePermission(UsagePermissions.Read);
        records.MapPost("/", RecordAsync).WithName("RecordUsage").WithSummary("Enter a use by hand, with a reason").RequirePermission(UsagePermissions.Record).Idempotent();
        records.MapPost("/{id:guid}/corrections", CorrectAsync).WithName("CorrectUsage").WithSummary("Replace a record by a corrected one, with a reason").RequirePermission(UsagePermissions.Record).Idempotent();
    }

    private static async Task<IResult> CheckInAsync(Guid id, CheckIn checkIn, ProblemAnswers answers, CancellationToken cancel) =>
        Answer(await checkIn.RunAsync(new BookingId(id), cancel), answers, StatusCodes.Status201Created);

    private static async Task<IResult> CheckOutAsync(Guid id, CheckOutRequest? request, CheckOut checkOut, ProblemAnswers answers, CancellationToken cancel) =>
        Answer(await checkOut.RunAsync(new BookingId(id), request?.Samples, request?.Feedback, cancel), answers, StatusCodes.Status200OK);

    private static async Task<IResult> RecordAsync(RecordRequest r, RecordUsage record, ProblemAnswers answers, CancellationToken cancel)
    {
        if (r.InstrumentId is not { } instrument) return answers.Of(Problem.Invalid("usage.instrument-missing", "instrumentId"));
        var entry = new RecordUsage.Entry(
            new InstrumentId(instrument), r.PersonId is { } person ? new PersonId(person) : null, r.BookingId is { } booking ? new BookingId(booking) : null, r.Unit ?? 1,
            r.StartsAt, r.EndsAt, r.ServiceMode ?? ServiceMode.SelfOperated, r.Purpose?.Trim() ?? string.Empty, r.Samples ?? 0, r.Feedback?.Trim() ?? string.Empty, r.Reason);
        return Answer(await record.RunAsync(entry, cancel), answers, StatusCodes.Status201Created);
    }

    private static async Task<IResult> CorrectAsync(Guid id, CorrectRequest r, CorrectUsage correct, ProblemAnswers answers, CancellationToken cancel) =>
        Answer(await correct.RunAsync(new UsageId(id), new CorrectUsage.Correction(r.StartsAt, r.EndsAt, r.Samples, r.Feedback, r.ServiceMode, r.Reason), cancel), answers, StatusCodes.Status201Created);

    private static async Task<IResult> OneAsync(Guid id, UsageQueries queries, ProblemAnswers answers, CancellationToken cancel)
    {
        var rows = await queries.HistoryAsync(new UsageId(id), cancel);
        return rows.Count == 0 ? answers.Of(Problem.NotFound()) : Results.Ok(new { record = rows[0], corrects = rows.Skip(1) });
    }

    private static async Task<IResult> ListAsync(HttpRequest request, UsageQueries queries, ProblemAnswers answers, CancellationToken cancel)
    {
        var list = ListQuery.Read(request, "instrument", "institution", "person", "from", "to", "status", "problem", "current", "mine");
        var filter = UsageFilters.Read(list, out var onlyOwn);
        return list.Problems.Count > 0 ? answers.Of(list.Problems) : Results.Ok(await queries.ListAsync(filter, list.Limit, list.Cursor, onlyOwn, cancel));
    }

    private static IResult Answer(Outcome<UsageRecord> outcome, ProblemAnswers answers, int status)
    {
        if (!outcome.IsOk) return answers.Of(outcome);
        var record = UsageSummary.Of(outcome.Value);
        return status == StatusCodes.Status201Created ? Results.Created($"/api/v1/usage-records/{record.Id}", record) : Results.Ok(record);
    }
}

/// <summary>A record as the writes answer it, without other tables' names.</summary>
public sealed record UsageSummary(
    Guid Id, Guid InstrumentId, int Unit, Guid? BookingId, Guid PersonId, ServiceMode ServiceMode, UsageSource Source, UsageStatus Status, Instant StartedAt, Instant? EndedAt, int Samples, string Feedback,
    string? Reason, UsageProblem? Problem, Guid? CorrectsId, bool IsCurrent)
{
    public static UsageSummary Of(UsageRecord r) => new(
        r.Id.Value, r.InstrumentId.Value, r.Unit, r.BookingId?.Value, r.PersonId.Value, r.ServiceMode, r.Source, r.Status, r.StartedAt, r.EndedAt, r.Samples, r.Feedback, r.Reason, r.Problem,
        r.CorrectsId?.Value, r.IsCurrent);
}
