using InstrumentShare.Access;
using InstrumentShare.Kernel;
using InstrumentShare.Web;
using Microsoft.Extensions.Options;

using NodaTime.Text;

namespace InstrumentShare.Orders.Results;

/// <summary>Results over HTTP: a multipart form with <c>file</c>, and if wanted <c>orderLineId</c> and <c>expiresOn</c>, to add one.</summary>
public static class ResultApi
{
    public static void Map(RouteGroupBuilder api)
    {
        var results = api.MapGroup("/orders/{id:guid}/results").WithTags("Orders");
        results.MapGet("", ListAsync).WithName("ListResults").WithSummary("Result files of an order").Produces<PageOf<ResultRow>>().RequirePermission(OrderPermissions.Read);
        results.MapPost("", UploadAsync).WithName("AddResult").WithSummary("Add a result file").Produces<ResultRow>(StatusCodes.Status201Created).ProducesProblem(StatusCodes.Status413PayloadTooLarge).RequirePermission(OrderPermissions.Handle).DisableAntiforgery();
        results.MapGet("/{fileId:guid}", DownloadAsync).WithName("DownloadResult").WithSummary("Download a result file; each download is logged").RequirePermission(OrderPermissions.Read);
    }

    private static async Task<IResult> ListAsync(Guid id, OrderQueries orders, ResultQueries results, ProblemAnswers answers, CancellationToken cancel)
    {
        if (await orders.OneAsync(new OrderId(id), cancel) is not { Door.MayDownload: true }) return answers.Of(Problem.NotFound());
        var rows = await results.OfOrderAsync(new OrderId(id), cancel);
        return TypedResults.Ok(new PageOf<ResultRow>(rows, null, rows.Count));
    }

    private static async Task<IResult> UploadAsync(Guid id, HttpRequest request, UploadResult upload, ResultQueries results, IOptions<OrderOptions> options, ProblemAnswers answers, CancellationToken cancel)
    {
        var (form, refusal) = await UploadForm.ReadAsync(request, options.Value.MaxFileMebibytes * 1024L * 1024L, "result.request-too-large", answers, cancel);
        if (form is null) return refusal!;
        if (form.Files["file"] is not { } file) return answers.Of(Problem.Invalid("import.no-file", "file"));
        var problems = new List<Problem>();
        var (line, expires) = (form["orderLineId"].ToString(), form["expiresOn"].ToString());
        if (line.Length > 0 && !Guid.TryParse(line, out _)) problems.Add(Problem.Invalid("quote.line-unknown", "orderLineId", ("value", line)));
        if (expires.Length > 0 && !LocalDatePattern.Iso.Parse(expires).Success) problems.Add(Problem.Invalid("price.date-unreadable", "expiresOn", ("value", expires)));
        if (problems.Count > 0) return answers.Of(problems);
        var outcome = await upload.RunAsync(
            new OrderId(id), file.FileName, await file.BytesAsync(cancel), line.Length > 0 ? Guid.Parse(line) : null, expires.Length > 0 ? LocalDatePattern.Iso.Parse(expires).Value : null, request.IfMatch(), cancel);
        if (!outcome.IsOk) return answers.Of(outcome);
        var row = (await results.OfOrderAsync(new OrderId(id), cancel)).Single(r => r.Id == upload.Added!.Id);
        return TypedResults.Created($"/api/v1/orders/{id}/results/{row.Id.Value}", row);
    }

    // Always a download, never a page: whatever it is, a browser does not open it here.
    private static async Task<IResult> DownloadAsync(Guid id, Guid fileId, DownloadResult download, IResultStore store, HttpResponse response, ProblemAnswers answers, CancellationToken cancel)
    {
        var opened = await download.RunAsync(new OrderId(id), new ResultFileId(fileId), cancel);
        if (!opened.IsOk) return answers.Of(opened);
        (response.ContentLength, response.Headers.CacheControl) = (opened.Value.Size, "private, no-store");
        return Microsoft.AspNetCore.Http.Results.Stream(async body =>
        {
            await foreach (var part in store.ReadAsync(opened.Value.Id, cancel)) await body.WriteAsync(part, cancel);
        }, opened.Value.MediaType, opened.Value.Name);
    }
}
