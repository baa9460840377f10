using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using InstrumentShare.Access;
using InstrumentShare.Kernel;
using InstrumentShare.Persistence;
using Microsoft.EntityFrameworkCore;
using NodaTime;

namespace InstrumentShare.Web;

/// <summary>
/// Honours <c>Idempotency-Key</c> on a POST: the same key and body from the same caller on the same route answer the first
/// success again. The key is written in the transaction of the write itself, so neither is ever there without the other.
/// Apply it to a route with <c>.Idempotent()</c>; its use case must work on the request's <see cref="AppDb"/>.
/// </summary>
public sealed class Idempotency(AppDb db, Caller caller, ProblemAnswers answers, IClock clock) : IEndpointFilter
{
    public const string Header = "Idempotency-Key";
    private const int MaxLength = 200;

    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        var key = http.Request.Headers[Header].ToString();
        if (key.Length == 0) return await next(context);
        if (key.Length > MaxLength) return answers.Of(Problem.Invalid("request.key-length", Header));

        var who = caller.PersonId?.Value.ToString() ?? "anonymous";
        var route = $"{http.Request.Method} {http.Request.Path}";
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(JsonSerializer.Serialize(Body(context), Json.Options))));
        await using var transaction = await db.Database.BeginTransactionAsync(http.RequestAborted);
        await AdvisoryLocks.TakeAsync(db, http.RequestAborted, $"{who} {route} {key}");
        var first = await db.Set<IdempotencyKey>().AsNoTracking().SingleOrDefaultAsync(k => k.Caller == who && k.Route == route && k.Key == key, http.RequestAborted);
        if (first is not null) return first.RequestHash == hash ? Replay(first, http) : answers.Of(Problem.Refused("request.key-reused", Header));

        var result = await next(context);
        if (result is not IStatusCodeHttpResult { StatusCode: >= 200 and < 300 and { } status }) return result;
        db.Add(new IdempotencyKey
        {
            Caller = who, Route = route, Key = key, RequestHash = hash, Status = status, CreatedAt = clock.GetCurrentInstant(),
            Location = result.GetType().GetProperty("Location")?.GetValue(result) as string,
            Body = result is IValueHttpResult { Value: { } value } ? JsonSerializer.Serialize(value, Json.Options) : null,
        });
        await db.SaveChangesAsync(http.RequestAborted);
        await transaction.CommitAsync(http.RequestAborted);
        return result;
    }

    // The bound request records are what the caller meant; services and route values are not part of it.
    private static List<object?> Body(EndpointFilterInvocationContext context) =>
        context.Arguments.Where(a => a?.GetType() is { } type && ((type.IsNested && type.Name.EndsWith("Request", StringComparison.Ordinal)) || type.Name.EndsWith("Input", StringComparison.Ordinal))).ToList();

    private static IResult Replay(IdempotencyKey first, HttpContext http)
    {
        if (first.Location is not null) http.Response.Headers.Location = first.Location;
        return first.Body is null ? Results.StatusCode(first.Status) : Results.Content(first.Body, "application/json; charset=utf-8", Encoding.UTF8, first.Status);
    }
}

public static class IdempotencyExtensions
{
    public static RouteHandlerBuilder Idempotent(this RouteHandlerBuilder route) => route.AddEndpointFilterFactory((_, next) =>
        context => new Idempotency(
            context.HttpContext.RequestServices.GetRequiredService<AppDb>(),
            context.HttpContext.RequestServices.GetRequiredService<Caller>(),
            context.HttpContext.RequestServices.GetRequiredService<ProblemAnswers>(),
            context.HttpContext.RequestServices.GetRequiredService<IClock>()).InvokeAsync(context, next));
}
