using InstrumentShare.Persistence;
using Microsoft.AspNetCore.Diagnostics;
using Npgsql;

namespace InstrumentShare.Web;

/// <summary>Turns what escapes a handler into an answer: unreadable input is a 400, the rest a logged 500 without details.</summary>
public sealed class ErrorHandler(ILogger<ErrorHandler> log) : IExceptionHandler
{
    public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        if (exception is OperationCanceledException && httpContext.RequestAborted.IsCancellationRequested) return true;
        var (status, code) = Reading(exception);
        if (status == StatusCodes.Status500InternalServerError) log.LogError(exception, "Unhandled failure of {Method} {Path}", httpContext.Request.Method, httpContext.Request.Path);
        httpContext.Response.StatusCode = status;
        // The path is that of the error page by now; the feature remembers the one that was asked for.
        if (!IsProgram(httpContext.Features.Get<IExceptionHandlerPathFeature>()?.Path)) return false;
        await httpContext.RequestServices.GetRequiredService<ProblemAnswers>().Status(status, code).ExecuteAsync(httpContext);
        return true;
    }

    /// <summary>Gives programs a body for answers that have none: 401, 403, 404, 405, 415.</summary>
    public static async Task FillEmptyAnswerAsync(StatusCodeContext context)
    {
        var http = context.HttpContext;
        if (!IsProgram(http.Request.Path))
        {
            await ShowErrorPageAsync(context);
            return;
        }

        var code = http.Response.StatusCode switch
        {
            StatusCodes.Status401Unauthorized => "access.sign-in-needed",
            StatusCodes.Status403Forbidden => "access.forbidden",
            StatusCodes.Status404NotFound => "request.not-found",
            StatusCodes.Status405MethodNotAllowed => "request.method",
            StatusCodes.Status413PayloadTooLarge => "request.too-large",
            StatusCodes.Status415UnsupportedMediaType => "request.media-type",
            _ => "request.unreadable",
        };
        await http.RequestServices.GetRequiredService<ProblemAnswers>().Status(http.Response.StatusCode, code).ExecuteAsync(http);
    }

    private static Task ShowErrorPageAsync(StatusCodeContext context)
    {
        var http = context.HttpContext;
        http.SetEndpoint(null);
        http.Request.RouteValues.Clear();
        (http.Request.Path, http.Request.Method) = ("/error", HttpMethods.Get);
        return context.Next(http);
    }

    private static bool IsProgram(string? path) =>
        path?.StartsWith("/api/", StringComparison.Ordinal) == true || path?.StartsWith("/health/", StringComparison.Ordinal) == true;

    private static (int Status, string Code) Reading(Exception exception) => exception switch
    {
        BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge } => (StatusCodes.Status413PayloadTooLarge, "request.too-large"),
        BadHttpRequestException => (StatusCodes.Status400BadRequest, "request.unreadable"),
        _ when (exception as PostgresException ?? exception.InnerException as PostgresException)?.SqlState is "22021" or "22P05" => (StatusCodes.Status400BadRequest, "request.nul"),
        _ when exception.IsTransient() => (StatusCodes.Status409Conflict, "request.try-again"),
        _ when exception.ToProblem() is { } problem => (ProblemAnswers.StatusOf(problem.Kind), problem.Code),
        _ => (StatusCodes.Status500InternalServerError, "request.failed"),
    };
}
