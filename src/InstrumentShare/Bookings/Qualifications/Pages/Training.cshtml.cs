using InstrumentShare.Access;
using InstrumentShare.Catalog.Pages;
using InstrumentShare.Kernel;
using InstrumentShare.Persistence;
using InstrumentShare.Web;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using NodaTime;

namespace InstrumentShare.Bookings.Qualifications.Pages;

/// <summary>A training at the lab: who comes, and, once it has begun, what came of it, for all on one form that fits a phone.</summary>
[RequirePermission(QualificationPermissions.View)]
public sealed class TrainingModel(TrainingQueries queries, SignUpForTraining seats, RecordResults record, CancelTraining cancelTraining, MoveTraining move, Caller caller, IClock clock) : PageModel
{
    /// <summary>One person's line of the form.</summary>
    public sealed class Line
    {
        public Guid PersonId { get; set; }

        public string? Result { get; set; }

        public string? Level { get; set; }

        public string? Remark { get; set; }
    }

    [BindProperty(SupportsGet = true)] public Guid Id { get; set; }

    [BindProperty] public List<Line> Lines { get; set; } = [];

    [BindProperty] public string? Email { get; set; }

    [BindProperty] public string? Reason { get; set; }

    [BindProperty] public string? StartsAt { get; set; }

    [BindProperty] public string? EndsAt { get; set; }

    [BindProperty] public string? OverrideReason { get; set; }

    [BindProperty] public long? IfVersion { get; set; }

    public TrainingRow Session { get; private set; } = null!;

    public IReadOnlyList<AttendeeRow> Attendees { get; private set; } = [];

    public bool MayTrain => caller.May(QualificationPermissions.Train, Session.Scope);

    public bool HasBegun => Session.StartsAt <= clock.GetCurrentInstant();

    public bool IsMe(AttendeeRow attendee) => attendee.PersonId == caller.PersonId?.Value;

    public int? Recorded { get; private set; }

    public IReadOnlyList<Problem> Problems { get; private set; } = [];

    public async Task<IActionResult> OnGetAsync(int? recorded, CancellationToken cancel)
    {
        Recorded = recorded;
        return await LoadAsync(cancel) ?? Page();
    }

    /// <summary>Lines without a result are left for later.</summary>
    public async Task<IActionResult> OnPostResultsAsync(CancellationToken cancel)
    {
        var given = Lines.Where(l => !string.IsNullOrEmpty(l.Result)).Select(l => new RecordResults.Entry(l.PersonId, l.Result, l.Level, l.Remark)).ToList();
        var outcome = await record.RunAsync(new TrainingSessionId(Id), new(given), cancel);
        return outcome.IsOk ? Redirect($"/manage/training/{Id}?recorded={outcome.Value}") : await ShowAsync(outcome.Problems, cancel);
    }

    public async Task<IActionResult> OnPostAddAsync(CancellationToken cancel) => await AnswerAsync(await seats.SignUpAsync(new TrainingSessionId(Id), Email, cancel), cancel);

    public async Task<IActionResult> OnPostRemoveAsync(Guid person, CancellationToken cancel) => await AnswerAsync(await seats.LeaveAsync(new TrainingSessionId(Id), new PersonId(person), cancel), cancel);

    public async Task<IActionResult> OnPostCancelAsync(CancellationToken cancel) => await AnswerAsync(await cancelTraining.RunAsync(new TrainingSessionId(Id), Reason, cancel), cancel);

    public async Task<IActionResult> OnPostMoveAsync(CancellationToken cancel)
    {
        if (await LoadAsync(cancel) is { } answer) return answer;
        var problems = new List<Problem>();
        var request = new MoveTraining.Request(DateForm.ReadTime("startsAt", StartsAt, Session.Zone, problems), DateForm.ReadTime("endsAt", EndsAt, Session.Zone, problems), OverrideReason);
        return problems.Count > 0 ? await ShowAsync(problems, cancel) : await AnswerAsync(await move.RunAsync(new TrainingSessionId(Id), request, IfVersion, cancel), cancel);
    }

    /// <summary>What the form shows of a person: as typed, else as recorded.</summary>
    public Line LineOf(AttendeeRow attendee) => Lines.FirstOrDefault(l => l.PersonId == attendee.PersonId) ?? new Line
    {
        PersonId = attendee.PersonId, Result = attendee.Result is { } result ? Word.Of(result) : null, Level = Word.Of(attendee.Level ?? Session.Level), Remark = attendee.Remark,
    };

    private async Task<IActionResult> AnswerAsync(Outcome<TrainingSession> outcome, CancellationToken cancel) => outcome.IsOk ? Redirect($"/manage/training/{Id}") : await ShowAsync(outcome.Problems, cancel);

    private async Task<IActionResult> ShowAsync(IReadOnlyList<Problem> problems, CancellationToken cancel)
    {
        if (await LoadAsync(cancel) is { } answer) return answer;
        (Problems, Response.StatusCode) = (problems, ProblemAnswers.StatusOf(problems[0].Kind));
        return Page();
    }

    private async Task<IActionResult?> LoadAsync(CancellationToken cancel)
    {
        if (await queries.OfAsync(new TrainingSessionId(Id), cancel) is not { } session || !caller.May(QualificationPermissions.View, session.Scope)) return NotFound();
        (Session, Attendees) = (session, await queries.AttendeesAsync(session.Id, cancel));
        return null;
    }
}
