using System.Globalization;
using InstrumentShare.Access;
using InstrumentShare.Catalog;
using InstrumentShare.Kernel;
using InstrumentShare.Persistence;
using InstrumentShare.Web;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using NodaTime;

namespace InstrumentShare.Bookings.Classes.Pages;

/// <summary>Classes to come, or past ones, newest first.</summary>
[RequirePermission(ClassPermissions.Read)]
public sealed class ClassesModel(ClassQueries queries, Caller caller, IClock clock) : PageModel
{
    private const int Rows = 30;

    public bool Past { get; private set; }

    public PageOf<ClassRow> List { get; private set; } = null!;

    public bool MayPlan => caller.MayAnywhere(ClassPermissions.Plan);

    public async Task OnGetAsync(string? show, string? cursor, CancellationToken cancel)
    {
        Past = show == "past";
        List = await queries.ListAsync(clock.GetCurrentInstant(), Past, ListQuery.Decoded(cursor) is { } key ? BookingQueries.ReadKey(key) : null, Rows, cancel);
    }
}

/// <summary>An instrument of a class as a form sends it.</summary>
public sealed class ClassPlaceForm
{
    public string? Instrument { get; set; }

    public string? Units { get; set; } = "1";
}

/// <summary>Plans a class on instruments in the reader's care.</summary>
[RequirePermission(ClassPermissions.Plan)]
public sealed class NewClassModel(AppDb db, PlanClass plan, InstrumentRulesQuery rules, Caller caller, Words words) : PageModel
{
    private const int Offered = 300;
    private const int Most = 3;

    [BindProperty] public string? Course { get; set; }

    [BindProperty] public string? CourseEn { get; set; }

    [BindProperty] public string? TeacherEmail { get; set; }

    [BindProperty] public string? Students { get; set; }

    [BindProperty] public string? StartsAt { get; set; }

    [BindProperty] public string? EndsAt { get; set; }

    [BindProperty] public List<ClassPlaceForm> Places { get; set; } = [];

    /// <summary>One name a line.</summary>
    [BindProperty] public string? Roster { get; set; }

    [BindProperty] public string? Note { get; set; }

    [BindProperty] public string? OverrideReason { get; set; }

    public bool MayOverride => caller.MayAnywhere(BookingPermissions.Manage);

    public IReadOnlyList<(string Value, string Text)> Instruments { get; private set; } = [];

    public IReadOnlyList<Problem> Problems { get; private set; } = [];

    public Task OnGetAsync(CancellationToken cancel) => LoadAsync(cancel);

    public async Task<IActionResult> OnPostAsync(CancellationToken cancel)
    {
        var problems = new List<Problem>();
        var places = Places.Where(p => !string.IsNullOrEmpty(p.Instrument)).Select(p => new PlanClass.Place(Guid.TryParse(p.Instrument, out var id) ? id : null, int.TryParse(p.Units, NumberStyles.None, CultureInfo.InvariantCulture, out var units) ? units : 0)).ToList();
        // Times are those on the wall of the first instrument.
        var wall = places.Count > 0 && places[0].InstrumentId is { } first ? await rules.OfAsync(new InstrumentId(first), cancel: cancel) : null;
        var wanted = wall is null ? null : WallTime.Read(wall, StartsAt, EndsAt, problems);
        if (problems.Count > 0) return await RefuseAsync(problems, cancel);
        var students = int.TryParse(Students, NumberStyles.None, CultureInfo.InvariantCulture, out var read) ? read : -1;
        var planned = await plan.RunAsync(new(Course, CourseEn, TeacherEmail, students, Roster?.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries), Note, places, wanted?.StartsAt, wanted?.EndsAt, OverrideReason), cancel);
        return planned.IsOk ? Redirect($"/classes/{planned.Value.Id.Value}") : await RefuseAsync(planned.Problems, cancel);
    }

    private async Task<IActionResult> RefuseAsync(IReadOnlyList<Problem> problems, CancellationToken cancel)
    {
        ModelState.Clear();
        (Problems, Response.StatusCode) = ([.. problems.Select(p => p.Field == "instruments" ? p with { Field = "Places[0].Instrument" } : p)], ProblemAnswers.StatusOf(problems[0].Kind));
        await LoadAsync(cancel);
        return Page();
    }

    private async Task LoadAsync(CancellationToken cancel)
    {
        while (Places.Count < Most) Places.Add(new ClassPlaceForm());
        var grants = caller.GrantsOf(ClassPermissions.Plan).ToList();
        var institutions = grants.Where(g => g.ScopeKind == ScopeKind.Institution).Select(g => new InstitutionId(g.ScopeId!.Value)).ToList();
        var instruments = grants.Where(g => g.ScopeKind == ScopeKind.Instrument).Select(g => new InstrumentId(g.ScopeId!.Value)).ToList();
        var found = await db.Set<Instrument>().AsNoTracking().Where(i => (institutions.Contains(i.InstitutionId) || instruments.Contains(i.Id)) && i.TakesBookings).OrderBy(i => i.Name).ThenBy(i => i.InnerId).Take(Offered)
            .Select(i => new { i.Id, i.Name, i.NameEn, i.InnerId }).ToListAsync(cancel);
        Instruments = [(string.Empty, words["training.no-instrument"]), .. found.Select(i => (i.Id.Value.ToString(), $"{words.Name(i.Name, i.NameEn)} ({i.InnerId})"))];
    }
}

/// <summary>One class: its bookings, its roster, what can still be done.</summary>
[RequirePermission(ClassPermissions.Read)]
public sealed class ClassModel(ClassQueries queries, PlanClass plan, InstrumentRulesQuery rules, IClock clock) : PageModel
{
    [BindProperty(SupportsGet = true)] public Guid Id { get; set; }

    [BindProperty] public long? IfVersion { get; set; }

    [BindProperty] public string? StartsAt { get; set; }

    [BindProperty] public string? EndsAt { get; set; }

    [BindProperty] public string? Reason { get; set; }

    [BindProperty] public List<int> Present { get; set; } = [];

    [BindProperty] public string? Attended { get; set; }

    public ClassDetail Detail { get; private set; } = null!;

    public bool MayMove => Detail.MayChange && !Detail.Row.IsCancelled && Detail.Row.StartsAt > clock.GetCurrentInstant();

    public bool MayRecord => Detail.MayChange && !Detail.Row.IsCancelled && Detail.Row.StartsAt <= clock.GetCurrentInstant();

    public IReadOnlyList<Problem> Problems { get; private set; } = [];

    public async Task<IActionResult> OnGetAsync(CancellationToken cancel) => await ShowAsync(typed: false, cancel);

    public async Task<IActionResult> OnPostMoveAsync(CancellationToken cancel)
    {
        if (await queries.OneAsync(new ClassSessionId(Id), cancel) is not { Places.Count: > 0 } detail) return NotFound();
        var problems = new List<Problem>();
        var wanted = WallTime.Read((await rules.OfAsync(new InstrumentId(detail.Places[0].InstrumentId), cancel: cancel))!, StartsAt, EndsAt, problems);
        return wanted is not { } time || problems.Count > 0 ? await RefuseAsync(problems, cancel) : await AnswerAsync(await plan.MoveAsync(new ClassSessionId(Id), time.StartsAt, time.EndsAt, null, IfVersion, cancel), cancel);
    }

    public async Task<IActionResult> OnPostCancelAsync(CancellationToken cancel) => await AnswerAsync(await plan.CancelAsync(new ClassSessionId(Id), Reason, IfVersion, cancel), cancel);

    public async Task<IActionResult> OnPostRecordAsync(CancellationToken cancel)
    {
        int? attended = string.IsNullOrWhiteSpace(Attended) ? null : int.TryParse(Attended, NumberStyles.None, CultureInfo.InvariantCulture, out var read) ? read : -1;
        return await AnswerAsync(await plan.RecordAsync(new ClassSessionId(Id), Present, attended, IfVersion, cancel), cancel);
    }

    private async Task<IActionResult> AnswerAsync(Outcome<ClassSession> outcome, CancellationToken cancel) =>
        outcome.IsOk ? Redirect($"/classes/{Id}") : outcome.Problems[0].Kind == ProblemKind.NotFound ? NotFound() : await RefuseAsync(outcome.Problems, cancel);

    private async Task<IActionResult> RefuseAsync(IReadOnlyList<Problem> problems, CancellationToken cancel)
    {
        Problems = problems;
        if (problems.Count > 0) Response.StatusCode = ProblemAnswers.StatusOf(problems[0].Kind);
        return await ShowAsync(typed: true, cancel);
    }

    private async Task<IActionResult> ShowAsync(bool typed, CancellationToken cancel)
    {
        ModelState.Clear();
        if (await queries.OneAsync(new ClassSessionId(Id), cancel) is not { } detail) return NotFound();
        Detail = detail;
        if (!typed) Present = detail.Roster.Select((s, at) => (s, at)).Where(s => s.s.Attended == true).Select(s => s.at).ToList();
        return Page();
    }
}
