using InstrumentShare.Access;
using InstrumentShare.Catalog.Pages;
using InstrumentShare.Kernel;
using InstrumentShare.Persistence;
using InstrumentShare.Web;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using NodaTime;

namespace InstrumentShare.Bookings.Qualifications.Pages;

/// <summary>The trainings of the reader's instruments: those to come, or the past ones, newest first.</summary>
[RequirePermission(QualificationPermissions.View)]
public sealed class TrainingsModel(TrainingQueries queries, Caller caller, IClock clock) : PageModel
{
    private const int Rows = 50;

    public PageOf<TrainingRow> List { get; private set; } = null!;

    public bool Past { get; private set; }

    public bool MayPlan => caller.MayAnywhere(QualificationPermissions.Train);

    public async Task OnGetAsync(string? show, string? cursor, CancellationToken cancel)
    {
        var (now, key) = (clock.GetCurrentInstant(), ListQuery.Decoded(cursor));
        Past = show == "past";
        List = await queries.ListAsync(new TrainingFilter(Permission: QualificationPermissions.View, From: Past ? null : now, To: Past ? now : null, Newest: Past, Cursor: TrainingQueries.ReadKey(key) is null ? null : key, Limit: Rows), cancel);
    }
}

/// <summary>Plans a training; with an instrument its time is booked.</summary>
[RequirePermission(QualificationPermissions.Train)]
public sealed class NewTrainingModel(AppDb db, QualificationQueries queries, PlanTraining plan, Words words, Caller caller) : PageModel
{
    private const int Offered = 200;

    [BindProperty(SupportsGet = true)] public Guid? Qualification { get; set; }

    [BindProperty] public Guid? InstrumentId { get; set; }

    [BindProperty] public string? StartsAt { get; set; }

    [BindProperty] public string? EndsAt { get; set; }

    [BindProperty] public string? Place { get; set; }

    [BindProperty] public string? TrainerEmail { get; set; }

    [BindProperty] public string? Seats { get; set; } = "8";

    [BindProperty] public string? Level { get; set; } = Word.Of(QualificationLevel.Independent);

    [BindProperty] public string? SignUpUntil { get; set; }

    [BindProperty] public string? LeaveUntil { get; set; }

    [BindProperty] public string? Note { get; set; }

    [BindProperty] public string? OverrideReason { get; set; }

    /// <summary>What can be trained for, while none is chosen.</summary>
    public IReadOnlyList<QualificationRow> Choices { get; private set; } = [];

    public QualificationRow? Chosen { get; private set; }

    public IReadOnlyList<(string Value, string Text)> Instruments { get; private set; } = [];

    public bool MayOverride => caller.MayAnywhere(BookingPermissions.Manage);

    public DateTimeZone Zone { get; private set; } = Words.DefaultZone;

    public IReadOnlyList<Problem> Problems { get; private set; } = [];

    public async Task<IActionResult> OnGetAsync(CancellationToken cancel)
    {
        TrainerEmail ??= caller.Email;
        return await LoadAsync(cancel) ?? Page();
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken cancel)
    {
        if (await LoadAsync(cancel) is { } answer) return answer;
        var problems = new List<Problem>();
        Instant? Time(string field, string? text) => DateForm.ReadTime(field, text, Zone, problems);
        var request = new PlanTraining.Request(
            Qualification, InstrumentId, Time("startsAt", StartsAt), Time("endsAt", EndsAt), Place, TrainerEmail, int.TryParse(Seats, out var seats) ? seats : null, Level, Time("signUpUntil", SignUpUntil), Time("leaveUntil", LeaveUntil), Note, OverrideReason);
        if (problems.Count == 0)
        {
            var planned = await plan.RunAsync(request, cancel);
            if (planned.IsOk) return Redirect($"/manage/training/{planned.Value.Id.Value}");
            problems.AddRange(planned.Problems);
        }

        (Problems, Response.StatusCode) = (problems, ProblemAnswers.StatusOf(problems[0].Kind));
        return Page();
    }

    private async Task<IActionResult?> LoadAsync(CancellationToken cancel)
    {
        if (Qualification is not { } id)
        {
            Choices = [.. (await queries.ListAsync(QualificationPermissions.Train, null, null, Offered, cancel)).Items.Where(q => q.IsActive)];
            return null;
        }

        if (await queries.OfAsync(new QualificationId(id), cancel) is not { } chosen) return NotFound();
        Chosen = chosen;
        Zone = await db.ZoneOfAsync(chosen.InstitutionId, cancel);
        Instruments = [(string.Empty, words["training.no-instrument"]), .. (await queries.InstrumentsAsync(chosen, cancel)).Select(i => (i.Id.ToString(), words.Name(i.Name, i.NameEn)))];
        return null;
    }
}
