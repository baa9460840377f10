using InstrumentShare.Web;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using NodaTime;
using NodaTime.Text;

namespace InstrumentShare.Access.Trail.Pages;

/// <summary>Who changed what, when and why. Read-only, for everyone.</summary>
[RequirePermission(AccessPermissions.ReadAudit)]
public sealed class AuditModel(AuditQueries queries) : PageModel
{
    private const int Shown = 50;

    [BindProperty(SupportsGet = true)]
    public string? Actor { get; set; }

    [BindProperty(SupportsGet = true, Name = "what")]
    public string? What { get; set; }

    [BindProperty(SupportsGet = true)]
    public string? SubjectId { get; set; }

    [BindProperty(SupportsGet = true)]
    public string? From { get; set; }

    [BindProperty(SupportsGet = true)]
    public string? To { get; set; }

    [BindProperty(SupportsGet = true)]
    public Guid? Before { get; set; }

    public PageOf<AuditQueries.Item> List { get; private set; } = null!;

    /// <summary>The address of the next page, with the filters kept.</summary>
    public string Next => QueryString.Create(new Dictionary<string, string?> { ["actor"] = Actor, ["what"] = What, ["subjectId"] = SubjectId, ["from"] = From, ["to"] = To, ["before"] = List.Items[^1].Id.ToString() }).Value!;

    public async Task OnGetAsync(CancellationToken cancel) =>
        List = await queries.ListAsync(new(Actor, What, null, SubjectId?.Trim(), DateOf(From), DateOf(To)), Before, Shown, cancel);

    private static LocalDate? DateOf(string? text) => LocalDatePattern.Iso.Parse(text ?? string.Empty) is { Success: true } date ? date.Value : null;
}
