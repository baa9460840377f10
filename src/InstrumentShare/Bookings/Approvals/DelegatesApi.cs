using InstrumentShare.Access;
using InstrumentShare.Web;

namespace InstrumentShare.Bookings.Approvals;

/// <summary>Who decides on requests in one's place, for programs.</summary>
public static class DelegatesApi
{
    public static void Map(RouteGroupBuilder api)
    {
        var delegates = api.MapGroup("/account/delegates").WithTags("Bookings").ProducesProblem(StatusCodes.Status400BadRequest);
        delegates.MapGet("", ListAsync).WithName("ListDelegates").WithSummary("Who decides on requests in one's place, now and to come").Produces<PageOf<ChangeDelegates.Item>>().RequirePermission(BookingPermissions.Decide);
        delegates.MapPost("", AddAsync).WithName("NameDelegate").WithSummary("Name who decides in one's place between two days").Produces<ChangeDelegates.Item>(StatusCodes.Status201Created).ProducesProblem(StatusCodes.Status409Conflict).RequirePermission(BookingPermissions.Decide).Idempotent();
        delegates.MapDelete("/{id:guid}", RevokeAsync).WithName("RevokeDelegate").WithSummary("Take it back at once").Produces(StatusCodes.Status204NoContent).ProducesProblem(StatusCodes.Status404NotFound).RequirePermission(BookingPermissions.Decide);
    }

    private static async Task<IResult> ListAsync(HttpRequest http, ChangeDelegates delegates, ProblemAnswers answers, CancellationToken cancel)
    {
        var list = ListQuery.Read(http);
        if (list.Problems.Count > 0) return answers.Of(list.Problems);
        var items = await delegates.ListAsync(cancel);
        return TypedResults.Ok(new PageOf<ChangeDelegates.Item>(items, null, items.Count));
    }

    private static async Task<IResult> AddAsync(ChangeDelegates.Request request, ChangeDelegates delegates, ProblemAnswers answers, CancellationToken cancel)
    {
        var added = await delegates.AddAsync(request, cancel);
        return added.IsOk ? TypedResults.Created($"/api/v1/account/delegates/{added.Value.Id}", added.Value) : answers.Of(added);
    }

    private static async Task<IResult> RevokeAsync(Guid id, ChangeDelegates delegates, ProblemAnswers answers, CancellationToken cancel)
    {
        var revoked = await delegates.RevokeAsync(id, cancel);
        return revoked.IsOk ? TypedResults.NoContent() : answers.Of(revoked);
    }
}
