using InstrumentShare.Access;
using InstrumentShare.Catalog.Import;
using InstrumentShare.Catalog.Search;
using InstrumentShare.Kernel;
using InstrumentShare.Persistence;
using InstrumentShare.Web;
using Microsoft.Extensions.Options;

namespace InstrumentShare.Catalog;

/// <summary>The catalogue for programs.</summary>
public static class InstrumentApi
{
    private static readonly string[] Filters = ["q", "classification", "institution", "region", "sharing", "managed"];

    public static void Map(RouteGroupBuilder api)
    {
        var instruments = api.MapGroup("/instruments").WithTags("Instruments");
        instruments.MapGet("/", ListAsync).WithName("ListInstruments").WithSummary("Search the catalogue").Public();
        instruments.MapGet("/{id:guid}", GetAsync).WithName("GetInstrument").WithSummary("One instrument with its opening rules and prices").Public();
        instruments.MapPost("/", CreateAsync).WithName("CreateInstrument").WithSummary("Add an instrument").RequirePermission(CatalogPermissions.ManageInstruments).Idempotent();
        instruments.MapPatch("/{id:guid}", ChangeAsync).WithName("ChangeInstrument").WithSummary("Change fields of an instrument").RequirePermission(CatalogPermissions.ManageInstruments);
        InstrumentRulesApi.Map(instruments);
        ImportApi.Map(instruments);
    }

    /// <summary>The record as the caller may see it; null when it is not there for them.</summary>
    public static async Task<InstrumentAnswer?> AnswerAsync(InstrumentId id, HttpContext http, CancellationToken cancel)
    {
        var services = http.RequestServices;
        if (await services.GetRequiredService<InstrumentQueries>().DetailAsync(id, cancel) is not { } detail) return null;
        var address = services.GetRequiredService<IOptions<WebOptions>>().Value.PublicAddress;
        var root = address.Length > 0 ? address.TrimEnd('/') : $"{http.Request.Scheme}://{http.Request.Host}";
        var answer = InstrumentAnswer.Of(detail, services.GetRequiredService<Words>(), $"{root}/instruments/{id.Value}");
        foreach (var more in services.GetServices<IInstrumentDetail>()) answer.More[more.Name] = await more.OfAsync(id, cancel);
        return answer;
    }

    private static async Task<IResult> ListAsync(HttpRequest request, InstrumentSearch search, Words words, ProblemAnswers answers, CancellationToken cancel)
    {
        var list = ListQuery.Read(request, Filters);
        var filter = InstrumentFilterInput.Read(list);
        if (list.Problems.Count > 0) return answers.Of(list.Problems);
        var found = await search.FindAsync(filter, cancel);
        if (!found.IsOk) return answers.Of(found);
        return TypedResults.Ok(new PageOf<InstrumentItemAnswer>(found.Value.Items.Select(i => InstrumentItemAnswer.Of(i, words)).ToList(), found.Value.NextCursor, found.Value.Total));
    }

    private static async Task<IResult> GetAsync(Guid id, HttpContext http, ProblemAnswers answers, CancellationToken cancel)
    {
        if (await AnswerAsync(new InstrumentId(id), http, cancel) is not { } answer) return answers.Of(Problem.NotFound());
        http.Response.SetETag(answer.Version);
        return TypedResults.Ok(answer);
    }

    private static async Task<IResult> CreateAsync(InstrumentInput input, SaveInstrument save, HttpContext http, ProblemAnswers answers, CancellationToken cancel)
    {
        var made = await save.CreateAsync(input, cancel);
        if (!made.IsOk) return answers.Of(made);
        http.Response.SetETag(made.Value.Version);
        return TypedResults.Created($"/api/v1/instruments/{made.Value.Id.Value}", await AnswerAsync(made.Value.Id, http, cancel));
    }

    private static async Task<IResult> ChangeAsync(Guid id, InstrumentInput input, SaveInstrument save, HttpContext http, ProblemAnswers answers, CancellationToken cancel)
    {
        var changed = await save.ChangeAsync(new InstrumentId(id), input, http.Request.IfMatch(), cancel);
        if (!changed.IsOk) return answers.Of(changed);
        http.Response.SetETag(changed.Value.Version);
        return TypedResults.Ok(await AnswerAsync(changed.Value.Id, http, cancel));
    }
}
