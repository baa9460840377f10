using InstrumentShare.Web;
using NodaTime;

namespace InstrumentShare.Access.ApiKeys;

public static class ApiKeysApi
{
    public sealed record Made(Guid Id, string Name, string Key, IReadOnlyList<string> Scopes, Instant ExpiresAt);

    public static void Map(RouteGroupBuilder api)
    {
        var keys = api.MapGroup("/account/api-keys").WithTags("Account");
        keys.MapGet("", ListAsync).WithName("ListApiKeys").WithSummary("One's own API keys, without their secrets").RequirePermission(AccessPermissions.OwnAccount);
        keys.MapPost("", CreateAsync).WithName("CreateApiKey").WithSummary("Make an API key; the key is shown this once").RequirePermission(AccessPermissions.OwnAccount);
        keys.MapDelete("/{id:guid}", RevokeAsync).WithName("RevokeApiKey").WithSummary("End an API key at once").RequirePermission(AccessPermissions.OwnAccount);
    }

    private static async Task<IResult> ListAsync(ApiKeyQueries queries, HttpRequest request, ProblemAnswers answers, CancellationToken cancel)
    {
        var list = ListQuery.Read(request);
        if (list.Problems.Count > 0) return answers.Of(list.Problems);
        var items = await queries.MineAsync(cancel);
        return TypedResults.Ok(new PageOf<ApiKeyQueries.Item>(items, null, items.Count));
    }

    private static async Task<IResult> CreateAsync(CreateApiKey.Request request, CreateApiKey create, ProblemAnswers answers, CancellationToken cancel)
    {
        var made = await create.RunAsync(request, cancel);
        if (!made.IsOk) return answers.Of(made);
        var (stored, key) = made.Value;
        return TypedResults.Created($"/api/v1/account/api-keys/{stored.Id}", new Made(stored.Id, stored.Name, key, stored.Scopes, stored.ExpiresAt));
    }

    private static async Task<IResult> RevokeAsync(Guid id, RevokeApiKey revoke, ProblemAnswers answers, CancellationToken cancel)
    {
        var revoked = await revoke.RunAsync(id, cancel);
        return revoked.IsOk ? TypedResults.NoContent() : answers.Of(revoked);
    }
}
