using InstrumentShare.Access;
using InstrumentShare.Catalog;
using InstrumentShare.Catalog.Pages;
using InstrumentShare.Kernel;
using InstrumentShare.Web;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using NodaTime;
using NodaTime.Text;

namespace InstrumentShare.Bookings.Technicians.Pages;

/// <summary>A technician's own time: whom they assist, their weekly hours, their absences; for the manager, that of each technician.</summary>
[RequirePermission(TechnicianPermissions.Calendar)]
public sealed class TechnicianTimeModel(TechnicianQueries queries, ChangeTechnicianTime change, Caller caller, IClock clock) : PageModel
{
    /// <summary>Whose; the reader's own where it is not given.</summary>
    [BindProperty(SupportsGet = true)]
    public Guid? Person { get; set; }

    [BindProperty] public List<string?> Week { get; set; } = [];

    [BindProperty] public string? ValidFrom { get; set; }

    [BindProperty] public string? StartsAt { get; set; }

    [BindProperty] public string? EndsAt { get; set; }

    [BindProperty] public string? Note { get; set; }

    /// <summary>Null for a manager who has not chosen one yet and is none.</summary>
    public TechnicianCalendar? Shown { get; private set; }

    public IReadOnlyList<TechnicianChoice> Choices { get; private set; } = [];

    public DateTimeZone Zone { get; private set; } = Words.DefaultZone;

    public LocalDate Today => clock.GetCurrentInstant().InZone(Zone).Date;

    public IReadOnlyList<OpeningHours> Hours => [.. Shown!.Hours.Select(h => h.ToOpeningHours(default))];

    /// <summary>The days from which another week holds.</summary>
    public IEnumerable<LocalDate> Changes => Shown!.Hours.Select(h => h.ValidFrom).Concat(Shown.Hours.Where(h => h.ValidTo is not null).Select(h => h.ValidTo!.Value.PlusDays(1))).Where(d => d > Today).Append(Today).Distinct().Order();

    /// <summary>Whether the reader assists and these are whom.</summary>
    public bool IsOwn => Shown?.Id == caller.PersonId && caller.Has(Role.Technician);

    public bool Saved => Request.Query.ContainsKey("saved");

    public IReadOnlyList<Problem> Problems { get; private set; } = [];

    public async Task<IActionResult> OnGetAsync(CancellationToken cancel)
    {
        if (!await LoadAsync(cancel)) return NotFound();
        if (Shown is null) return Page();
        Week = HoursModel.Days.Select(d => (string?)WeekText.Write(Hours, d, Today)).ToList();
        ValidFrom = LocalDatePattern.Iso.Format(Today);
        return Page();
    }

    public async Task<IActionResult> OnPostHoursAsync(CancellationToken cancel)
    {
        if (!await LoadAsync(cancel) || Shown is null) return NotFound();
        var problems = new List<Problem>();
        var request = new ChangeTechnicianTime.HoursRequest(DateForm.Read("validFrom", ValidFrom, problems), [.. Week.Take(HoursModel.Days.Count).SelectMany((text, i) => WeekText.Read(i + 1, text))]);
        return Answer(problems.Count > 0 ? problems : (await change.SetHoursAsync(Shown.Id, request, cancel)).Problems);
    }

    public async Task<IActionResult> OnPostAbsenceAsync(CancellationToken cancel)
    {
        if (!await LoadAsync(cancel) || Shown is null) return NotFound();
        var problems = new List<Problem>();
        var request = new ChangeTechnicianTime.AbsenceRequest(DateForm.ReadTime("startsAt", StartsAt, Zone, problems), DateForm.ReadTime("endsAt", EndsAt, Zone, problems), Note);
        return Answer(problems.Count > 0 ? problems : (await change.AddAbsenceAsync(Shown.Id, request, cancel)).Problems);
    }

    public async Task<IActionResult> OnPostWithdrawAsync(Guid absence, CancellationToken cancel)
    {
        if (!await LoadAsync(cancel) || Shown is null) return NotFound();
        return Answer((await change.WithdrawAbsenceAsync(Shown.Id, absence, cancel)).Problems);
    }

    private IActionResult Answer(IReadOnlyList<Problem> problems)
    {
        if (problems.Count == 0) return Redirect("/technicians/time?saved=true" + (Person is { } person ? "&person=" + person : string.Empty));
        if (Week.Count == 0) Week = HoursModel.Days.Select(d => (string?)WeekText.Write(Hours, d, Today)).ToList();
        (Problems, Response.StatusCode) = (problems, ProblemAnswers.StatusOf(problems[0].Kind));
        return Page();
    }

    private async Task<bool> LoadAsync(CancellationToken cancel)
    {
        if (caller.MayAnywhere(TechnicianPermissions.Manage)) Choices = await queries.ManagedAsync(cancel);
        if (Person is null && !caller.Has(Role.Technician)) return Choices.Count == 0 || await ShowAsync(Choices[0].Id, cancel);
        return await ShowAsync(Person is { } id ? new PersonId(id) : caller.PersonId!.Value, cancel);
    }

    private async Task<bool> ShowAsync(PersonId id, CancellationToken cancel)
    {
        var found = await queries.FindAsync(id, cancel);
        if (!found.IsOk) return false;
        (Shown, Zone, Person) = (await queries.CalendarAsync(found.Value, cancel), found.Value.Zone, id == caller.PersonId ? Person : id.Value);
        return true;
    }
}
