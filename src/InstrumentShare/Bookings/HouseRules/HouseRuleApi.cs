using InstrumentShare.Access;
using InstrumentShare.Bookings.Qualifications;
using InstrumentShare.Catalog;
using InstrumentShare.Kernel;
using InstrumentShare.Web;
using NodaTime;

namespace InstrumentShare.Bookings.HouseRules;

/// <summary>House rules for programs: publish, read, agree, and see who has.</summary>
public static class HouseRuleApi
{
    /// <param name="InstrumentId">Of the three places exactly one is given; a later version needs none.</param>
    public sealed record PublishRequest(
        Guid? InstrumentId, Guid? GroupId, Guid? InstitutionId, string? Title, string? TitleEn, string? Text, string? TextEn, string? Link, LocalDate? ValidFrom, LocalDate? GraceUntil)
    {
        public PublishHouseRule.Content Content => new(Title, TitleEn, Text, TextEn, Link, ValidFrom, GraceUntil);
    }

    public sealed record ChangeRequest(bool? IsActive);

    public sealed record Detail(HouseRuleRow Document, IReadOnlyList<HouseRuleVersionRow> Versions);

    public sealed record Agreed(HouseRuleId HouseRuleId, int Number, Instant ReadAt);

    public static void Map(RouteGroupBuilder api)
    {
        var all = api.MapGroup("/house-rules").WithTags("House rules").ProducesProblem(StatusCodes.Status400BadRequest);
        all.MapGet("/", ListAsync).WithName("ListHouseRules").WithSummary("The house rules of instruments in one's care").Produces<PageOf<HouseRuleRow>>().RequirePermission(HouseRulePermissions.View);
        all.MapPost("/", CreateAsync).WithName("PublishHouseRules").WithSummary("Publish house rules for an instrument, a group or an institution").Produces<Detail>(StatusCodes.Status201Created).RequirePermission(HouseRulePermissions.Manage).Idempotent();
        all.MapGet("/{id:guid}", OneAsync).WithName("GetHouseRules").WithSummary("A document with all its versions").Produces<Detail>().RequirePermission(HouseRulePermissions.Read);
        all.MapPatch("/{id:guid}", ChangeAsync).WithName("ChangeHouseRules").WithSummary("Put a document in or out of use").Produces<Detail>().RequirePermission(HouseRulePermissions.Manage);
        all.MapPost("/{id:guid}/versions", PublishAsync).WithName("PublishHouseRulesVersion").WithSummary("Publish a new version, which asks again").Produces<Detail>(StatusCodes.Status201Created).RequirePermission(HouseRulePermissions.Manage).Idempotent();
        all.MapPost("/{id:guid}/versions/{number:int}/reading", AgreeAsync).WithName("AgreeToHouseRules").WithSummary("Keep that one has read a version and agrees to it").Produces<Agreed>().RequirePermission(HouseRulePermissions.Own);
        all.MapGet("/{id:guid}/readings", ReadersAsync).WithName("ListHouseRulesReaders").WithSummary("Who has read which version, the latest first").Produces<PageOf<ReaderRow>>().RequirePermission(HouseRulePermissions.View);
        api.MapGet("/instruments/{id:guid}/house-rules", OfInstrumentAsync).WithName("InstrumentHouseRules").WithSummary("What an instrument asks one to read, and what one has read").WithTags("House rules").Produces<IReadOnlyList<OwnHouseRule>>().RequirePermission(HouseRulePermissions.Own);
    }

    private static async Task<IResult> ListAsync(HttpRequest http, HouseRuleQueries queries, ProblemAnswers answers, CancellationToken cancel)
    {
        var list = ListQuery.Read(http);
        Guid after = default;
        if (list.Cursor is not null && !Guid.TryParse(list.Cursor, out after)) list.Problems.Add(Problem.Invalid("request.cursor", "cursor", ("value", list["cursor"])));
        return list.Problems.Count > 0 ? answers.Of(list.Problems) : TypedResults.Ok(await queries.ListAsync(list.Cursor is null ? null : after, list.Limit, cancel));
    }

    private static async Task<IResult> CreateAsync(PublishRequest request, PublishHouseRule publish, HouseRuleQueries queries, HttpResponse response, ProblemAnswers answers, CancellationToken cancel) =>
        await CreatedAsync(await publish.CreateAsync(new(request.InstrumentId, request.GroupId, request.InstitutionId), request.Content, cancel), queries, response, answers, cancel);

    private static async Task<IResult> PublishAsync(Guid id, PublishRequest request, PublishHouseRule publish, HouseRuleQueries queries, HttpResponse response, ProblemAnswers answers, CancellationToken cancel) =>
        await CreatedAsync(await publish.PublishAsync(new HouseRuleId(id), request.Content, cancel), queries, response, answers, cancel);

    private static async Task<IResult> CreatedAsync(Outcome<HouseRule> saved, HouseRuleQueries queries, HttpResponse response, ProblemAnswers answers, CancellationToken cancel)
    {
        if (!saved.IsOk) return answers.Of(saved);
        response.SetETag(saved.Value.Version);
        return TypedResults.Created($"/api/v1/house-rules/{saved.Value.Id.Value}", await DetailAsync(saved.Value.Id, queries, cancel));
    }

    private static async Task<IResult> OneAsync(Guid id, HouseRuleQueries queries, HttpResponse response, ProblemAnswers answers, CancellationToken cancel)
    {
        if (await DetailAsync(new HouseRuleId(id), queries, cancel) is not { } found) return answers.Of(Problem.NotFound());
        response.SetETag(found.Document.Version);
        return TypedResults.Ok(found);
    }

    private static async Task<IResult> ChangeAsync(Guid id, ChangeRequest request, PublishHouseRule publish, HouseRuleQueries queries, HttpContext http, ProblemAnswers answers, CancellationToken cancel)
    {
        if (request.IsActive is not { } active) return answers.Of(Problem.Invalid("house-rules.is-active", "isActive"));
        var saved = await publish.SetActiveAsync(new HouseRuleId(id), active, http.Request.IfMatch(), cancel);
        if (!saved.IsOk) return answers.Of(saved);
        http.Response.SetETag(saved.Value.Version);
        return TypedResults.Ok(await DetailAsync(saved.Value.Id, queries, cancel));
    }

    private static async Task<IResult> AgreeAsync(Guid id, int number, AgreeToHouseRule agree, ProblemAnswers answers, CancellationToken cancel)
    {
        var agreed = await agree.RunAsync(new HouseRuleId(id), number, cancel);
        return agreed.IsOk ? TypedResults.Ok(new Agreed(new HouseRuleId(id), number, agreed.Value)) : answers.Of(agreed);
    }

    private static async Task<IResult> ReadersAsync(Guid id, HttpRequest http, HouseRuleQueries queries, Caller caller, ProblemAnswers answers, CancellationToken cancel)
    {
        var list = ListQuery.Read(http);
        if (list.Cursor is not null && HouseRuleQueries.ReadKey(list.Cursor) is null) list.Problems.Add(Problem.Invalid("request.cursor", "cursor", ("value", list["cursor"])));
        if (list.Problems.Count > 0) return answers.Of(list.Problems);
        return await queries.OfAsync(new HouseRuleId(id), cancel) is { } found && caller.May(HouseRulePermissions.View, found.Scope) ? TypedResults.Ok(await queries.ReadersAsync(found.Id, list.Cursor, list.Limit, cancel)) : answers.Of(Problem.NotFound());
    }

    private static async Task<IResult> OfInstrumentAsync(Guid id, InstrumentRulesQuery rules, JudgeBooking judge, HouseRuleQueries queries, ProblemAnswers answers, CancellationToken cancel) =>
        await rules.OfAsync(new InstrumentId(id), cancel: cancel) is { } instrument && judge.MaySee(instrument) ? TypedResults.Ok(await queries.OfInstrumentAsync(instrument, cancel)) : answers.Of(Problem.NotFound());

    private static async Task<Detail?> DetailAsync(HouseRuleId id, HouseRuleQueries queries, CancellationToken cancel) =>
        await queries.OfAsync(id, cancel) is { } found ? new Detail(found, await queries.VersionsAsync(id, cancel)) : null;
}
