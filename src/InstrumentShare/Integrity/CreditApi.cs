using InstrumentShare.Access;
using InstrumentShare.Bookings;
using InstrumentShare.Catalog;
using InstrumentShare.Kernel;
using InstrumentShare.Persistence;
using InstrumentShare.Web;
using Microsoft.EntityFrameworkCore;
using NodaTime;

namespace InstrumentShare.Integrity;

public static class CreditApi
{
    public sealed record AppealRequest(string? Reason);

    /// <param name="Withdraw">True: the entry is taken back.</param>
    public sealed record DecisionRequest(bool? Withdraw, string? Reason);

    public sealed record RuleRequest(Guid? InstitutionId, Region? Region, CreditEvent? Event, int? Points, int? ExpiresDays, bool? Enabled, LocalDate? ValidFrom);

    public sealed record RuleAnswer(Guid Id, Region? Region, Guid? InstitutionId, CreditEvent Event, int Version, int Points, int? ExpiresDays, bool Enabled, LocalDate ValidFrom, LocalDate? ValidTo)
    {
        public static RuleAnswer Of(CreditRule r) => new(r.Id, r.Region, r.InstitutionId?.Value, r.Event, r.Version, r.Points, r.ExpiresDays, r.IsEnabled, r.ValidFrom, r.ValidTo);
    }

    /// <param name="Effect"><c>warn</c>, <c>needsApproval</c> or <c>refuse</c> (or nothing).</param>
    public sealed record ThresholdRequest(CreditEffect? Effect, int? Threshold, LocalDate? ValidFrom);

    public sealed record ThresholdAnswer(CreditEffect Effect, int Threshold, LocalDate ValidFrom, LocalDate? ValidTo)
    {
        public static ThresholdAnswer Of(CreditThreshold t) => new(t.Effect, t.Threshold, t.ValidFrom, t.ValidTo);
    }

    public sealed record AppealAnswer(Guid Id, Guid EntryId, AppealStatus Status, string Reason, Instant StatedAt, Instant DecideBy, Instant? DecidedAt, string? DecisionReason)
    {
        public static AppealAnswer Of(CreditAppeal a) => new(a.Id.Value, a.EntryId.Value, a.Status, a.Reason, a.StatedAt, a.DecideBy, a.DecidedAt, a.DecisionReason);
    }

    public static void Map(RouteGroupBuilder api)
    {
        var credit = api.MapGroup("/credit").WithTags("Credit");
        credit.MapGet("/", OwnAsync).WithName("GetOwnCredit").WithSummary("One's own score and every entry behind it").RequirePermission(IntegrityPermissions.Own);
        credit.MapGet("/groups/{id:guid}", GroupAsync).WithName("GetGroupCredit").WithSummary("A group's score and entries").RequirePermission(IntegrityPermissions.View);
        credit.MapPost("/entries/{id:guid}/appeal", AppealAsync).WithName("AppealCredit").WithSummary("State what is wrong with an entry of one's own").RequirePermission(IntegrityPermissions.Own).Idempotent();
        credit.MapGet("/appeals", WaitingAsync).WithName("ListCreditAppeals").WithSummary("Appeals that wait for a decision, the nearest deadline first").RequirePermission(IntegrityPermissions.View);
        credit.MapPost("/appeals/{id:guid}/decision", DecideAsync).WithName("DecideCreditAppeal").WithSummary("Uphold an entry or take it back, with a reason").RequirePermission(IntegrityPermissions.Decide).Idempotent();
        credit.MapGet("/rules", RulesAsync).WithName("ListCreditRules").WithSummary("What events cost, where and when; of one place with all that has a word there").RequirePermission(IntegrityPermissions.Read);
        credit.MapPut("/rules", RuleAsync).WithName("PutCreditRule").WithSummary("Set what an event costs at an institution or in a region from a date on").RequirePermission(IntegrityPermissions.Read);
        api.MapPut("/instruments/{id:guid}/credit-threshold", ThresholdAsync).WithTags("Credit").WithName("PutCreditThreshold").WithSummary("Below which score bookings are warned of, need approval or are refused, from a date on")
            .RequirePermission(CatalogPermissions.ManageInstruments);
        api.MapGet("/instruments/{id:guid}/credit-thresholds", ThresholdsAsync).WithTags("Credit").WithName("ListCreditThresholds").WithSummary("What being below which score does to bookings of the instrument, by dates")
            .RequirePermission(IntegrityPermissions.Read);
    }

    private static async Task<IResult> OwnAsync(CreditQueries queries, CancellationToken cancel) => Results.Ok(await queries.OwnAsync(cancel));

    private static async Task<IResult> GroupAsync(Guid id, CreditQueries queries, ProblemAnswers answers, CancellationToken cancel) =>
        await queries.OfGroupAsync(new GroupId(id), cancel) is { } account ? Results.Ok(account) : answers.Of(Problem.NotFound());

    private static async Task<IResult> AppealAsync(Guid id, AppealRequest r, AppealCredit appeal, ProblemAnswers answers, CancellationToken cancel)
    {
        var outcome = await appeal.StateAsync(new CreditEntryId(id), r.Reason, cancel);
        return outcome.IsOk ? Results.Ok(AppealAnswer.Of(outcome.Value)) : answers.Of(outcome);
    }

    private static async Task<IResult> WaitingAsync(CreditQueries queries, CancellationToken cancel) => Results.Ok(new { items = await queries.WaitingAsync(cancel) });

    private static async Task<IResult> DecideAsync(Guid id, DecisionRequest r, AppealCredit appeal, ProblemAnswers answers, CancellationToken cancel)
    {
        if (r.Withdraw is not { } withdraw) return answers.Of(Problem.Invalid("credit-appeal.decision-missing", "withdraw"));
        var outcome = await appeal.DecideAsync(new CreditAppealId(id), withdraw, r.Reason, cancel);
        return outcome.IsOk ? Results.Ok(AppealAnswer.Of(outcome.Value)) : answers.Of(outcome);
    }

    private static async Task<IResult> RulesAsync(HttpRequest http, AppDb db, CreditRuleBook book, ProblemAnswers answers, CancellationToken cancel)
    {
        var list = ListQuery.Read(http, "place");
        if (list["place"] is { } text && CreditPlace.Read(text) is null) list.Problems.Add(Problem.Invalid("credit-rule.place-unreadable", "place", ("value", text)));
        if (list.Problems.Count > 0) return answers.Of(list.Problems);
        if (CreditPlace.Read(list["place"]) is { } place) return await book.OfAsync(place, cancel) is { } of ? Results.Ok(new { items = of.All.Select(r => RuleAnswer.Of(r.Rule)) }) : answers.Of(Problem.NotFound());
        return Results.Ok(new { items = (await db.Set<CreditRule>().AsNoTracking().OrderBy(r => r.ValidFrom).ThenBy(r => r.Id).Take(CreditQueries.Most).ToListAsync(cancel)).Select(RuleAnswer.Of) });
    }

    private static async Task<IResult> RuleAsync(RuleRequest r, ChangeCredit change, ProblemAnswers answers, CancellationToken cancel)
    {
        var place = new CreditPlace(r.InstitutionId is { } institution ? new InstitutionId(institution) : null, r.Region);
        var outcome = await change.RuleAsync(new ChangeCredit.RuleChange(place, r.Event, r.Points, r.ExpiresDays, r.Enabled ?? true, r.ValidFrom), cancel);
        return outcome.IsOk ? Results.Ok(RuleAnswer.Of(outcome.Value)) : answers.Of(outcome);
    }

    private static async Task<IResult> ThresholdAsync(Guid id, ThresholdRequest r, ChangeCredit change, ProblemAnswers answers, CancellationToken cancel)
    {
        var outcome = await change.ThresholdAsync(new InstrumentId(id), r.Effect ?? CreditEffect.Refuse, r.Threshold, r.ValidFrom, cancel);
        return outcome.IsOk ? Results.Ok(r) : answers.Of(outcome);
    }

    private static async Task<IResult> ThresholdsAsync(Guid id, AppDb db, InstrumentRulesQuery instruments, Caller caller, ProblemAnswers answers, CancellationToken cancel)
    {
        if (await instruments.OfAsync(new InstrumentId(id), cancel: cancel) is not { } instrument || !CalendarQuery.MaySee(caller, instrument)) return answers.Of(Problem.NotFound());
        var thresholds = await db.Set<CreditThreshold>().AsNoTracking().Where(t => t.InstrumentId == instrument.Id).OrderByDescending(t => t.ValidFrom).ThenBy(t => t.Id).Take(CreditQueries.Most).ToListAsync(cancel);
        return Results.Ok(new { items = thresholds.Select(ThresholdAnswer.Of) });
    }
}
