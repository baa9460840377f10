using InstrumentShare.Access;
using InstrumentShare.Kernel;
using InstrumentShare.Persistence;
using InstrumentShare.Web;
using NodaTime;

namespace InstrumentShare.Catalog;

/// <summary>Opening hours, closures and booking rules of one instrument.</summary>
public static class InstrumentRulesApi
{
    private const int MaxDays = 366;

    public static void Map(RouteGroupBuilder instruments)
    {
        var one = instruments.MapGroup("/{id:guid}");
        one.MapPut("/opening-hours", ReplaceHoursAsync).WithName("ReplaceOpeningHours").WithSummary("Put a week of opening hours in force").RequirePermission(CatalogPermissions.ManageInstruments);
        one.MapPut("/booking-rules", ReplaceRulesAsync).WithName("ReplaceBookingRules").WithSummary("Put booking rules in force").RequirePermission(CatalogPermissions.ManageInstruments);
        one.MapGet("/closures", ListClosuresAsync).WithName("ListClosures").WithSummary("Closures of a range of time").Public();
        one.MapPost("/closures", AddClosureAsync).WithName("AddClosure").WithSummary("Close the instrument for a time").RequirePermission(CatalogPermissions.ManageInstruments).Idempotent();
        one.MapPost("/closures/{closureId:guid}/cancel", CancelClosureAsync).WithName("CancelClosure").WithSummary("Withdraw a closure").RequirePermission(CatalogPermissions.ManageInstruments);
    }

    private static async Task<IResult> ReplaceHoursAsync(Guid id, ChangeOpeningHours.WeekInput input, ChangeOpeningHours change, HttpContext http, ProblemAnswers answers, CancellationToken cancel)
    {
        var changed = await change.ReplaceAsync(new InstrumentId(id), input, http.Request.IfMatch(), cancel);
        if (!changed.IsOk) return answers.Of(changed);
        http.Response.SetETag(changed.Value.Version);
        return TypedResults.Ok(await InstrumentApi.AnswerAsync(changed.Value.Id, http, cancel));
    }

    private static async Task<IResult> ReplaceRulesAsync(Guid id, BookingRulesInput input, ChangeBookingRuleSet change, HttpContext http, ProblemAnswers answers, CancellationToken cancel)
    {
        var changed = await change.ReplaceAsync(new InstrumentId(id), input, http.Request.IfMatch(), cancel);
        return changed.IsOk ? TypedResults.Ok(BookingRulesAnswer.Of(changed.Value)) : answers.Of(changed);
    }

    private static async Task<IResult> ListClosuresAsync(Guid id, HttpRequest request, InstrumentQueries instruments, ProblemAnswers answers, CancellationToken cancel)
    {
        var list = ListQuery.Read(request, "from", "to");
        var (from, to) = (InstantJsonConverter.Parse(list["from"]), InstantJsonConverter.Parse(list["to"]));
        if (from is null) list.Problems.Add(Problem.Invalid("catalog.instant", "from", ("value", list["from"])));
        if (to is null) list.Problems.Add(Problem.Invalid("catalog.instant", "to", ("value", list["to"])));
        if (to <= from || to - from > Duration.FromDays(MaxDays)) list.Problems.Add(Problem.Invalid("catalog.range", "to", ("days", MaxDays)));
        if (list.Problems.Count > 0) return answers.Of(list.Problems);
        var closures = await instruments.ClosuresAsync(new InstrumentId(id), new TimeSlot(from!.Value, to!.Value), cancel);
        return closures is null ? answers.Of(Problem.NotFound()) : TypedResults.Ok(new { items = closures.Select(ClosureAnswer.Of) });
    }

    private static async Task<IResult> AddClosureAsync(Guid id, ChangeClosures.ClosureInput input, ChangeClosures change, ProblemAnswers answers, CancellationToken cancel)
    {
        var added = await change.AddAsync(new InstrumentId(id), input, cancel);
        if (!added.IsOk) return answers.Of(added);
        var c = added.Value.Closure;
        return TypedResults.Created($"/api/v1/instruments/{id}/closures", new AddedClosureAnswer(c.Id, c.Kind, c.StartsAt, c.EndsAt, c.Title, added.Value.StandingBookings));
    }

    private static async Task<IResult> CancelClosureAsync(Guid id, Guid closureId, ChangeClosures change, ProblemAnswers answers, CancellationToken cancel)
    {
        var cancelled = await change.CancelAsync(new InstrumentId(id), new ClosureId(closureId), cancel);
        return cancelled.IsOk ? TypedResults.Ok(ClosureAnswer.Of(cancelled.Value)) : answers.Of(cancelled);
    }
}
