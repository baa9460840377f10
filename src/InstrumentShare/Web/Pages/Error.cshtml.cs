using System.Diagnostics;
using InstrumentShare.Access;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace InstrumentShare.Web.Pages;

[Public]
[IgnoreAntiforgeryToken]
public sealed class ErrorModel : PageModel
{
    public int Status => Response.StatusCode is >= 400 and var status ? status : StatusCodes.Status404NotFound;

    public string Hint => Status switch
    {
        StatusCodes.Status403Forbidden => "error.hint.forbidden",
        StatusCodes.Status404NotFound => "error.hint.not-found",
        StatusCodes.Status400BadRequest => "error.hint.unreadable",
        _ => "error.hint",
    };

    /// <summary>The number under which the failure stands in the log.</summary>
    public string TraceId => Activity.Current?.TraceId.ToString() ?? HttpContext.TraceIdentifier;
}
