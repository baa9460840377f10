using InstrumentShare.Kernel;
using InstrumentShare.Persistence;
using InstrumentShare.Web;

namespace InstrumentShare.Access.Institutions;

public static class InstitutionsApi
{
    public static void Map(RouteGroupBuilder api)
    {
        var institutions = api.MapGroup("/institutions").WithTags("Institutions");
        institutions.MapGet("", ListAsync).WithName("ListInstitutions").WithSummary("Institutions by name, kind and region").Public();
        institutions.MapGet("/{id:guid}", GetAsync).WithName("GetInstitution").WithSummary("One institution").Public();
        institutions.MapPost("", CreateAsync).WithName("CreateInstitution").WithSummary("Enter an institution").RequirePermission(AccessPermissions.ManageSystem).Idempotent();
        institutions.MapPatch("/{id:guid}", ChangeAsync).WithName("ChangeInstitution").WithSummary("Change an institution; absent fields stay").RequirePermission(AccessPermissions.ManageSystem);
    }

    private static async Task<IResult> ListAsync(InstitutionQueries queries, HttpRequest request, ProblemAnswers answers, CancellationToken cancel)
    {
        var list = ListQuery.Read(request, "q", "kind", "region");
        InstitutionKind kind = default;
        if (list["kind"] is not null && !Word.TryParse(list["kind"], out kind)) list.Problems.Add(Problem.Invalid("institution.kind", "kind"));
        if (list["region"] is { } code && !Region.IsValid(code)) list.Problems.Add(Problem.Invalid("institution.region", "region", ("region", code)));
        Guid after = default;
        if (list.Cursor is not null && !Guid.TryParse(list.Cursor, out after)) list.Problems.Add(Problem.Invalid("request.cursor", "cursor", ("value", request.Query["cursor"].ToString())));
        if (list.Problems.Count > 0) return answers.Of(list.Problems);
        return TypedResults.Ok(await queries.ListAsync(
            list["q"], list["kind"] is null ? null : kind, list["region"] is { } region ? new Region(region) : null, inactiveToo: false, list.Cursor is null ? null : after, list.Limit, cancel));
    }

    private static async Task<IResult> GetAsync(Guid id, InstitutionQueries queries, ProblemAnswers answers, CancellationToken cancel) =>
        await queries.OfAsync(new InstitutionId(id), cancel) is { } found ? TypedResults.Ok(found) : answers.Of(Problem.NotFound());

    private static async Task<IResult> CreateAsync(InstitutionFields request, SaveInstitution save, InstitutionQueries queries, ProblemAnswers answers, CancellationToken cancel)
    {
        var saved = await save.CreateAsync(request, cancel);
        return saved.IsOk ? TypedResults.Created($"/api/v1/institutions/{saved.Value.Id.Value}", await queries.OfAsync(saved.Value.Id, cancel)) : answers.Of(saved);
    }

    private static async Task<IResult> ChangeAsync(Guid id, InstitutionFields request, SaveInstitution save, InstitutionQueries queries, ProblemAnswers answers, CancellationToken cancel)
    {
        var saved = await save.ChangeAsync(new InstitutionId(id), request, cancel);
        return saved.IsOk ? TypedResults.Ok(await queries.OfAsync(saved.Value.Id, cancel)) : answers.Of(saved);
    }
}
