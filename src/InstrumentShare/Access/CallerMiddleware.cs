using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Identity;

namespace InstrumentShare.Access;

/// <summary>Turns the signed-in principal into the request's <see cref="Caller"/>; a person who is gone or expired is signed out.</summary>
public sealed class CallerMiddleware(RequestDelegate next)
{
    public async Task InvokeAsync(HttpContext context, Caller caller, PersonAccessQuery people, PermissionCatalog permissions)
    {
        if (Guid.TryParse(context.User.FindFirstValue(ClaimTypes.NameIdentifier), out var id))
        {
            var access = await people.OfAsync(new PersonId(id), context.RequestAborted);
            if (access is null)
            {
                context.User = new ClaimsPrincipal(new ClaimsIdentity());
                if (context.Request.Cookies.Count > 0) await context.SignOutAsync(IdentityConstants.ApplicationScheme);
            }
            else
            {
                var scopes = context.User.FindAll(ApiKeyHandler.ScopeClaim).Select(c => c.Value).ToHashSet(StringComparer.Ordinal);
                caller.Become(access, permissions, context.User.Identity?.AuthenticationType == ApiKeyHandler.Scheme ? scopes : null);
            }
        }

        await next(context);
    }
}
