using InstrumentShare.Access;
using InstrumentShare.Catalog;
using InstrumentShare.Kernel;
using InstrumentShare.Web;
using NodaTime;

namespace InstrumentShare.Usage.Faults;

public static class FaultApi
{
    public sealed record ReportRequest(FaultSeverity? Severity, string? Text);

    /// <param name="Severity">Left out: as reported.</param>
    public sealed record AcknowledgeRequest(FaultSeverity? Severity, string? Notice);

    public sealed record OutageRequest(string? Notice, Instant? Until);

    /// <param name="Reopen">Whether the outage that was made of it ends with it; left out: yes.</param>
    public sealed record ResolveRequest(string? Resolution, bool? Reopen);

    public sealed record FaultAnswer(Guid Id, Guid InstrumentId, FaultSeverity Severity, string Text, FaultStatus Status, Instant ReportedAt, Guid? BookingId, string? Notice, string? Resolution, Guid? ClosureId)
    {
        public static FaultAnswer Of(Fault f) => new(f.Id.Value, f.InstrumentId.Value, f.Severity, f.Text, f.Status, f.ReportedAt, f.BookingId?.Value, f.Notice, f.Resolution, f.ClosureId?.Value);
    }

    public sealed record PhotoAdded(int Number);

    public static void Map(RouteGroupBuilder api)
    {
        api.MapPost("/instruments/{id:guid}/faults", ReportAsync).WithTags("Faults").WithName("ReportFault").WithSummary("Report what is wrong with an instrument").RequirePermission(FaultPermissions.Report).Idempotent();
        var faults = api.MapGroup("/faults").WithTags("Faults");
        faults.MapGet("/", ListAsync).WithName("ListFaults").WithSummary("Faults one may see, newest first; those not resolved unless a status is named").RequirePermission(FaultPermissions.View);
        faults.MapGet("/mine", MineAsync).WithName("ListOwnFaults").WithSummary("One's own reports, newest first").RequirePermission(FaultPermissions.Report);
        faults.MapGet("/{id:guid}", OneAsync).WithName("GetFault").WithSummary("One fault: one's own report, or one about an instrument that a role covers").RequirePermission(AccessPermissions.OwnAccount);
        faults.MapPost("/{id:guid}/photos", AddPhotoAsync).WithName("AddFaultPhoto").WithSummary("Add a picture (PNG, JPEG or WebP) as a multipart form with file").Produces<PhotoAdded>(StatusCodes.Status201Created).ProducesProblem(StatusCodes.Status413PayloadTooLarge).RequirePermission(AccessPermissions.OwnAccount).DisableAntiforgery();
        faults.MapGet("/{id:guid}/photos/{number:int}", PhotoAsync).WithName("GetFaultPhoto").WithSummary("A picture of a fault").Produces<byte[]>(contentType: "image/jpeg").ProducesProblem(StatusCodes.Status404NotFound).RequirePermission(AccessPermissions.OwnAccount);
        faults.MapPost("/{id:guid}/acknowledge", AcknowledgeAsync).WithName("AcknowledgeFault").WithSummary("Say that it is so, in a notice for everyone").RequirePermission(FaultPermissions.Manage);
        faults.MapPost("/{id:guid}/outage", OutageAsync).WithName("MakeFaultOutage").WithSummary("Close the instrument for it from now on").RequirePermission(FaultPermissions.Manage).Idempotent();
        faults.MapPost("/{id:guid}/resolve", ResolveAsync).WithName("ResolveFault").WithSummary("Say how it was settled").RequirePermission(FaultPermissions.Manage);
    }

    private static async Task<IResult> ReportAsync(Guid id, ReportRequest r, ReportFault report, ProblemAnswers answers, CancellationToken cancel)
    {
        var outcome = await report.RunAsync(new InstrumentId(id), r.Severity, r.Text, cancel);
        return outcome.IsOk ? Results.Created($"/api/v1/faults/{outcome.Value.Id.Value}", FaultAnswer.Of(outcome.Value)) : answers.Of(outcome);
    }

    private static Task<IResult> ListAsync(HttpRequest request, FaultQueries queries, ProblemAnswers answers, CancellationToken cancel) => PageAsync(request, onlyOwn: false, queries, answers, cancel);

    private static Task<IResult> MineAsync(HttpRequest request, FaultQueries queries, ProblemAnswers answers, CancellationToken cancel) => PageAsync(request, onlyOwn: true, queries, answers, cancel);

    private static async Task<IResult> PageAsync(HttpRequest request, bool onlyOwn, FaultQueries queries, ProblemAnswers answers, CancellationToken cancel)
    {
        var list = ListQuery.Read(request, "instrument", "status");
        var filter = FilterOf(list) with { OnlyOwn = onlyOwn };
        return list.Problems.Count > 0 ? answers.Of(list.Problems) : Results.Ok(await queries.ListAsync(filter, list.Limit, list.Cursor, cancel));
    }

    /// <summary>What a list's address asks for; what cannot be read becomes the list's problem.</summary>
    public static FaultFilter FilterOf(ListQuery list)
    {
        if (list.Cursor is { } cursor && !Guid.TryParse(cursor, out _)) list.Problems.Add(Problem.Invalid("request.cursor", "cursor", ("value", cursor)));
        return new FaultFilter(UsageFilters.Id(list, "instrument"), UsageFilters.WordOf<FaultStatus>(list, "status"));
    }

    private static async Task<IResult> OneAsync(Guid id, FaultQueries queries, ProblemAnswers answers, CancellationToken cancel) =>
        await queries.OneAsync(new FaultId(id), cancel) is { } fault ? Results.Ok(fault) : answers.Of(Problem.NotFound());

    private static async Task<IResult> AddPhotoAsync(Guid id, HttpRequest request, AddFaultPhoto add, ProblemAnswers answers, CancellationToken cancel)
    {
        var (form, refusal) = await UploadForm.ReadAsync(request, FaultPhotoRules.MaxBytes, "fault.photo-too-large", answers, cancel);
        if (form is null) return refusal!;
        if (form.Files["file"] is not { } file) return answers.Of(Problem.Invalid("import.no-file", "file"));
        var added = await add.RunAsync(new FaultId(id), await file.BytesAsync(cancel), cancel);
        return added.IsOk ? Results.Created($"/api/v1/faults/{id}/photos/{added.Value}", new PhotoAdded(added.Value)) : answers.Of(added);
    }

    private static async Task<IResult> PhotoAsync(Guid id, int number, FaultQueries queries, HttpResponse response, ProblemAnswers answers, CancellationToken cancel)
    {
        if (await queries.PhotoAsync(new FaultId(id), number, cancel) is not var (content, type)) return answers.Of(Problem.NotFound());
        response.Headers.CacheControl = "private, no-cache";
        return TypedResults.Bytes(content, type);
    }

    private static async Task<IResult> AcknowledgeAsync(Guid id, AcknowledgeRequest r, SettleFault settle, ProblemAnswers answers, CancellationToken cancel) =>
        Answer(await settle.AcknowledgeAsync(new FaultId(id), r.Severity, r.Notice, cancel), answers);

    private static async Task<IResult> OutageAsync(Guid id, OutageRequest r, SettleFault settle, ProblemAnswers answers, CancellationToken cancel) =>
        Answer(await settle.OutageAsync(new FaultId(id), r.Notice, r.Until, cancel), answers);

    private static async Task<IResult> ResolveAsync(Guid id, ResolveRequest r, SettleFault settle, ProblemAnswers answers, CancellationToken cancel) =>
        Answer(await settle.ResolveAsync(new FaultId(id), r.Resolution, r.Reopen ?? true, cancel), answers);

    private static IResult Answer(Outcome<Fault> outcome, ProblemAnswers answers) => outcome.IsOk ? Results.Ok(FaultAnswer.Of(outcome.Value)) : answers.Of(outcome);
}
