using InstrumentShare.Access;
using InstrumentShare.Kernel;
using InstrumentShare.Persistence;
using InstrumentShare.Web;

namespace InstrumentShare.Usage.Feedback;

public static class FeedbackApi
{
    /// <param name="Kind"><c>normal</c> or <c>fault</c>; a fault needs a text.</param>
    /// <param name="Rating">From 1 to 5.</param>
    public sealed record FeedbackRequest(string? Kind, string? Text, int? Rating);

    public static void Map(RouteGroupBuilder api)
    {
        var feedback = api.MapGroup("/usage-records/{id:guid}/feedback").WithTags("Usage").ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status409Conflict);
        feedback.MapPost("", GiveAsync).WithName("GiveFeedback").WithSummary("Say how a use of one's own went").Produces<UsageFeedback>(StatusCodes.Status201Created).RequirePermission(UsagePermissions.Own).Idempotent();
        feedback.MapGet("", OneAsync).WithName("GetFeedback").WithSummary("What was said of a use").Produces<UsageFeedback>().RequirePermission(UsagePermissions.Read);
    }

    private static async Task<IResult> GiveAsync(Guid id, FeedbackRequest request, GiveFeedback give, ProblemAnswers answers, CancellationToken cancel)
    {
        var given = await give.RunAsync(new UsageId(id), new(Word.TryParse<FeedbackKind>(request.Kind, out var kind) ? kind : null, request.Text, request.Rating), cancel);
        return given.IsOk ? TypedResults.Created($"/api/v1/usage-records/{id}/feedback", given.Value) : answers.Of(given);
    }

    private static async Task<IResult> OneAsync(Guid id, UsageQueries queries, GiveFeedback feedback, ProblemAnswers answers, CancellationToken cancel)
    {
        var history = await queries.HistoryAsync(new UsageId(id), cancel);
        return history.Count > 0 && await feedback.OnAsync(history.Select(h => h.Id), cancel) is { } given ? TypedResults.Ok(given) : answers.Of(Problem.NotFound());
    }
}
