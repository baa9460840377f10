using InstrumentShare.Access;
using InstrumentShare.Kernel;
using InstrumentShare.Web;

namespace InstrumentShare.Orders.Items;

/// <summary>What labs do on samples sent in, over HTTP.</summary>
public static class TestItemApi
{
    public sealed record ItemRequest(Guid? InstrumentId, Guid? InstitutionId, string? Name, string? NameEn, string? Description, int? MinutesPerSample, bool? IsActive);

    public static void Map(RouteGroupBuilder api)
    {
        var items = api.MapGroup("/test-items").WithTags("Orders");
        items.MapGet("", ListAsync).WithName("ListTestItems").WithSummary("What labs do on samples sent in").Produces<PageOf<TestItemRow>>().RequirePermission(OrderPermissions.Read);
        items.MapPost("", CreateAsync).WithName("CreateTestItem").WithSummary("Offer work on samples").Produces<TestItemRow>(StatusCodes.Status201Created).RequirePermission(OrderPermissions.Quote).Idempotent();
        items.MapPatch("/{id:guid}", ChangeAsync).WithName("ChangeTestItem").WithSummary("Change what is offered, or put it out of use").Produces<TestItemRow>().RequirePermission(OrderPermissions.Quote);
    }

    private static SaveTestItem.Request Read(ItemRequest r) => new(r.InstrumentId, r.InstitutionId, r.Name, r.NameEn, r.Description, r.MinutesPerSample, r.IsActive);

    private static async Task<IResult> ListAsync(HttpRequest request, TestItemQueries queries, ProblemAnswers answers, CancellationToken cancel)
    {
        var list = ListQuery.Read(request, "instrument", "institution");
        var (instrument, institution) = (Id(list, "instrument"), Id(list, "institution"));
        Guid? after = null;
        if (list.Cursor is { } cursor)
        {
            if (Guid.TryParse(cursor, out var id)) after = id;
            else list.Problems.Add(Problem.Invalid("request.cursor", "cursor", ("value", cursor)));
        }

        return list.Problems.Count > 0 ? answers.Of(list.Problems) : TypedResults.Ok(await queries.ListAsync(instrument, institution, managed: false, after, list.Limit, cancel));
    }

    private static Guid? Id(ListQuery list, string name)
    {
        if (list[name] is not { } text) return null;
        if (Guid.TryParse(text, out var id)) return id;
        list.Problems.Add(Problem.Invalid("request.filter-value", name, ("filter", name), ("value", text), ("known", "UUID")));
        return null;
    }

    private static async Task<IResult> CreateAsync(ItemRequest body, SaveTestItem save, TestItemQueries queries, ProblemAnswers answers, CancellationToken cancel)
    {
        var saved = await save.CreateAsync(Read(body), cancel);
        return saved.IsOk ? TypedResults.Created($"/api/v1/test-items/{saved.Value.Id.Value}", await queries.OneAsync(saved.Value.Id, cancel)) : answers.Of(saved);
    }

    private static async Task<IResult> ChangeAsync(Guid id, ItemRequest body, SaveTestItem save, TestItemQueries queries, HttpContext http, ProblemAnswers answers, CancellationToken cancel)
    {
        var saved = await save.ChangeAsync(new TestItemId(id), Read(body), http.Request.IfMatch(), cancel);
        if (!saved.IsOk) return answers.Of(saved);
        http.Response.SetETag(saved.Value.Version);
        return TypedResults.Ok(await queries.OneAsync(saved.Value.Id, cancel));
    }
}
