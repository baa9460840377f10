using System.Text.Json;
using InstrumentShare.Access;
using InstrumentShare.Kernel;
using InstrumentShare.Persistence;
using InstrumentShare.Subsidies.Evaluation;
using InstrumentShare.Subsidies.Language;
using InstrumentShare.Web;
using NodaTime;
using NodaTime.Text;

namespace InstrumentShare.Subsidies;

public static class SubsidyApi
{
    /// <param name="Budget">An amount as text, or as the API writes money.</param>
    public sealed record StartRequest(string? PolicyId, string? From, string? To, JsonElement? Budget);

    /// <param name="Confirm">Names of figures that the caller confirms by this call.</param>
    public sealed record FinalRequest(IReadOnlyList<string>? Confirm);

    public static void Map(RouteGroupBuilder api)
    {
        var group = api.MapGroup("/subsidy").WithTags("Subsidies");
        group.MapGet("/policies", PoliciesAsync).WithName("ListSubsidyPolicies").WithSummary("The policies in the words of the engine").Public();
        group.MapGet("/policies/{id}", PolicyAsync).WithName("GetSubsidyPolicy").WithSummary("One policy with its text").Public();
        group.MapPost("/evaluate", EvaluateAsync).WithName("EvaluateSubsidy").WithSummary("Apply a policy to brought facts; stores nothing").RequirePermission(SubsidyPermissions.Evaluate);
        group.MapPost("/runs", StartAsync).WithName("StartSubsidyRun").WithSummary("Apply a policy to the region's records of a window").RequirePermission(SubsidyPermissions.Run).Idempotent();
        group.MapGet("/runs", RunsAsync).WithName("ListSubsidyRuns").WithSummary("Runs of the caller's regions, the newest first").RequirePermission(SubsidyPermissions.Read);
        group.MapGet("/runs/{id:guid}", RunAsync).WithName("GetSubsidyRun").WithSummary("A run with its progress, totals and digests").RequirePermission(SubsidyPermissions.Read);
        group.MapPost("/runs/{id:guid}/cancel", CancelAsync).WithName("CancelSubsidyRun").WithSummary("Stop a run that is being calculated").RequirePermission(SubsidyPermissions.Run);
        group.MapPost("/runs/{id:guid}/final", FinalAsync).WithName("MakeSubsidyRunFinal").WithSummary("Confirm figures by name and make the run final").RequirePermission(SubsidyPermissions.Run);
        group.MapGet("/runs/{id:guid}/beneficiaries", BeneficiariesAsync).WithName("ListSubsidyBeneficiaries").WithSummary("What is paid to whom, the largest first").RequirePermission(SubsidyPermissions.Read);
        group.MapGet("/runs/{id:guid}/lines", LinesAsync).WithName("ListSubsidyLines").WithSummary("Lines before caps and budget").RequirePermission(SubsidyPermissions.Read);
        group.MapGet("/runs/{id:guid}/lines/{lineId:guid}/explanation", ExplanationAsync).WithName("ExplainSubsidyLine").WithSummary("Every step of a line").RequirePermission(SubsidyPermissions.Read);
    }

    private static async Task<IResult> PoliciesAsync(HttpRequest request, PolicyLibrary library, Words words, ProblemAnswers answers, CancellationToken cancel)
    {
        var query = ListQuery.Read(request);
        if (query.Problems.Count > 0) return answers.Of(query.Problems);
        var all = await library.CurrentAsync(cancel);
        var rows = all.SkipWhile(p => query.Cursor is { } last && string.CompareOrdinal(p.Policy.Id, last) <= 0).Take(query.Limit + 1).Select(p => PolicyAnswer.Of(p, words)).ToList();
        var next = rows.Count > query.Limit ? ListQuery.Encode(rows[query.Limit - 1].Id) : null;
        return TypedResults.Ok(new PageOf<PolicyAnswer>([.. rows.Take(query.Limit)], next, all.Count));
    }

    private static async Task<IResult> PolicyAsync(string id, PolicyLibrary library, Words words, ProblemAnswers answers, CancellationToken cancel) =>
        await library.FindAsync(id, cancel) is { } known ? TypedResults.Ok(PolicyAnswer.Of(known, words)) : answers.Of(new Problem("subsidy.policy-not-found", "id", Kind: ProblemKind.NotFound));

    private static async Task<IResult> EvaluateAsync(EvaluationRequest request, EvaluateSubsidy evaluate, ProblemAnswers answers, CancellationToken cancel)
    {
        var outcome = await evaluate.RunAsync(request, cancel);
        return outcome.IsOk ? TypedResults.Ok(outcome.Value) : answers.Of(outcome);
    }

    private static async Task<IResult> StartAsync(StartRequest request, HttpContext http, RunSubsidy start, WaitingRuns waiting, ProblemAnswers answers, CancellationToken cancel)
    {
        var problems = new List<Problem>();
        var (from, to) = (Day(request.From, "from", problems), Day(request.To, "to", problems));
        var budget = RunBudget.Read(request.Budget, problems);
        if (problems.Count > 0) return answers.Of(problems);
        var outcome = await start.RunAsync(new RunOrder(request.PolicyId, from, to, budget), cancel);
        if (!outcome.IsOk) return answers.Of(outcome);
        var (location, answer) = ($"/api/v1/subsidy/runs/{outcome.Value.Id.Value}", RunAnswer.Of(outcome.Value));
        if (outcome.Value.Status != RunStatus.Calculating) return TypedResults.Created(location, answer);

        // Under an Idempotency-Key the run is committed only when the answer is.
        http.Response.OnCompleted(() =>
        {
            waiting.Tell();
            return Task.CompletedTask;
        });
        return TypedResults.Accepted(location, answer);
    }

    private static async Task<IResult> RunsAsync(HttpRequest request, RunQueries queries, ProblemAnswers answers, CancellationToken cancel)
    {
        var query = ListQuery.Read(request);
        if (query.Problems.Count > 0) return answers.Of(query.Problems);
        var page = await queries.ListAsync(query.Limit, query.Cursor, cancel);
        return TypedResults.Ok(new PageOf<RunAnswer>([.. page.Items.Select(RunAnswer.Of)], page.NextCursor, page.Total));
    }

    private static async Task<IResult> RunAsync(Guid id, RunQueries queries, ProblemAnswers answers, CancellationToken cancel) =>
        await queries.FindAsync(SubsidyRunId.From(id), cancel) is { } run ? TypedResults.Ok(RunAnswer.Of(run)) : answers.Of(Problem.NotFound());

    private static async Task<IResult> CancelAsync(Guid id, CancelRun cancelRun, ProblemAnswers answers, CancellationToken cancel)
    {
        var outcome = await cancelRun.RunAsync(SubsidyRunId.From(id), cancel);
        return outcome.IsOk ? TypedResults.Ok(RunAnswer.Of(outcome.Value)) : answers.Of(outcome);
    }

    private static async Task<IResult> FinalAsync(Guid id, FinalRequest request, MakeRunFinal makeFinal, ProblemAnswers answers, CancellationToken cancel)
    {
        var outcome = await makeFinal.RunAsync(SubsidyRunId.From(id), [.. (request.Confirm ?? []).OfType<string>()], cancel);
        return outcome.IsOk ? TypedResults.Ok(RunAnswer.Of(outcome.Value)) : answers.Of(outcome);
    }

    private static async Task<IResult> BeneficiariesAsync(Guid id, HttpRequest request, RunQueries queries, ProblemAnswers answers, CancellationToken cancel)
    {
        var query = ListQuery.Read(request);
        if (query.Problems.Count > 0) return answers.Of(query.Problems);
        if (await queries.FindAsync(SubsidyRunId.From(id), cancel) is not { } run) return answers.Of(Problem.NotFound());
        var page = await queries.EntriesAsync(run.Id, query.Limit, query.Cursor, cancel);
        return TypedResults.Ok(new PageOf<EntryAnswer>([.. page.Items.Select(EntryAnswer.Of)], page.NextCursor, page.Total));
    }

    private static async Task<IResult> LinesAsync(Guid id, HttpRequest request, RunQueries queries, ProblemAnswers answers, CancellationToken cancel)
    {
        var query = ListQuery.Read(request, LineFilters.Names);
        var filter = LineFilters.Read(query);
        if (query.Problems.Count > 0) return answers.Of(query.Problems);
        if (await queries.FindAsync(SubsidyRunId.From(id), cancel) is not { } run) return answers.Of(Problem.NotFound());
        var page = await queries.LinesAsync(run, filter, query.Limit, query.Cursor, cancel);
        return TypedResults.Ok(new PageOf<LineAnswer>([.. page.Items.Select(LineAnswer.Of)], page.NextCursor, page.Total));
    }

    private static async Task<IResult> ExplanationAsync(Guid id, Guid lineId, ExplainLine explain, Words words, ProblemAnswers answers, CancellationToken cancel) =>
        await explain.RunAsync(SubsidyRunId.From(id), lineId, cancel) is { } told ? TypedResults.Ok(ExplanationAnswer.Of(told, words)) : answers.Of(Problem.NotFound());

    private static LocalDate? Day(string? text, string field, List<Problem> problems)
    {
        if (text is null) return null;
        if (text.Length == 10 && LocalDatePattern.Iso.Parse(text) is { Success: true } day) return day.Value;
        problems.Add(Problem.Invalid("subsidy.facts.date", field, ("value", text.Length > 80 ? text[..80] : text)));
        return null;
    }
}
