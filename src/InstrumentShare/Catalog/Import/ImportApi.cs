using InstrumentShare.Access;
using InstrumentShare.Kernel;
using InstrumentShare.Web;
using Microsoft.AspNetCore.Http.Features;

namespace InstrumentShare.Catalog.Import;

/// <summary><c>POST /instruments/import</c>: a multipart form with <c>file</c>, <c>dryRun</c> and, if not one's own, <c>institutionId</c>.</summary>
public static class ImportApi
{
    /// <summary>The largest file and what a multipart form needs around it.</summary>
    public const int MaxRequestBytes = SheetLimits.MaxBytes + (64 * 1024);

    public sealed record ProblemAnswer(int Row, string Field, string Value, string Code, string Message);

    public sealed record Answer(
        bool DryRun, int Rows, int Created, int Updated, int Unchanged, int ProblemCount, IReadOnlyList<ProblemAnswer> Problems, IReadOnlyList<string> IgnoredColumns);

    public static void Map(RouteGroupBuilder instruments) =>
        instruments.MapPost("/import", ImportAsync).WithName("ImportInstruments").WithSummary("Check or take in a CSV or XLSX file with the national field names")
            .RequirePermission(CatalogPermissions.ImportInstruments).DisableAntiforgery();

    /// <summary>The form, or the refusal of one that is too large or none at all. Sizes are looked at before the body is read.</summary>
    public static async Task<(IFormCollection? Form, IResult? Refusal)> ReadFormAsync(HttpRequest request, ProblemAnswers answers, CancellationToken cancel)
    {
        if (request.ContentLength > MaxRequestBytes) return (null, answers.Status(StatusCodes.Status413PayloadTooLarge, "import.too-large"));
        if (!request.HasFormContentType) return (null, answers.Status(StatusCodes.Status415UnsupportedMediaType, "import.multipart"));
        try
        {
            request.HttpContext.Features.Set<IFormFeature>(new FormFeature(request, new FormOptions { MultipartBodyLengthLimit = SheetLimits.MaxBytes }));
            return (await request.ReadFormAsync(cancel), null);
        }
        catch (InvalidDataException failure)
        {
            var tooLarge = failure.Message.Contains("limit", StringComparison.OrdinalIgnoreCase);
            return (null, tooLarge ? answers.Status(StatusCodes.Status413PayloadTooLarge, "import.too-large") : answers.Status(StatusCodes.Status400BadRequest, "import.multipart"));
        }
    }

    public static async Task<byte[]> BytesAsync(IFormFile file, CancellationToken cancel)
    {
        using var memory = new MemoryStream((int)file.Length);
        await file.CopyToAsync(memory, cancel);
        return memory.ToArray();
    }

    private static async Task<IResult> ImportAsync(HttpRequest request, ImportInstruments import, Words words, ProblemAnswers answers, CancellationToken cancel)
    {
        var (form, refusal) = await ReadFormAsync(request, answers, cancel);
        if (form is null) return refusal!;
        if (form.Files["file"] is not { } file) return answers.Of(Problem.Invalid("import.no-file", "file"));
        var dryRun = form["dryRun"].ToString() is { Length: > 0 } sent ? sent : request.Query["dryRun"].ToString();
        if (dryRun is not ("" or "true" or "false")) return answers.Of(Problem.Invalid("instrument.unknown-word", "dryRun", ("value", dryRun), ("known", "true, false")));
        var institution = form["institutionId"].ToString();
        if (institution.Length > 0 && !Guid.TryParse(institution, out _)) return answers.Of(Problem.Invalid("catalog.institution", "institutionId", ("value", institution)));

        var done = await import.RunAsync(await BytesAsync(file, cancel), institution.Length > 0 ? new InstitutionId(Guid.Parse(institution)) : null, dryRun == "true", cancel);
        if (!done.IsOk) return answers.Of(done);
        var result = done.Value;
        if (!result.DryRun && result.ProblemCount > 0) return answers.Of(result.Problems.Select(p => p.Placed()).ToList());
        return TypedResults.Ok(new Answer(result.DryRun, result.Rows, result.Created, result.Updated, result.Unchanged, result.ProblemCount,
            result.Problems.Select(p => new ProblemAnswer(p.Row, p.Column, p.Value, p.Problem.Code, words.Of(p.Problem))).ToList(), result.IgnoredColumns));
    }
}
