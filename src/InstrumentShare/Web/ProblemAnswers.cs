using System.Diagnostics;
using System.Globalization;
using InstrumentShare.Kernel;
using InstrumentShare.Persistence;
using NodaTime;

namespace InstrumentShare.Web;

/// <summary>The one shape of every refusal: RFC 9457 problem details with the rule's code and all problems at once.</summary>
public sealed class ProblemAnswers(Words words, IHttpContextAccessor accessor)
{
    public sealed record Body(string Type, string Title, int Status, string Detail, string Code, string TraceId, IReadOnlyList<Item> Problems);

    public sealed record Item(string Code, string? Field, string Message, bool Overridable, IReadOnlyDictionary<string, object?>? Data);

    public IResult Of<T>(Outcome<T> refused, DateTimeZone? zone = null) => Of(refused.Problems, zone);

    public IResult Of(Problem problem) => Of([problem]);

    /// <summary>The status and the top-level code follow the first problem.</summary>
    public IResult Of(IReadOnlyList<Problem> problems, DateTimeZone? zone = null) => Answer(StatusOf(problems[0].Kind), problems, zone);

    public IResult Unauthorized(string code) => Answer(StatusCodes.Status401Unauthorized, [new Problem(code)], null);

    public IResult Status(int status, string code) => Answer(status, [new Problem(code)], null);

    public static int StatusOf(ProblemKind kind) => kind switch
    {
        ProblemKind.Invalid => StatusCodes.Status400BadRequest,
        ProblemKind.Forbidden => StatusCodes.Status403Forbidden,
        ProblemKind.NotFound => StatusCodes.Status404NotFound,
        ProblemKind.Stale => StatusCodes.Status412PreconditionFailed,
        _ => StatusCodes.Status409Conflict,
    };

    private IResult Answer(int status, IReadOnlyList<Problem> problems, DateTimeZone? zone)
    {
        var items = problems.Select(p => new Item(p.Code, p.Field, words.Of(p, zone), p.Overridable, p.Data)).ToList();
        var title = words["http." + status.ToString(CultureInfo.InvariantCulture)];
        var trace = Activity.Current?.Id ?? accessor.HttpContext?.TraceIdentifier ?? string.Empty;
        return Results.Json(
            new Body("about:blank", title, status, string.Join(" ", items.Select(i => i.Message)), problems[0].Code, trace, items),
            Json.Options, "application/problem+json", status);
    }
}
