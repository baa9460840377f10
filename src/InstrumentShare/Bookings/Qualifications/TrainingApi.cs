using InstrumentShare.Access;
using InstrumentShare.Catalog;
using InstrumentShare.Kernel;
using InstrumentShare.Web;

namespace InstrumentShare.Bookings.Qualifications;

/// <summary>Trainings, their seats and their results for programs.</summary>
public static class TrainingApi
{
    public sealed record AddRequest(string? Email);

    public sealed record RecordedResults(int Count);

    public static void Map(RouteGroupBuilder api)
    {
        var all = api.MapGroup("/training-sessions").WithTags("Qualifications");
        all.MapGet("/", ListAsync).WithName("ListTrainings").WithSummary("Trainings, by their start").Produces<PageOf<TrainingRow>>().RequirePermission(QualificationPermissions.Read);
        all.MapPost("/", PlanAsync).WithName("PlanTraining").WithSummary("Plan a training; with an instrument its time is booked").Produces<TrainingSession>(StatusCodes.Status201Created).RequirePermission(QualificationPermissions.Train).Idempotent();
        all.MapGet("/{id:guid}", OneAsync).WithName("GetTraining").WithSummary("One training").Produces<TrainingRow>().RequirePermission(QualificationPermissions.Read);
        all.MapPatch("/{id:guid}", ChangeAsync).WithName("ChangeTraining").WithSummary("Change place, trainer, seats, deadlines or note").Produces<TrainingRow>().RequirePermission(QualificationPermissions.Train);
        all.MapPost("/{id:guid}/move", MoveAsync).WithName("MoveTraining").WithSummary("Move a training; who has a seat keeps it and is told").Produces<TrainingRow>().ProducesProblem(StatusCodes.Status409Conflict).ProducesProblem(StatusCodes.Status412PreconditionFailed).RequirePermission(QualificationPermissions.Train);
        all.MapPost("/{id:guid}/cancel", CancelAsync).WithName("CancelTraining").WithSummary("Call a training off").Produces<TrainingRow>().RequirePermission(QualificationPermissions.Train);
        all.MapPost("/{id:guid}/sign-up", SignUpAsync).WithName("SignUpForTraining").WithSummary("Take a seat").Produces<TrainingRow>().RequirePermission(QualificationPermissions.Own);
        all.MapPost("/{id:guid}/leave", LeaveAsync).WithName("LeaveTraining").WithSummary("Give the seat back").Produces<TrainingRow>().RequirePermission(QualificationPermissions.Own);
        all.MapGet("/{id:guid}/attendees", AttendeesAsync).WithName("ListAttendees").WithSummary("Who has a seat, with results").Produces<PageOf<AttendeeRow>>().RequirePermission(QualificationPermissions.View);
        all.MapPost("/{id:guid}/attendees", AddAsync).WithName("AddAttendee").WithSummary("Give somebody a seat").Produces<TrainingRow>().RequirePermission(QualificationPermissions.Train);
        all.MapPost("/{id:guid}/attendees/{person:guid}/remove", RemoveAsync).WithName("RemoveAttendee").WithSummary("Take somebody's seat back").Produces<TrainingRow>().RequirePermission(QualificationPermissions.Train);
        all.MapPost("/{id:guid}/results", ResultsAsync).WithName("RecordResults").WithSummary("Record results, many at once").Produces<RecordedResults>().RequirePermission(QualificationPermissions.Train);
    }

    private static async Task<IResult> ListAsync(HttpRequest http, TrainingQueries queries, ProblemAnswers answers, CancellationToken cancel)
    {
        var list = ListQuery.Read(http, "mine", "qualification", "instrument", "from", "to");
        var (mine, qualification, instrument) = (QualificationApi.Truth(list, "mine") ?? false, QualificationApi.Id(list, "qualification"), QualificationApi.Id(list, "instrument"));
        var (from, to) = (BookingInput.QueryTime(list["from"], "from", list.Problems), BookingInput.QueryTime(list["to"], "to", list.Problems));
        if (list.Cursor is not null && TrainingQueries.ReadKey(list.Cursor) is null) list.Problems.Add(Problem.Invalid("request.cursor", "cursor", ("value", list["cursor"])));
        if (list.Problems.Count > 0) return answers.Of(list.Problems);
        return TypedResults.Ok(await queries.ListAsync(new TrainingFilter(
            mine, null, qualification is { } q ? new QualificationId(q) : null, instrument is { } i ? new InstrumentId(i) : null, from, to, Cursor: list.Cursor, Limit: list.Limit), cancel));
    }

    private static async Task<IResult> PlanAsync(PlanTraining.Request request, PlanTraining plan, HttpResponse response, ProblemAnswers answers, CancellationToken cancel)
    {
        var planned = await plan.RunAsync(request, cancel);
        if (!planned.IsOk) return answers.Of(planned);
        response.SetETag(planned.Value.Version);
        return TypedResults.Created($"/api/v1/training-sessions/{planned.Value.Id.Value}", planned.Value);
    }

    private static async Task<IResult> OneAsync(Guid id, TrainingQueries queries, HttpResponse response, ProblemAnswers answers, CancellationToken cancel)
    {
        if (await queries.OfAsync(new TrainingSessionId(id), cancel) is not { } found) return answers.Of(Problem.NotFound());
        response.SetETag(found.Version);
        return TypedResults.Ok(found);
    }

    private static async Task<IResult> ChangeAsync(Guid id, PlanTraining.Request request, PlanTraining plan, TrainingQueries queries, HttpContext http, ProblemAnswers answers, CancellationToken cancel) =>
        await AnswerAsync(await plan.ChangeAsync(new TrainingSessionId(id), request, http.Request.IfMatch(), cancel), queries, answers, cancel);

    private static async Task<IResult> MoveAsync(Guid id, MoveTraining.Request request, MoveTraining move, TrainingQueries queries, HttpContext http, ProblemAnswers answers, CancellationToken cancel) =>
        await AnswerAsync(await move.RunAsync(new TrainingSessionId(id), request, http.Request.IfMatch(), cancel), queries, answers, cancel);

    private static async Task<IResult> CancelAsync(Guid id, QualificationApi.ReasonRequest? body, CancelTraining cancelTraining, TrainingQueries queries, ProblemAnswers answers, CancellationToken cancel) =>
        await AnswerAsync(await cancelTraining.RunAsync(new TrainingSessionId(id), body?.Reason, cancel), queries, answers, cancel);

    private static async Task<IResult> SignUpAsync(Guid id, SignUpForTraining seats, TrainingQueries queries, ProblemAnswers answers, CancellationToken cancel) =>
        await AnswerAsync(await seats.SignUpAsync(new TrainingSessionId(id), cancel), queries, answers, cancel);

    private static async Task<IResult> LeaveAsync(Guid id, SignUpForTraining seats, TrainingQueries queries, ProblemAnswers answers, CancellationToken cancel) =>
        await AnswerAsync(await seats.LeaveAsync(new TrainingSessionId(id), cancel), queries, answers, cancel);

    private static async Task<IResult> AddAsync(Guid id, AddRequest request, SignUpForTraining seats, TrainingQueries queries, ProblemAnswers answers, CancellationToken cancel) =>
        await AnswerAsync(await seats.SignUpAsync(new TrainingSessionId(id), request.Email, cancel), queries, answers, cancel);

    private static async Task<IResult> RemoveAsync(Guid id, Guid person, SignUpForTraining seats, TrainingQueries queries, ProblemAnswers answers, CancellationToken cancel) =>
        await AnswerAsync(await seats.LeaveAsync(new TrainingSessionId(id), new PersonId(person), cancel), queries, answers, cancel);

    private static async Task<IResult> AttendeesAsync(Guid id, TrainingQueries queries, Caller caller, ProblemAnswers answers, CancellationToken cancel)
    {
        if (await queries.OfAsync(new TrainingSessionId(id), cancel) is not { } found || !caller.May(QualificationPermissions.View, found.Scope)) return answers.Of(Problem.NotFound());
        var rows = await queries.AttendeesAsync(found.Id, cancel);
        return TypedResults.Ok(new PageOf<AttendeeRow>(rows, null, rows.Count));
    }

    private static async Task<IResult> ResultsAsync(Guid id, RecordResults.Request request, RecordResults record, ProblemAnswers answers, CancellationToken cancel)
    {
        var recorded = await record.RunAsync(new TrainingSessionId(id), request, cancel);
        return recorded.IsOk ? TypedResults.Ok(new RecordedResults(recorded.Value)) : answers.Of(recorded);
    }

    private static async Task<IResult> AnswerAsync(Outcome<TrainingSession> outcome, TrainingQueries queries, ProblemAnswers answers, CancellationToken cancel) =>
        outcome.IsOk ? TypedResults.Ok(await queries.OfAsync(outcome.Value.Id, cancel)) : answers.Of(outcome);
}
