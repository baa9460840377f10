using InstrumentShare.Kernel;
using InstrumentShare.Web;
using NodaTime;

namespace InstrumentShare.Access.Groups;

public static class GroupsApi
{
    public sealed record EndRequest(LocalDate? EndsOn);

    public static void Map(RouteGroupBuilder api)
    {
        var groups = api.MapGroup("/groups").WithTags("Groups");
        groups.MapGet("", ListAsync).WithName("ListGroups").WithSummary("Groups of an institution, or those one leads").RequirePermission(AccessPermissions.OwnAccount);
        groups.MapPost("", CreateAsync).WithName("CreateGroup").WithSummary("Make a group with its leader").RequirePermission(AccessPermissions.ManagePeople).Idempotent();
        groups.MapPatch("/{id:guid}", ChangeAsync).WithName("ChangeGroup").WithSummary("Change a group; absent fields stay").RequirePermission(AccessPermissions.ManagePeople);
        groups.MapGet("/{id:guid}/members", MembersAsync).WithName("ListMembers").WithSummary("Members past and present").RequirePermission(AccessPermissions.OwnAccount);
        groups.MapPost("/{id:guid}/members", AddAsync).WithName("AddMember").WithSummary("Add a member from a day on").RequirePermission(AccessPermissions.LeadGroup).Idempotent();
        api.MapPatch("/memberships/{id:guid}", EndAsync).WithTags("Groups").WithName("EndMembership").WithSummary("Set or lift a membership's last day").RequirePermission(AccessPermissions.LeadGroup);
    }

    private static async Task<IResult> ListAsync(GroupQueries queries, Caller caller, HttpRequest request, ProblemAnswers answers, CancellationToken cancel)
    {
        var list = ListQuery.Read(request, "institution");
        Guid institution = default, after = default;
        if (list["institution"] is { } id && !Guid.TryParse(id, out institution)) list.Problems.Add(Problem.Invalid("group.institution", "institution"));
        if (list.Cursor is not null && !Guid.TryParse(list.Cursor, out after)) list.Problems.Add(Problem.Invalid("request.cursor", "cursor", ("value", request.Query["cursor"].ToString())));
        if (list.Problems.Count > 0) return answers.Of(list.Problems);
        var all = list["institution"] is not null;
        if (all && !caller.May(AccessPermissions.ReadPeople, new Scope(InstitutionId: institution))) return answers.Of(Problem.Forbidden());
        return TypedResults.Ok(await queries.ListAsync(all ? new InstitutionId(institution) : null, list.Cursor is null ? null : after, list.Limit, cancel));
    }

    private static async Task<IResult> CreateAsync(SaveGroup.Request request, SaveGroup save, ProblemAnswers answers, CancellationToken cancel)
    {
        var saved = await save.CreateAsync(request, cancel);
        return saved.IsOk ? TypedResults.Created($"/api/v1/groups/{saved.Value.Id.Value}/members", saved.Value) : answers.Of(saved);
    }

    private static async Task<IResult> ChangeAsync(Guid id, SaveGroup.Request request, SaveGroup save, ProblemAnswers answers, CancellationToken cancel)
    {
        var saved = await save.ChangeAsync(new GroupId(id), request, cancel);
        return saved.IsOk ? TypedResults.Ok(saved.Value) : answers.Of(saved);
    }

    private static async Task<IResult> MembersAsync(Guid id, GroupQueries queries, ProblemAnswers answers, CancellationToken cancel)
    {
        if (await queries.OfAsync(new GroupId(id), cancel) is not { } group || !queries.MayRead(group)) return answers.Of(Problem.NotFound());
        var members = await queries.MembersAsync(group.Id, cancel);
        return TypedResults.Ok(new PageOf<GroupQueries.Member>(members, null, members.Count));
    }

    private static async Task<IResult> AddAsync(Guid id, ChangeMembers.Request request, ChangeMembers change, ProblemAnswers answers, CancellationToken cancel)
    {
        var added = await change.AddAsync(new GroupId(id), request, cancel);
        return added.IsOk ? TypedResults.Created((string?)null, added.Value) : answers.Of(added);
    }

    private static async Task<IResult> EndAsync(Guid id, EndRequest request, ChangeMembers change, ProblemAnswers answers, CancellationToken cancel)
    {
        var ended = await change.EndAsync(id, request.EndsOn, cancel);
        return ended.IsOk ? TypedResults.Ok(ended.Value) : answers.Of(ended);
    }
}
