using InstrumentShare.Access;
using InstrumentShare.Catalog;
using InstrumentShare.Kernel;
using InstrumentShare.Web;

namespace InstrumentShare.Bookings.Qualifications;

/// <summary>What instruments require, and who holds it, for programs.</summary>
public static class QualificationApi
{
    public sealed record ReasonRequest(string? Reason);

    public static void Map(RouteGroupBuilder api)
    {
        var all = api.MapGroup("/qualifications").WithTags("Qualifications");
        all.MapGet("/", ListAsync).WithName("ListQualifications").WithSummary("What instruments and groups in one's care require").Produces<PageOf<QualificationRow>>().RequirePermission(QualificationPermissions.View);
        all.MapPost("/", CreateAsync).WithName("CreateQualification").WithSummary("Require a qualification of an instrument or a group").Produces<QualificationRow>(StatusCodes.Status201Created).RequirePermission(QualificationPermissions.Manage).Idempotent();
        all.MapGet("/{id:guid}", OneAsync).WithName("GetQualification").WithSummary("One qualification").Produces<QualificationRow>().RequirePermission(QualificationPermissions.View);
        all.MapPatch("/{id:guid}", ChangeAsync).WithName("ChangeQualification").WithSummary("Change a qualification; absent fields stay").Produces<QualificationRow>().RequirePermission(QualificationPermissions.Manage);
        all.MapGet("/{id:guid}/holders.csv", FileAsync).WithName("ExportHolders").WithSummary("Who holds it, as CSV").RequirePermission(QualificationPermissions.View);

        var certificates = api.MapGroup("/certificates").WithTags("Qualifications");
        certificates.MapGet("/", CertificatesAsync).WithName("ListCertificates").WithSummary("One's own certificates, and those in one's care").Produces<PageOf<CertificateRow>>().RequirePermission(QualificationPermissions.Read);
        certificates.MapPost("/", GrantAsync).WithName("GrantCertificate").WithSummary("Grant a certificate without training, with a reason").Produces<Certificate>(StatusCodes.Status201Created).RequirePermission(QualificationPermissions.Grant).Idempotent();
        certificates.MapPost("/{id:guid}/revoke", RevokeAsync).WithName("RevokeCertificate").WithSummary("Revoke a certificate with a reason").Produces<Certificate>().RequirePermission(QualificationPermissions.Grant);
    }

    private static async Task<IResult> ListAsync(HttpRequest http, QualificationQueries queries, ProblemAnswers answers, CancellationToken cancel)
    {
        var list = ListQuery.Read(http, "instrument");
        var instrument = Id(list, "instrument");
        Guid after = default;
        if (list.Cursor is not null && !Guid.TryParse(list.Cursor, out after)) list.Problems.Add(Problem.Invalid("request.cursor", "cursor", ("value", list["cursor"])));
        return list.Problems.Count > 0 ? answers.Of(list.Problems)
            : TypedResults.Ok(await queries.ListAsync(QualificationPermissions.View, instrument is { } id ? new InstrumentId(id) : null, list.Cursor is null ? null : after, list.Limit, cancel));
    }

    private static async Task<IResult> CreateAsync(SaveQualification.Request request, SaveQualification save, QualificationQueries queries, HttpResponse response, ProblemAnswers answers, CancellationToken cancel)
    {
        var saved = await save.CreateAsync(request, cancel);
        if (!saved.IsOk) return answers.Of(saved);
        response.SetETag(saved.Value.Version);
        return TypedResults.Created($"/api/v1/qualifications/{saved.Value.Id.Value}", await queries.OfAsync(saved.Value.Id, cancel));
    }

    private static async Task<IResult> OneAsync(Guid id, QualificationQueries queries, HttpResponse response, ProblemAnswers answers, CancellationToken cancel)
    {
        if (await queries.OfAsync(new QualificationId(id), cancel) is not { } found) return answers.Of(Problem.NotFound());
        response.SetETag(found.Version);
        return TypedResults.Ok(found);
    }

    private static async Task<IResult> ChangeAsync(Guid id, SaveQualification.Request request, SaveQualification save, QualificationQueries queries, HttpContext http, ProblemAnswers answers, CancellationToken cancel)
    {
        var saved = await save.ChangeAsync(new QualificationId(id), request, http.Request.IfMatch(), cancel);
        if (!saved.IsOk) return answers.Of(saved);
        http.Response.SetETag(saved.Value.Version);
        return TypedResults.Ok(await queries.OfAsync(saved.Value.Id, cancel));
    }

    private static async Task<IResult> FileAsync(Guid id, QualificationQueries queries, CertificateFile file, ProblemAnswers answers, CancellationToken cancel) =>
        await queries.OfAsync(new QualificationId(id), cancel) is { } found ? Results.File(await file.OfAsync(found.Id, cancel), "text/csv; charset=utf-8", "holders.csv") : answers.Of(Problem.NotFound());

    private static async Task<IResult> CertificatesAsync(HttpRequest http, CertificateQueries queries, ProblemAnswers answers, CancellationToken cancel)
    {
        var list = ListQuery.Read(http, "mine", "qualification", "expiringDays", "current");
        var (mine, current, qualification) = (Truth(list, "mine") ?? false, Truth(list, "current"), Id(list, "qualification"));
        int? days = null;
        if (list["expiringDays"] is { } text)
        {
            if (int.TryParse(text, out var read) && read is >= 0 and <= 3650) days = read;
            else list.Problems.Add(Problem.Invalid("certificate.days", "expiringDays", ("value", text)));
        }

        if (list.Cursor is not null && CertificateQueries.ReadKey(list.Cursor) is null) list.Problems.Add(Problem.Invalid("request.cursor", "cursor", ("value", list["cursor"])));
        return list.Problems.Count > 0 ? answers.Of(list.Problems)
            : TypedResults.Ok(await queries.ListAsync(new CertificateFilter(mine, qualification is { } id ? new QualificationId(id) : null, days, current, list.Cursor, list.Limit), cancel));
    }

    private static async Task<IResult> GrantAsync(ChangeCertificates.Request request, ChangeCertificates change, ProblemAnswers answers, CancellationToken cancel)
    {
        var granted = await change.GrantAsync(request, cancel);
        return granted.IsOk ? TypedResults.Created((string?)null, granted.Value) : answers.Of(granted);
    }

    private static async Task<IResult> RevokeAsync(Guid id, ReasonRequest? body, ChangeCertificates change, ProblemAnswers answers, CancellationToken cancel)
    {
        var revoked = await change.RevokeAsync(new CertificateId(id), body?.Reason, cancel);
        return revoked.IsOk ? TypedResults.Ok(revoked.Value) : answers.Of(revoked);
    }

    internal static Guid? Id(ListQuery list, string name)
    {
        if (list[name] is not { } text) return null;
        if (Guid.TryParse(text, out var id)) return id;
        list.Problems.Add(Problem.Invalid("booking.id-unreadable", name, ("value", text)));
        return null;
    }

    internal static bool? Truth(ListQuery list, string name)
    {
        if (list[name] is not { } text) return null;
        if (text is "true" or "false") return text == "true";
        list.Problems.Add(Problem.Invalid("booking.filter-value", name, ("value", text), ("known", "true, false")));
        return null;
    }
}
