using InstrumentShare.Access;
using InstrumentShare.Kernel;
using InstrumentShare.Web;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using NodaTime;

namespace InstrumentShare.Bookings.Qualifications.Pages;

/// <summary>What the reader holds, which trainings can be joined, and what came of those before.</summary>
[RequirePermission(QualificationPermissions.Own)]
public sealed class MyQualificationsModel(CertificateQueries certificates, TrainingQueries trainings, SignUpForTraining seats, IClock clock) : PageModel
{
    private const int Rows = 50;

    /// <summary>Only trainings of this qualification are offered; a refused booking leads here.</summary>
    [BindProperty(SupportsGet = true)]
    public Guid? Qualification { get; set; }

    [BindProperty(SupportsGet = true)]
    public string? Cursor { get; set; }

    public IReadOnlyList<CertificateRow> Certificates { get; private set; } = [];

    public PageOf<TrainingRow> Coming { get; private set; } = null!;

    /// <summary>Past ones the reader signed up for, newest first.</summary>
    public IReadOnlyList<TrainingRow> History { get; private set; } = [];

    public IReadOnlyList<Problem> Problems { get; private set; } = [];

    public Instant Now { get; } = clock.GetCurrentInstant();

    public async Task OnGetAsync(CancellationToken cancel)
    {
        Certificates = (await certificates.ListAsync(new CertificateFilter(Mine: true, Limit: Rows), cancel)).Items;
        var key = ListQuery.Decoded(Cursor);
        Coming = await trainings.ListAsync(new TrainingFilter(Qualification: Qualification is { } id ? new QualificationId(id) : null, From: Now, Standing: true, Cursor: TrainingQueries.ReadKey(key) is null ? null : key, Limit: Rows), cancel);
        History = (await trainings.ListAsync(new TrainingFilter(Mine: true, To: Now, Newest: true, Limit: Rows), cancel)).Items;
    }

    public Task<IActionResult> OnPostSignUpAsync(Guid session, CancellationToken cancel) => AnswerAsync(seats.SignUpAsync(new TrainingSessionId(session), cancel), cancel);

    public Task<IActionResult> OnPostLeaveAsync(Guid session, CancellationToken cancel) => AnswerAsync(seats.LeaveAsync(new TrainingSessionId(session), cancel), cancel);

    private async Task<IActionResult> AnswerAsync(Task<Outcome<TrainingSession>> work, CancellationToken cancel)
    {
        var outcome = await work;
        if (outcome.IsOk) return Redirect($"/my/qualifications{(Qualification is { } id ? "?qualification=" + id : string.Empty)}#sessions");
        if (outcome.Problems[0].Kind == ProblemKind.NotFound) return NotFound();
        (Problems, Response.StatusCode) = (outcome.Problems, ProblemAnswers.StatusOf(outcome.Problems[0].Kind));
        await OnGetAsync(cancel);
        return Page();
    }
}
