using InstrumentShare.Access;
using InstrumentShare.Catalog;
using InstrumentShare.Catalog.Pages;
using InstrumentShare.Kernel;
using InstrumentShare.Web;
using NodaTime;

namespace InstrumentShare.Bookings.Technicians;

/// <summary>Technicians' time for programs.</summary>
public static class TechnicianApi
{
    public sealed record ReassignRequest(Guid? TechnicianId, string? Reason);

    public static void Map(RouteGroupBuilder api)
    {
        var all = api.MapGroup("/technicians").WithTags("Technicians").ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status404NotFound);
        all.MapGet("", ListAsync).WithName("ListTechnicians").WithSummary("The technicians of the instruments in one's care").Produces<PageOf<TechnicianChoice>>().RequirePermission(TechnicianPermissions.Manage);
        all.MapGet("/{id:guid}", OneAsync).WithName("GetTechnician").WithSummary("A technician's hours, absences and assisted bookings from now on").Produces<TechnicianCalendar>().RequirePermission(TechnicianPermissions.Calendar);
        all.MapGet("/{id:guid}/day", DayAsync).WithName("GetTechnicianDay").WithSummary("Whom a technician assists on a day").Produces<InstrumentTimeApi.Items<AssistedBooking>>().RequirePermission(TechnicianPermissions.Calendar);
        all.MapPut("/{id:guid}/hours", HoursAsync).WithName("SetTechnicianHours").WithSummary("Replace the weekly hours from a day on").Produces<TechnicianCalendar>().RequirePermission(TechnicianPermissions.Calendar);
        all.MapPost("/{id:guid}/absences", AbsenceAsync).WithName("AddTechnicianAbsence").WithSummary("Say when a technician is not there").Produces<TechnicianCalendar>().RequirePermission(TechnicianPermissions.Calendar).Idempotent();
        all.MapDelete("/{id:guid}/absences/{absence:guid}", WithdrawAsync).WithName("WithdrawTechnicianAbsence").WithSummary("Withdraw an absence").Produces<TechnicianCalendar>().RequirePermission(TechnicianPermissions.Calendar);
        api.MapGet("/instruments/{id:guid}/technicians", OfInstrumentAsync).WithName("InstrumentTechnicians").WithSummary("Who can be asked to assist, by name").WithTags("Technicians").Produces<IReadOnlyList<TechnicianChoice>>().RequirePermission(BookingPermissions.Create);
        api.MapPost("/bookings/{id:guid}/technician", ReassignAsync).WithName("ReassignTechnician").WithSummary("Let another technician assist, with a reason").WithTags("Technicians").Produces<TechnicianChoice>().ProducesProblem(StatusCodes.Status409Conflict).RequirePermission(TechnicianPermissions.Manage);
    }

    private static async Task<IResult> ListAsync(HttpRequest http, TechnicianQueries queries, ProblemAnswers answers, CancellationToken cancel)
    {
        var list = ListQuery.Read(http);
        if (list.Problems.Count > 0) return answers.Of(list.Problems);
        var items = await queries.ManagedAsync(cancel);
        return TypedResults.Ok(new PageOf<TechnicianChoice>(items, null, items.Count));
    }

    private static async Task<IResult> OneAsync(Guid id, TechnicianQueries queries, ProblemAnswers answers, CancellationToken cancel)
    {
        var found = await queries.FindAsync(new PersonId(id), cancel);
        return found.IsOk ? TypedResults.Ok(await queries.CalendarAsync(found.Value, cancel)) : answers.Of(found);
    }

    private static async Task<IResult> DayAsync(Guid id, HttpRequest http, TechnicianQueries queries, IClock clock, ProblemAnswers answers, CancellationToken cancel)
    {
        var list = ListQuery.Read(http, "date");
        var date = DateForm.Read("date", list["date"], list.Problems);
        if (list.Problems.Count > 0) return answers.Of(list.Problems);
        var found = await queries.FindAsync(new PersonId(id), cancel);
        if (!found.IsOk) return answers.Of(found);
        var items = await queries.DayAsync(found.Value, date ?? clock.GetCurrentInstant().InZone(found.Value.Zone).Date, cancel);
        return TypedResults.Ok(new InstrumentTimeApi.Items<AssistedBooking>(items));
    }

    private static async Task<IResult> HoursAsync(Guid id, ChangeTechnicianTime.HoursRequest request, ChangeTechnicianTime change, ProblemAnswers answers, CancellationToken cancel) =>
        Answer(await change.SetHoursAsync(new PersonId(id), request, cancel), answers);

    private static async Task<IResult> AbsenceAsync(Guid id, ChangeTechnicianTime.AbsenceRequest request, ChangeTechnicianTime change, ProblemAnswers answers, CancellationToken cancel) =>
        Answer(await change.AddAbsenceAsync(new PersonId(id), request, cancel), answers);

    private static async Task<IResult> WithdrawAsync(Guid id, Guid absence, ChangeTechnicianTime change, ProblemAnswers answers, CancellationToken cancel) =>
        Answer(await change.WithdrawAbsenceAsync(new PersonId(id), absence, cancel), answers);

    private static async Task<IResult> OfInstrumentAsync(Guid id, InstrumentRulesQuery rules, JudgeBooking judge, TechnicianQueries queries, ProblemAnswers answers, CancellationToken cancel) =>
        await rules.OfAsync(new InstrumentId(id), cancel: cancel) is { } instrument && judge.MaySee(instrument) ? TypedResults.Ok(await queries.OfInstrumentAsync(instrument, cancel)) : answers.Of(Problem.NotFound());

    private static async Task<IResult> ReassignAsync(Guid id, ReassignRequest request, ReassignTechnician reassign, TechnicianQueries queries, ProblemAnswers answers, CancellationToken cancel)
    {
        var done = await reassign.RunAsync(new BookingId(id), request.TechnicianId is { } technician ? new PersonId(technician) : null, request.Reason, cancel);
        return done.IsOk ? TypedResults.Ok(await queries.OfBookingAsync(done.Value.Id, cancel)) : answers.Of(done);
    }

    private static IResult Answer(Outcome<TechnicianCalendar> outcome, ProblemAnswers answers) => outcome.IsOk ? TypedResults.Ok(outcome.Value) : answers.Of(outcome);
}
