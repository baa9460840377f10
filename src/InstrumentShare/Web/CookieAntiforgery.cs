using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Identity;

namespace InstrumentShare.Web;

/// <summary>A write to the API by cookie must carry the antiforgery header, as a form carries its field. Tokens and keys need none.</summary>
public sealed class CookieAntiforgery(IAntiforgery antiforgery, ProblemAnswers answers) : IEndpointFilter
{
    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        var writes = !HttpMethods.IsGet(http.Request.Method) && !HttpMethods.IsHead(http.Request.Method);
        if (writes && http.User.Identity?.AuthenticationType == IdentityConstants.ApplicationScheme && !await antiforgery.IsRequestValidAsync(http))
            return answers.Status(StatusCodes.Status400BadRequest, "request.antiforgery");
        return await next(context);
    }
}
