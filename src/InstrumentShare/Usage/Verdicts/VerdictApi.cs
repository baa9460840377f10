using InstrumentShare.Access;
using InstrumentShare.Bookings;
using InstrumentShare.Catalog;
using InstrumentShare.Kernel;
using InstrumentShare.Persistence;
using InstrumentShare.Web;
using Microsoft.EntityFrameworkCore;
using NodaTime;

namespace InstrumentShare.Usage.Verdicts;

public static class VerdictApi
{
    public sealed record ExcuseRequest(string? Reason);

    /// <summary>A grace that is left out judges nothing of its kind.</summary>
    public sealed record SettingsRequest(LocalDate? ValidFrom, bool? UsageControlled, int? LateGraceMinutes, int? OverGraceMinutes, int? EarlyGraceMinutes);

    public sealed record SettingsAnswer(LocalDate? ValidFrom, LocalDate? ValidTo, bool UsageControlled, int? LateGraceMinutes, int? OverGraceMinutes, int? EarlyGraceMinutes)
    {
        public static SettingsAnswer Of(VerdictSettings s) => new(s.ValidFrom, s.ValidTo, s.UsageControlled, s.LateGraceMinutes, s.OverGraceMinutes, s.EarlyGraceMinutes);
    }

    public static void Map(RouteGroupBuilder api)
    {
        var bookings = api.MapGroup("/bookings/{id:guid}").WithTags("Usage");
        bookings.MapGet("/verdicts", ListAsync).WithName("ListVerdicts").WithSummary("What became of a booking: the judgement that stands, then the former ones").RequirePermission(UsagePermissions.Read);
        bookings.MapPost("/excuse", ExcuseAsync).WithName("ExcuseBooking").WithSummary("Let a judgement pass, with a reason that is kept").RequirePermission(UsagePermissions.Excuse).Idempotent();
        var settings = api.MapGroup("/instruments/{id:guid}/verdict-settings").WithTags("Usage");
        settings.MapGet("/", SettingsAsync).WithName("GetVerdictSettings").WithSummary("How bookings of an instrument are judged, by dates").RequirePermission(CatalogPermissions.ManageInstruments);
        settings.MapPut("/", ChangeAsync).WithName("PutVerdictSettings").WithSummary("Put graces in force from a date on").RequirePermission(CatalogPermissions.ManageInstruments);
    }

    private static async Task<IResult> ListAsync(Guid id, VerdictQueries queries, ProblemAnswers answers, CancellationToken cancel) =>
        await queries.OfAsync(new BookingId(id), cancel) is { } found ? Results.Ok(new { items = found.History.Select(VerdictAnswer.Of) }) : answers.Of(Problem.NotFound());

    private static async Task<IResult> ExcuseAsync(Guid id, ExcuseRequest r, ExcuseBooking excuse, ProblemAnswers answers, CancellationToken cancel)
    {
        var outcome = await excuse.RunAsync(new BookingId(id), r.Reason, cancel);
        return outcome.IsOk ? Results.Ok(VerdictAnswer.Of(outcome.Value)) : answers.Of(outcome);
    }

    private static async Task<IResult> SettingsAsync(Guid id, AppDb db, Caller caller, ProblemAnswers answers, CancellationToken cancel)
    {
        var found = await db.FindManagedInstrumentAsync(new InstrumentId(id), caller, cancel);
        if (!found.IsOk) return answers.Of(found);
        var rows = await db.Set<VerdictSettings>().AsNoTracking().Where(s => s.InstrumentId == new InstrumentId(id)).OrderByDescending(s => s.ValidFrom).Take(200).ToListAsync(cancel);
        return Results.Ok(new { items = rows.Select(SettingsAnswer.Of), otherwise = VerdictTerms.Default });
    }

    private static async Task<IResult> ChangeAsync(Guid id, SettingsRequest r, ChangeVerdictSettings change, ProblemAnswers answers, CancellationToken cancel)
    {
        var terms = new VerdictTerms(r.UsageControlled ?? true, r.LateGraceMinutes, r.OverGraceMinutes, r.EarlyGraceMinutes);
        var outcome = await change.RunAsync(new InstrumentId(id), r.ValidFrom, terms, cancel);
        return outcome.IsOk ? Results.Ok(SettingsAnswer.Of(outcome.Value)) : answers.Of(outcome);
    }
}
