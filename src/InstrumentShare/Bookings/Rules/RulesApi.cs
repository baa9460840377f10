using InstrumentShare.Access;
using InstrumentShare.Catalog;
using InstrumentShare.Kernel;
using InstrumentShare.Web;
using NodaTime;

namespace InstrumentShare.Bookings.Rules;

/// <summary>What the rules say before anything is booked or changed: the checklist of a person, the rehearsal of a draft.</summary>
public static class RulesApi
{
    /// <param name="State"><c>pass</c>, <c>fail</c>, <c>needsApproval</c> or <c>warn</c> where it may be booked all the same, or <c>open</c> where it is known only once a time is named.</param>
    public sealed record GateAnswer(string Gate, GateState State, string? Code, string? Title, bool? Overridable);

    public sealed record ChecklistAnswer(InstrumentId InstrumentId, bool MayBook, IReadOnlyList<GateAnswer> Gates);

    public sealed record RefusedAnswer(Guid BookingId, InstrumentId InstrumentId, Guid PersonId, string Person, Instant StartsAt, Instant EndsAt, IReadOnlyList<string> Codes);

    public sealed record RehearsalAnswer(LocalDate From, LocalDate To, int Judged, int RefusedNow, int Refused, IReadOnlyList<RefusedAnswer> Bookings);

    public static void Map(RouteGroupBuilder api)
    {
        api.MapGet("/instruments/{id:guid}/booking-check", CheckAsync).WithName("CheckBooking").WithSummary("Every gate and rule for a person, and a time where one is named").WithTags("Bookings")
            .Produces<ChecklistAnswer>().ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status404NotFound).RequirePermission(BookingPermissions.Read);
        api.MapPost("/booking-rules/rehearse", RehearseAsync).WithName("RehearseBookingRules").WithSummary("Which of the last quarter's bookings a draft would have refused").WithTags("Catalog")
            .Produces<RehearsalAnswer>().ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status409Conflict).RequirePermission(CatalogPermissions.ReadRules);
    }

    private static async Task<IResult> CheckAsync(Guid id, HttpRequest http, CheckBooking check, Words words, ProblemAnswers answers, CancellationToken cancel)
    {
        var list = ListQuery.Read(http, "startsAt", "endsAt", "personId", "usePlace", "customsNotice");
        var (startsAt, endsAt) = (BookingInput.QueryTime(list["startsAt"], "startsAt", list.Problems), BookingInput.QueryTime(list["endsAt"], "endsAt", list.Problems));
        if (startsAt is null != endsAt is null) list.Problems.Add(Problem.Invalid("booking.field-missing", startsAt is null ? "startsAt" : "endsAt", ("field", startsAt is null ? "startsAt" : "endsAt")));
        var person = (PersonId?)null;
        if (list["personId"] is { } text && Guid.TryParse(text, out var personId)) person = new PersonId(personId);
        else if (list["personId"] is { } unread) list.Problems.Add(Problem.Invalid("booking.id-unreadable", "personId", ("value", unread)));
        if (list.Problems.Count > 0) return answers.Of(list.Problems);
        var found = await check.RunAsync(new(new InstrumentId(id), person, startsAt is { } from && endsAt is { } to ? new WantedTime(from, to) : null, list["usePlace"], list["customsNotice"]), cancel);
        return found.IsOk
            ? TypedResults.Ok(new ChecklistAnswer(found.Value.Instrument.Id, found.Value.MayBook, found.Value.Gates.Select(g => new GateAnswer(g.Name, g.State, g.Problem?.Code, g.Problem is { } p ? words.Of(p) : null, g.Problem?.Overridable)).ToList()))
            : answers.Of(found);
    }

    private static async Task<IResult> RehearseAsync(BookingRulesApi.RuleSetRequest body, RuleRehearsal rehearse, ProblemAnswers answers, CancellationToken cancel)
    {
        if (body.Target is null || body.Rules is null) return answers.Of(Problem.Invalid("booking-rules.body", body.Target is null ? "target" : "rules"));
        var tried = await rehearse.RunAsync(body.Target, body.Rules, cancel);
        if (!tried.IsOk) return answers.Of(tried);
        var result = tried.Value;
        return TypedResults.Ok(new RehearsalAnswer(result.From, result.To, result.Judged, result.RefusedNow, result.Refused.Count, result.Refused.Take(1000)
            .Select(r => new RefusedAnswer(r.BookingId, r.InstrumentId, r.PersonId, r.Person, r.Slot.StartsAt, r.Slot.EndsAt, r.Problems.Select(p => p.Code).ToList())).ToList()));
    }
}
