using InstrumentShare.Access;
using InstrumentShare.Catalog.Pages;
using InstrumentShare.Kernel;
using InstrumentShare.Web;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using NodaTime;

namespace InstrumentShare.Bookings.Technicians.Pages;

/// <summary>Whom a technician assists on a day; one's own, or for the manager that of a technician in their care.</summary>
[RequirePermission(TechnicianPermissions.Calendar)]
public sealed class TechnicianDayModel(TechnicianQueries queries, Caller caller, IClock clock) : PageModel
{
    /// <summary>Whose; the reader's own where it is not given.</summary>
    [BindProperty(SupportsGet = true)]
    public Guid? Person { get; set; }

    [BindProperty(SupportsGet = true)]
    public string? Date { get; set; }

    public KnownTechnician Technician { get; private set; } = null!;

    public LocalDate Today => clock.GetCurrentInstant().InZone(Technician.Zone).Date;

    public LocalDate On { get; private set; }

    public IReadOnlyList<AssistedBooking> Bookings { get; private set; } = [];

    public IReadOnlyList<Problem> Problems { get; private set; } = [];

    public async Task<IActionResult> OnGetAsync(CancellationToken cancel)
    {
        var found = await queries.FindAsync(Person is { } id ? new PersonId(id) : caller.PersonId!.Value, cancel);
        if (!found.IsOk) return NotFound();
        var problems = new List<Problem>();
        Technician = found.Value;
        On = DateForm.Read("date", Date, problems) ?? Today;
        if (problems.Count > 0) (Problems, Response.StatusCode) = (problems, ProblemAnswers.StatusOf(problems[0].Kind));
        else Bookings = await queries.DayAsync(Technician, On, cancel);
        return Page();
    }
}
