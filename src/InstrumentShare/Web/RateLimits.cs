using System.Threading.RateLimiting;
using Microsoft.AspNetCore.RateLimiting;

namespace InstrumentShare.Web;

public static class RateLimits
{
    /// <summary>Sign-in, sign-up and password reset, per address.</summary>
    public const string SignIn = "sign-in";

    public static void Configure(RateLimiterOptions options, WebOptions settings)
    {
        options.RejectionStatusCode = StatusCodes.Status429TooManyRequests;
        options.OnRejected = async (context, _) =>
        {
            context.HttpContext.Response.Headers.RetryAfter = "60";
            if (!context.HttpContext.Request.Path.StartsWithSegments("/api", StringComparison.Ordinal)) return;
            var answers = context.HttpContext.RequestServices.GetRequiredService<ProblemAnswers>();
            await answers.Status(StatusCodes.Status429TooManyRequests, "request.too-many").ExecuteAsync(context.HttpContext);
        };

        // Looking at a form is free; what counts is sending it.
        options.AddPolicy(SignIn, context => HttpMethods.IsGet(context.Request.Method) ? RateLimitPartition.GetNoLimiter(string.Empty) : RateLimitPartition.GetFixedWindowLimiter(
            context.Connection.RemoteIpAddress?.ToString() ?? "unknown",
            _ => new FixedWindowRateLimiterOptions { PermitLimit = settings.SignInsPerMinute, Window = TimeSpan.FromMinutes(1) }));
    }
}
