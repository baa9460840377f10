using InstrumentShare.Access;
using InstrumentShare.Kernel;
using InstrumentShare.Web;

namespace InstrumentShare.Catalog.Groups;

/// <summary>Groups of instruments for programs.</summary>
public static class InstrumentGroupApi
{
    public sealed record ChangedInstruments(int Count);

    public static void Map(RouteGroupBuilder api)
    {
        var groups = api.MapGroup("/instrument-groups").WithTags("Instrument groups").RequirePermission(CatalogPermissions.ManageInstruments);
        groups.MapGet("/", ListAsync).WithName("ListInstrumentGroups").WithSummary("The groups of instruments one manages").Produces<PageOf<InstrumentGroupQueries.Item>>();
        groups.MapPost("/", CreateAsync).WithName("CreateInstrumentGroup").WithSummary("Make a group of instruments").Produces<InstrumentGroupQueries.Item>(StatusCodes.Status201Created).Idempotent();
        groups.MapGet("/{id:guid}", OneAsync).WithName("GetInstrumentGroup").WithSummary("One group").Produces<InstrumentGroupQueries.Item>();
        groups.MapPatch("/{id:guid}", ChangeAsync).WithName("ChangeInstrumentGroup").WithSummary("Change a group; absent fields stay").Produces<InstrumentGroupQueries.Item>();
        groups.MapGet("/{id:guid}/instruments", MembersAsync).WithName("ListGroupInstruments").WithSummary("The instruments in a group").Produces<PageOf<InstrumentGroupQueries.Member>>();
        groups.MapPost("/{id:guid}/instruments", AddAsync).WithName("AddGroupInstruments").WithSummary("Put instruments into a group").Produces<ChangedInstruments>();
        groups.MapPost("/{id:guid}/instruments/remove", RemoveAsync).WithName("RemoveGroupInstruments").WithSummary("Take instruments out of a group").Produces<ChangedInstruments>();
    }

    private static async Task<IResult> ListAsync(HttpRequest request, InstrumentGroupQueries queries, ProblemAnswers answers, CancellationToken cancel)
    {
        var list = Read(request, "institution");
        Guid institution = default;
        if (list["institution"] is { } text && !Guid.TryParse(text, out institution)) list.Problems.Add(Problem.Invalid("catalog.institution", "institution", ("value", text)));
        return list.Problems.Count > 0 ? answers.Of(list.Problems)
            : TypedResults.Ok(await queries.ListAsync(list["institution"] is null ? null : new InstitutionId(institution), list.Cursor, list.Limit, cancel));
    }

    private static async Task<IResult> CreateAsync(SaveInstrumentGroup.Request request, SaveInstrumentGroup save, InstrumentGroupQueries queries, HttpResponse response, ProblemAnswers answers, CancellationToken cancel)
    {
        var made = await save.CreateAsync(request, cancel);
        if (!made.IsOk) return answers.Of(made);
        response.SetETag(made.Value.Version);
        return TypedResults.Created($"/api/v1/instrument-groups/{made.Value.Id.Value}", await queries.OfAsync(made.Value.Id, cancel));
    }

    private static async Task<IResult> OneAsync(Guid id, InstrumentGroupQueries queries, HttpResponse response, ProblemAnswers answers, CancellationToken cancel)
    {
        if (await queries.OfAsync(new InstrumentGroupId(id), cancel) is not { } group) return answers.Of(Problem.NotFound());
        response.SetETag(group.Version);
        return TypedResults.Ok(group);
    }

    private static async Task<IResult> ChangeAsync(Guid id, SaveInstrumentGroup.Request request, SaveInstrumentGroup save, InstrumentGroupQueries queries, HttpContext http, ProblemAnswers answers, CancellationToken cancel)
    {
        var changed = await save.ChangeAsync(new InstrumentGroupId(id), request, http.Request.IfMatch(), cancel);
        if (!changed.IsOk) return answers.Of(changed);
        http.Response.SetETag(changed.Value.Version);
        return TypedResults.Ok(await queries.OfAsync(changed.Value.Id, cancel));
    }

    private static async Task<IResult> MembersAsync(Guid id, HttpRequest request, InstrumentGroupQueries queries, ProblemAnswers answers, CancellationToken cancel)
    {
        var list = Read(request);
        if (list.Problems.Count > 0) return answers.Of(list.Problems);
        if (await queries.OfAsync(new InstrumentGroupId(id), cancel) is null) return answers.Of(Problem.NotFound());
        return TypedResults.Ok(await queries.MembersAsync(new InstrumentGroupId(id), list.Cursor, list.Limit, cancel));
    }

    private static async Task<IResult> AddAsync(Guid id, ChangeGroupInstruments.Request request, ChangeGroupInstruments change, ProblemAnswers answers, CancellationToken cancel) =>
        Answer(await change.AddAsync(new InstrumentGroupId(id), request, cancel), answers);

    private static async Task<IResult> RemoveAsync(Guid id, ChangeGroupInstruments.Request request, ChangeGroupInstruments change, ProblemAnswers answers, CancellationToken cancel) =>
        Answer(await change.RemoveAsync(new InstrumentGroupId(id), request, cancel), answers);

    private static IResult Answer(Outcome<int> changed, ProblemAnswers answers) => changed.IsOk ? TypedResults.Ok(new ChangedInstruments(changed.Value)) : answers.Of(changed);

    private static ListQuery Read(HttpRequest request, params string[] filters)
    {
        var list = ListQuery.Read(request, filters);
        if (list.Cursor is not null && InstrumentGroupQueries.ReadKey(list.Cursor) is null) list.Problems.Add(Problem.Invalid("request.cursor", "cursor", ("value", list["cursor"])));
        return list;
    }
}
