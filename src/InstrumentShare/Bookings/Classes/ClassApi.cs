using InstrumentShare.Access;
using InstrumentShare.Kernel;
using InstrumentShare.Persistence;
using InstrumentShare.Web;
using NodaTime;

namespace InstrumentShare.Bookings.Classes;

/// <summary>Classes over HTTP.</summary>
public static class ClassApi
{
    public sealed record PlaceRequest(Guid? InstrumentId, int Units = 1);

    public sealed record ClassRequest(
        string? Course, string? CourseEn, string? TeacherEmail, int? Students, string[]? Roster, string? Note, PlaceRequest[]? Instruments, string? StartsAt, string? EndsAt, string? OverrideReason);

    public sealed record MoveRequest(string? StartsAt, string? EndsAt, string? OverrideReason);

    public sealed record CancelRequest(string? Reason);

    /// <param name="Present">Places in the roster that came, from 0.</param>
    public sealed record AttendanceRequest(int[]? Present, int? Attended);

    public static void Map(RouteGroupBuilder api)
    {
        var classes = api.MapGroup("/classes").WithTags("Classes");
        classes.MapPost("", PlanAsync).WithName("PlanClass").WithSummary("Plan a class: all its instruments are booked, or none").Produces<ClassDetail>(StatusCodes.Status201Created).RequirePermission(ClassPermissions.Plan).Idempotent();
        classes.MapGet("", ListAsync).WithName("ListClasses").WithSummary("Classes that one teaches, or that one's role covers").Produces<PageOf<ClassRow>>().RequirePermission(ClassPermissions.Read);
        classes.MapGet("/{id:guid}", OneAsync).WithName("GetClass").WithSummary("A class with its roster and bookings").Produces<ClassDetail>().RequirePermission(ClassPermissions.Read);
        classes.MapPost("/{id:guid}/move", MoveAsync).WithName("MoveClass").WithSummary("Move all of a class's bookings together").Produces<ClassDetail>().RequirePermission(ClassPermissions.Read);
        classes.MapPost("/{id:guid}/cancel", CancelAsync).WithName("CancelClass").WithSummary("Cancel a class with all its bookings").Produces<ClassDetail>().RequirePermission(ClassPermissions.Read);
        classes.MapPost("/{id:guid}/attendance", RecordAsync).WithName("RecordAttendance").WithSummary("Record who came").Produces<ClassDetail>().RequirePermission(ClassPermissions.Read);
    }

    private static async Task<IResult> PlanAsync(ClassRequest r, PlanClass plan, ClassQueries queries, HttpContext http, ProblemAnswers answers, CancellationToken cancel)
    {
        var problems = new List<Problem>();
        var (startsAt, endsAt) = (BookingInput.Time(r.StartsAt, "startsAt", problems), BookingInput.Time(r.EndsAt, "endsAt", problems));
        if (problems.Count > 0) return answers.Of(problems);
        var places = (r.Instruments ?? []).Select(i => new PlanClass.Place(i.InstrumentId, i.Units)).ToList();
        var planned = await plan.RunAsync(new(r.Course, r.CourseEn, r.TeacherEmail, r.Students, r.Roster, r.Note, places, startsAt, endsAt, r.OverrideReason), cancel);
        return planned.IsOk ? TypedResults.Created($"/api/v1/classes/{planned.Value.Id.Value}", await ShowAsync(planned.Value.Id, queries, http, cancel)) : answers.Of(planned);
    }

    private static async Task<IResult> ListAsync(HttpRequest request, ClassQueries queries, IClock clock, ProblemAnswers answers, CancellationToken cancel)
    {
        var list = ListQuery.Read(request, "past");
        if (list["past"] is { } past && past is not ("true" or "false")) list.Problems.Add(Problem.Invalid("request.filter-value", "past", ("filter", "past"), ("value", past), ("known", "true, false")));
        var key = list.Cursor is { } cursor ? BookingQueries.ReadKey(cursor) : null;
        if (list.Cursor is not null && key is null) list.Problems.Add(Problem.Invalid("request.cursor", "cursor", ("value", list["cursor"])));
        return list.Problems.Count > 0 ? answers.Of(list.Problems) : TypedResults.Ok(await queries.ListAsync(clock.GetCurrentInstant(), list["past"] == "true", key, list.Limit, cancel));
    }

    private static async Task<IResult> OneAsync(Guid id, ClassQueries queries, HttpContext http, ProblemAnswers answers, CancellationToken cancel) =>
        await ShowAsync(new ClassSessionId(id), queries, http, cancel) is { } shown ? TypedResults.Ok(shown) : answers.Of(Problem.NotFound());

    private static async Task<IResult> MoveAsync(Guid id, MoveRequest r, PlanClass plan, ClassQueries queries, HttpContext http, ProblemAnswers answers, CancellationToken cancel)
    {
        var problems = new List<Problem>();
        var (startsAt, endsAt) = (BookingInput.Time(r.StartsAt, "startsAt", problems), BookingInput.Time(r.EndsAt, "endsAt", problems));
        return problems.Count > 0 ? answers.Of(problems) : await AnswerAsync(plan.MoveAsync(new ClassSessionId(id), startsAt, endsAt, r.OverrideReason, http.Request.IfMatch(), cancel), queries, http, answers, cancel);
    }

    private static Task<IResult> CancelAsync(Guid id, CancelRequest? r, PlanClass plan, ClassQueries queries, HttpContext http, ProblemAnswers answers, CancellationToken cancel) =>
        AnswerAsync(plan.CancelAsync(new ClassSessionId(id), r?.Reason, http.Request.IfMatch(), cancel), queries, http, answers, cancel);

    private static Task<IResult> RecordAsync(Guid id, AttendanceRequest r, PlanClass plan, ClassQueries queries, HttpContext http, ProblemAnswers answers, CancellationToken cancel) =>
        AnswerAsync(plan.RecordAsync(new ClassSessionId(id), r.Present ?? [], r.Attended, http.Request.IfMatch(), cancel), queries, http, answers, cancel);

    private static async Task<IResult> AnswerAsync(Task<Outcome<ClassSession>> work, ClassQueries queries, HttpContext http, ProblemAnswers answers, CancellationToken cancel)
    {
        var outcome = await work;
        return outcome.IsOk ? TypedResults.Ok(await ShowAsync(outcome.Value.Id, queries, http, cancel)) : answers.Of(outcome);
    }

    private static async Task<ClassDetail?> ShowAsync(ClassSessionId id, ClassQueries queries, HttpContext http, CancellationToken cancel)
    {
        if (await queries.OneAsync(id, cancel) is not { } detail) return null;
        http.Response.SetETag(detail.Row.Version);
        return detail;
    }
}
