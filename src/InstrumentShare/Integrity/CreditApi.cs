using InstrumentShare.Access;
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

    public sealed record RuleRequest(Guid? InstitutionId, CreditEvent? Event, int? Points, int? ExpiresDays, bool? Enabled, LocalDate? ValidFrom);

    public sealed record RuleAnswer(Guid Id, Region? Region, Guid? InstitutionId, CreditEvent Event, int Version, int Points, int? ExpiresDays, bool Enabled, LocalDate ValidFrom, LocalDate? ValidTo)
    {
        public static RuleAnswer Of(CreditRule r) => new(r.Id, r.Region, r.InstitutionId?.Value, r.Event, r.Version, r.Points, r.ExpiresDays, r.IsEnabled, r.ValidFrom, r.ValidTo);
    }

    public sealed record ThresholdRequest(int? Threshold, LocalDate? ValidFrom);

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
        credit.MapGet("/rules", RulesAsync).WithName("ListCreditRules").WithSummary("What events cost, where and when").RequirePermission(IntegrityPermissions.Read);
        credit.MapPut("/rules", RuleAsync).WithName("PutCreditRule").WithSummary("Set what an event costs at an institution from a date on").RequirePermission(IntegrityPermissions.Rules);
        api.MapPut("/instruments/{id:guid}/credit-threshold", ThresholdAsync).WithTags("Credit").WithName("PutCreditThreshold").WithSummary("Below which score the instrument is not booked, from a date on")
            .RequirePermission(CatalogPermissions.ManageInstruments);
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

    private static async Task<IResult> RulesAsync(AppDb db, CancellationToken cancel) =>
        Results.Ok(new { items = (await db.Set<CreditRule>().AsNoTracking().OrderBy(r => r.ValidFrom).ThenBy(r => r.Id).Take(CreditQueries.Most).ToListAsync(cancel)).Select(RuleAnswer.Of) });

    private static async Task<IResult> RuleAsync(RuleRequest r, ChangeCredit change, ProblemAnswers answers, CancellationToken cancel)
    {
        if (r.InstitutionId is not { } institution) return answers.Of(Problem.Invalid("credit-rule.institution", "institutionId"));
        var outcome = await change.RuleAsync(new ChangeCredit.RuleChange(new InstitutionId(institution), r.Event, r.Points, r.ExpiresDays, r.Enabled ?? true, r.ValidFrom), cancel);
        return outcome.IsOk ? Results.Ok(RuleAnswer.Of(outcome.Value)) : answers.Of(outcome);
    }

    private static async Task<IResult> ThresholdAsync(Guid id, ThresholdRequest r, ChangeCredit change, ProblemAnswers answers, CancellationToken cancel)
    {
        var outcome = await change.ThresholdAsync(new InstrumentId(id), r.Threshold, r.ValidFrom, cancel);
        return outcome.IsOk ? Results.Ok(r) : answers.Of(outcome);
    }
}
