using InstrumentShare.Access;
using InstrumentShare.Kernel;
using InstrumentShare.Web;
using NodaTime;

namespace InstrumentShare.Billing.Disputes;

public static class DisputeApi
{
    public sealed record DisputeRequest(string? Reason);

    /// <param name="Uphold">True: the charge is adjusted to <paramref name="Amount"/>. False: it stands.</param>
    public sealed record DecisionRequest(bool? Uphold, Money? Amount, string? Reason);

    public sealed record DisputeAnswer(Guid Id, Guid ChargeId, DisputeStatus Status, string Reason, Instant StatedAt, Instant? DecidedAt, string? DecisionReason, Guid? ReplacedBy)
    {
        public static DisputeAnswer Of(ChargeDispute d) => new(d.Id.Value, d.ChargeId.Value, d.Status, d.Reason, d.StatedAt, d.DecidedAt, d.DecisionReason, d.ReplacedBy?.Value);
    }

    public static void Map(RouteGroupBuilder api)
    {
        api.MapPost("/charges/{id:guid}/dispute", StateAsync).WithTags("Disputes").WithName("DisputeCharge").WithSummary("Say what is wrong with a charge that one pays, within its review days").RequirePermission(BillingPermissions.Dispute).Idempotent();
        api.MapGet("/charges/{id:guid}/review", ReviewAsync).WithTags("Disputes").WithName("GetChargeReview").WithSummary("Until when a charge may be disputed, and what was said and decided").RequirePermission(BillingPermissions.Read);
        api.MapGet("/charge-disputes", WaitingAsync).WithTags("Disputes").WithName("ListChargeDisputes").WithSummary("Disputes that wait for one's decision, the longest first").RequirePermission(BillingPermissions.Decide);
        api.MapPost("/charge-disputes/{id:guid}/decision", DecideAsync).WithTags("Disputes").WithName("DecideChargeDispute").WithSummary("Adjust a disputed charge or let it stand, with a reason").RequirePermission(BillingPermissions.Decide).Idempotent();
    }

    private static async Task<IResult> StateAsync(Guid id, DisputeRequest r, DisputeCharge dispute, ProblemAnswers answers, CancellationToken cancel) => Answer(await dispute.StateAsync(new ChargeId(id), r.Reason, cancel), answers);

    private static async Task<IResult> ReviewAsync(Guid id, ChargeQueries charges, DisputeQueries queries, ProblemAnswers answers, CancellationToken cancel) =>
        await charges.OneAsync(new ChargeId(id), cancel) is not null && await queries.OfAsync(new ChargeId(id), cancel) is { } review ? Results.Ok(review) : answers.Of(Problem.NotFound());

    private static async Task<IResult> WaitingAsync(DisputeQueries queries, CancellationToken cancel) => Results.Ok(new { items = await queries.WaitingAsync(cancel) });

    private static async Task<IResult> DecideAsync(Guid id, DecisionRequest r, DisputeCharge dispute, ProblemAnswers answers, CancellationToken cancel)
    {
        if (r.Uphold is not { } uphold) return answers.Of(Problem.Invalid("charge-dispute.decision-missing", "uphold"));
        return Answer(await dispute.DecideAsync(new ChargeDisputeId(id), uphold, r.Amount, r.Reason, cancel), answers);
    }

    private static IResult Answer(Outcome<ChargeDispute> outcome, ProblemAnswers answers) => outcome.IsOk ? Results.Ok(DisputeAnswer.Of(outcome.Value)) : answers.Of(outcome);
}
