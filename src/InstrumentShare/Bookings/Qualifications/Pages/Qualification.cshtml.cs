using InstrumentShare.Access;
using InstrumentShare.Catalog.Pages;
using InstrumentShare.Kernel;
using InstrumentShare.Web;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace InstrumentShare.Bookings.Qualifications.Pages;

/// <summary>One qualification: its terms, who holds it until when, certificates granted and revoked.</summary>
[RequirePermission(QualificationPermissions.View)]
public sealed class QualificationModel(QualificationQueries queries, CertificateQueries certificates, CertificateFile file, SaveQualification save, ChangeCertificates change, Caller caller) : PageModel
{
    private const int Rows = 100;

    [BindProperty(SupportsGet = true)]
    public Guid Id { get; set; }

    [BindProperty] public QualificationForm Form { get; set; } = new();

    [BindProperty] public string? Email { get; set; }

    [BindProperty] public string? Level { get; set; }

    [BindProperty] public string? ValidFrom { get; set; }

    [BindProperty] public string? Reason { get; set; }

    public QualificationRow Row { get; private set; } = null!;

    public PageOf<CertificateRow> Holders { get; private set; } = null!;

    public bool MayManage => caller.May(QualificationPermissions.Manage, Row.Scope);

    public bool MayGrant => caller.May(QualificationPermissions.Grant, Row.Scope);

    public bool MayTrain => caller.May(QualificationPermissions.Train, Row.Scope);

    public bool Saved => Request.Query.ContainsKey("saved");

    public IReadOnlyList<Problem> Problems { get; private set; } = [];

    public async Task<IActionResult> OnGetAsync(string? cursor, CancellationToken cancel)
    {
        if (await LoadAsync(cursor, cancel) is { } answer) return answer;
        Form = QualificationForm.Of(Row);
        return Page();
    }

    public async Task<IActionResult> OnGetFileAsync(CancellationToken cancel) =>
        await LoadAsync(null, cancel) ?? File(await file.OfAsync(Row.Id, cancel), "text/csv; charset=utf-8", "holders.csv");

    public async Task<IActionResult> OnPostSaveAsync(CancellationToken cancel) => await AnswerAsync((await save.ChangeAsync(new QualificationId(Id), Form.ToRequest(), null, cancel)).Problems, typed: true, cancel);

    public async Task<IActionResult> OnPostGrantAsync(CancellationToken cancel)
    {
        var problems = new List<Problem>();
        var from = DateForm.Read("validFrom", ValidFrom, problems);
        return await AnswerAsync(problems.Count > 0 ? problems : (await change.GrantAsync(new(Id, Email, Level, Reason, from), cancel)).Problems, typed: false, cancel);
    }

    public async Task<IActionResult> OnPostRevokeAsync(Guid certificate, string? revokeReason, CancellationToken cancel) =>
        await AnswerAsync((await change.RevokeAsync(new CertificateId(certificate), revokeReason, cancel)).Problems, typed: false, cancel);

    private async Task<IActionResult> AnswerAsync(IReadOnlyList<Problem> problems, bool typed, CancellationToken cancel)
    {
        if (problems.Count == 0) return Redirect($"/manage/qualifications/{Id}?saved=true");
        if (await LoadAsync(null, cancel) is { } answer) return answer;
        if (!typed) Form = QualificationForm.Of(Row);
        (Problems, Response.StatusCode) = (problems, ProblemAnswers.StatusOf(problems[0].Kind));
        return Page();
    }

    private async Task<IActionResult?> LoadAsync(string? cursor, CancellationToken cancel)
    {
        if (await queries.OfAsync(new QualificationId(Id), cancel) is not { } row) return NotFound();
        var key = ListQuery.Decoded(cursor);
        (Row, Holders) = (row, await certificates.ListAsync(new CertificateFilter(Mine: false, row.Id, Cursor: CertificateQueries.ReadKey(key) is null ? null : key, Limit: Rows), cancel));
        return null;
    }
}
