using InstrumentShare.Access;
using InstrumentShare.Kernel;
using InstrumentShare.Web;

namespace InstrumentShare.Usage.Chain;

public static class ChainApi
{
    public static void Map(RouteGroupBuilder api)
    {
        api.MapGet("/usage-records/proof", ProofAsync).WithTags("Usage").WithName("ProveUsage").WithSummary("Prove what was entered of usage in a period, or name the first place that does not hold").RequirePermission(UsagePermissions.View).Produces<ChainProof>();
        api.MapGet("/usage-seals", SealsAsync).WithTags("Usage").WithName("ListUsageSeals").WithSummary("The daily seals over all chains of usage, newest first").Public().Produces<PageOf<SealRow>>();
    }

    /// <summary>What an address asks to have proven.</summary>
    public static VerifyUsage.Request RequestOf(ListQuery list) =>
        new(UsageFilters.Id(list, "instrument"), UsageFilters.Id(list, "institution"), UsageFilters.Date(list, "from"), UsageFilters.Date(list, "to"));

    private static async Task<IResult> ProofAsync(HttpRequest http, VerifyUsage verify, ProblemAnswers answers, CancellationToken cancel)
    {
        var list = ListQuery.Read(http, "instrument", "institution", "from", "to");
        var request = RequestOf(list);
        if (list.Problems.Count > 0) return answers.Of(list.Problems);
        var proof = await verify.RunAsync(request, cancel);
        return proof.IsOk ? Results.Ok(proof.Value) : answers.Of(proof);
    }

    private static async Task<IResult> SealsAsync(HttpRequest http, ChainQueries queries, ProblemAnswers answers, CancellationToken cancel)
    {
        var list = ListQuery.Read(http);
        if (list.Cursor is { } cursor && !ChainQueries.IsCursor(cursor)) list.Problems.Add(Problem.Invalid("request.cursor", "cursor", ("value", cursor)));
        return list.Problems.Count > 0 ? answers.Of(list.Problems) : Results.Ok(await queries.SealsAsync(list.Limit, list.Cursor, cancel));
    }
}
