using InstrumentShare.Kernel;
using InstrumentShare.Web;
using NodaTime;
using NodaTime.Text;

namespace InstrumentShare.Access.Trail;

public static class AuditApi
{
    public static void Map(RouteGroupBuilder api) =>
        api.MapGet("/audit-entries", ListAsync).WithTags("Audit").WithName("ListAuditEntries").WithSummary("Who changed what, the latest first").RequirePermission(AccessPermissions.ReadAudit);

    private static async Task<IResult> ListAsync(AuditQueries queries, HttpRequest request, ProblemAnswers answers, CancellationToken cancel)
    {
        var list = ListQuery.Read(request, "actor", "action", "subjectKind", "subjectId", "from", "to");
        var (from, to) = (DateOf(list, "from"), DateOf(list, "to"));
        Guid before = default;
        if (list.Cursor is not null && !Guid.TryParse(list.Cursor, out before)) list.Problems.Add(Problem.Invalid("request.cursor", "cursor", ("value", request.Query["cursor"].ToString())));
        if (list.Problems.Count > 0) return answers.Of(list.Problems);
        var filter = new AuditQueries.Filter(list["actor"], list["action"], list["subjectKind"], list["subjectId"], from, to);
        return TypedResults.Ok(await queries.ListAsync(filter, list.Cursor is null ? null : before, list.Limit, cancel));
    }

    private static LocalDate? DateOf(ListQuery list, string name)
    {
        if (list[name] is not { } text) return null;
        var date = LocalDatePattern.Iso.Parse(text);
        if (!date.Success) list.Problems.Add(Problem.Invalid("audit.date", name, ("value", text)));
        return date.Success ? date.Value : null;
    }
}
