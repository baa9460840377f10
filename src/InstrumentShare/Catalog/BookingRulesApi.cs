using InstrumentShare.Access;
using InstrumentShare.Kernel;
using InstrumentShare.Persistence;
using InstrumentShare.Web;
using Microsoft.EntityFrameworkCore;
using NodaTime;

namespace InstrumentShare.Catalog;

/// <summary>Booking rules of any place and audience. Whose instruments one manages are whose rules one sees and changes.</summary>
public static class BookingRulesApi
{
    public sealed record RuleSetRequest(RuleTarget Target, BookingRulesInput Rules);

    public sealed record EndRequest(LocalDate? ValidTo);

    public static void Map(RouteGroupBuilder api)
    {
        var rules = api.MapGroup("/booking-rules").WithTags("Catalog").ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status409Conflict);
        rules.MapGet("", ListAsync).WithName("ListBookingRules").WithSummary("The sets of rules one's role covers, the latest first").Produces<PageOf<BookingRulesAnswer>>().RequirePermission(CatalogPermissions.ReadRules);
        rules.MapPut("", ReplaceAsync).WithName("PutBookingRules").WithSummary("Put booking rules in force for a place and an audience").Produces<BookingRulesAnswer>().RequirePermission(CatalogPermissions.ReadRules);
        rules.MapPost("/{id:guid}/end", EndAsync).WithName("EndBookingRules").WithSummary("End a set of rules with a day as its last").Produces<BookingRulesAnswer>().RequirePermission(CatalogPermissions.ReadRules);
    }

    private static async Task<IResult> ListAsync(HttpRequest request, BookingRuleSets sets, ProblemAnswers answers, CancellationToken cancel)
    {
        var list = ListQuery.Read(request, "instrumentId", "institutionId", "instrumentGroupId", "region", "inForceOn");
        var filter = BookingRuleSets.Filter.Read(list);
        return list.Problems.Count > 0 ? answers.Of(list.Problems) : TypedResults.Ok(await sets.ListAsync(filter, list.Cursor, list.Limit, cancel));
    }

    private static async Task<IResult> ReplaceAsync(RuleSetRequest body, ChangeBookingRuleSet change, HttpContext http, ProblemAnswers answers, CancellationToken cancel)
    {
        if (body.Target is null || body.Rules is null) return answers.Of(Problem.Invalid("booking-rules.body", body.Target is null ? "target" : "rules"));
        var changed = await change.ReplaceAsync(body.Target, body.Rules, http.Request.IfMatch(), cancel);
        return changed.IsOk ? TypedResults.Ok(BookingRulesAnswer.Of(changed.Value)) : answers.Of(changed);
    }

    private static async Task<IResult> EndAsync(Guid id, EndRequest body, ChangeBookingRuleSet change, ProblemAnswers answers, CancellationToken cancel)
    {
        var ended = await change.EndAsync(new BookingRuleSetId(id), body.ValidTo, cancel);
        return ended.IsOk ? TypedResults.Ok(BookingRulesAnswer.Of(ended.Value)) : answers.Of(ended);
    }
}
