using InstrumentShare.Access.Institutions;
using InstrumentShare.Kernel;
using InstrumentShare.Web;

namespace InstrumentShare.Access.People;

public static class PeopleApi
{
    public sealed record RevokeRequest(string? Reason);

    public static void Map(RouteGroupBuilder api)
    {
        var of = api.MapGroup("/institutions/{institutionId:guid}/people").WithTags("People");
        of.MapGet("", ListAsync).WithName("ListPeople").WithSummary("People of an institution, or with claims=true those who say they belong to it").RequirePermission(AccessPermissions.ReadPeople);
        of.MapPost("/{personId:guid}/confirm", ConfirmAsync).WithName("ConfirmPerson").WithSummary("Confirm that somebody belongs to the institution").RequirePermission(AccessPermissions.ManagePeople);
        of.MapDelete("/{personId:guid}", EndAsync).WithName("RemovePerson").WithSummary("Decline a claim or end belonging").RequirePermission(AccessPermissions.ManagePeople);
        api.MapGet("/people/{personId:guid}", GetAsync).WithTags("People").WithName("GetPerson").WithSummary("A person with roles and groups").RequirePermission(AccessPermissions.ReadPeople);

        var grants = api.MapGroup("/role-grants").WithTags("People");
        grants.MapPost("", GrantAsync).WithName("GrantRole").WithSummary("Give a role within a scope").RequirePermission(AccessPermissions.ManagePeople).Idempotent();
        grants.MapPost("/{id:guid}/revoke", RevokeAsync).WithName("RevokeRole").WithSummary("Take a role away").RequirePermission(AccessPermissions.ManagePeople);
    }

    private static async Task<IResult> ListAsync(Guid institutionId, PeopleQueries queries, InstitutionQueries institutions, Caller caller, HttpRequest request, ProblemAnswers answers, CancellationToken cancel)
    {
        var list = ListQuery.Read(request, "q", "claims");
        Guid after = default;
        if (list.Cursor is not null && !Guid.TryParse(list.Cursor, out after)) list.Problems.Add(Problem.Invalid("request.cursor", "cursor", ("value", request.Query["cursor"].ToString())));
        if (list["claims"] is not (null or "true" or "false")) list.Problems.Add(Problem.Invalid("request.unreadable", "claims"));
        if (list.Problems.Count > 0) return answers.Of(list.Problems);
        if (await institutions.OfAsync(new InstitutionId(institutionId), cancel) is not { } institution) return answers.Of(Problem.NotFound());
        if (!caller.May(AccessPermissions.ReadPeople, new Scope(InstitutionId: institutionId, Region: institution.Region))) return answers.Of(Problem.Forbidden());
        return TypedResults.Ok(await queries.ListAsync(new InstitutionId(institutionId), list["q"], list["claims"] == "true", list.Cursor is null ? null : after, list.Limit, cancel));
    }

    private static async Task<IResult> GetAsync(Guid personId, PeopleQueries queries, PersonVisibility visibility, ProblemAnswers answers, CancellationToken cancel) =>
        await queries.OfAsync(new PersonId(personId), cancel) is { } person && await visibility.MayReadAsync(person, cancel) ? TypedResults.Ok(person) : answers.Of(Problem.NotFound());

    private static async Task<IResult> ConfirmAsync(Guid institutionId, Guid personId, ConfirmBelonging confirm, ProblemAnswers answers, CancellationToken cancel)
    {
        var done = await confirm.ConfirmAsync(new InstitutionId(institutionId), new PersonId(personId), cancel);
        return done.IsOk ? TypedResults.NoContent() : answers.Of(done);
    }

    private static async Task<IResult> EndAsync(Guid institutionId, Guid personId, ConfirmBelonging confirm, ProblemAnswers answers, CancellationToken cancel)
    {
        var done = await confirm.EndAsync(new InstitutionId(institutionId), new PersonId(personId), cancel);
        return done.IsOk ? TypedResults.NoContent() : answers.Of(done);
    }

    private static async Task<IResult> GrantAsync(GrantRole.Request request, GrantRole grant, ProblemAnswers answers, CancellationToken cancel)
    {
        var made = await grant.RunAsync(request, cancel);
        return made.IsOk ? TypedResults.Created((string?)null, new { made.Value.Id, made.Value.PersonId, made.Value.Role, made.Value.ScopeKind, made.Value.ScopeId, made.Value.ScopeRegion }) : answers.Of(made);
    }

    private static async Task<IResult> RevokeAsync(Guid id, RevokeRequest request, GrantRole grant, ProblemAnswers answers, CancellationToken cancel)
    {
        var done = await grant.RevokeAsync(id, request.Reason, cancel);
        return done.IsOk ? TypedResults.NoContent() : answers.Of(done);
    }
}
