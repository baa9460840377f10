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
            var answers = context.HttpContext.RequestServices.GetRequiredService<ProblemAnswers>();
            await answers.Status(StatusCodes.Status429TooManyRequests, "request.too-many").ExecuteAsync(context.HttpContext);
        };
        options.AddPolicy(SignIn, context => RateLimitPartition.GetFixedWindowLimiter(
            context.Connection.RemoteIpAddress?.ToString() ?? "unknown",
            _ => new FixedWindowRateLimiterOptions { PermitLimit = settings.SignInsPerMinute, Window = TimeSpan.FromMinutes(1) }));
    }
}
