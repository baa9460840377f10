using Microsoft.AspNetCore.Antiforgery;

namespace InstrumentShare.Web;

/// <summary>A write to the API by cookie must carry the antiforgery header, as a form carries its field. Tokens and keys need none.</summary>
public sealed class CookieAntiforgery(IAntiforgery antiforgery, ProblemAnswers answers) : IEndpointFilter
{
    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        var writes = !HttpMethods.IsGet(http.Request.Method) && !HttpMethods.IsHead(http.Request.Method);
        // The scheme was chosen by this header; a token's principal names the cookie's scheme too.
        var byCookie = http.User.Identity?.IsAuthenticated == true && !http.Request.Headers.Authorization.ToString().StartsWith("Bearer ", StringComparison.Ordinal);
        if (writes && byCookie && !await antiforgery.IsRequestValidAsync(http))
            return answers.Status(StatusCodes.Status400BadRequest, "request.antiforgery");
        return await next(context);
    }
}
