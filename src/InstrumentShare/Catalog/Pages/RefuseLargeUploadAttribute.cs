using InstrumentShare.Catalog.Import;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Filters;

namespace InstrumentShare.Catalog.Pages;

/// <summary>
/// Sends an upload that announces too large a body back to the page with a reason, before anything reads it: the check of
/// antiforgery would, and could only say that the request is wrong.
/// </summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class RefuseLargeUploadAttribute : Attribute, IAuthorizationFilter, IOrderedFilter
{
    public const string Reason = "too-large";

    public int Order => int.MinValue;

    public void OnAuthorization(AuthorizationFilterContext context)
    {
        var request = context.HttpContext.Request;
        if (request.ContentLength > ImportApi.MaxRequestBytes) context.Result = new RedirectResult($"{request.Path}?{Reason}=true");
    }
}
