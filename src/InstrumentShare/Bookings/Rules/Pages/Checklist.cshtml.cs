using InstrumentShare.Access;
using InstrumentShare.Access.People;
using InstrumentShare.Catalog;
using InstrumentShare.Kernel;
using InstrumentShare.Persistence;
using InstrumentShare.Web;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;

namespace InstrumentShare.Bookings.Rules.Pages;

/// <summary>Every gate between a person and an instrument, passed or not, and what to do about it; staff may look for somebody else.</summary>
[RequirePermission(BookingPermissions.Read)]
public sealed class ChecklistModel(CheckBooking check, InstrumentRulesQuery rules, AppDb db, Caller caller) : PageModel
{
    [BindProperty(SupportsGet = true)]
    public string? StartsAt { get; set; }

    [BindProperty(SupportsGet = true)]
    public string? EndsAt { get; set; }

    /// <summary>The e-mail address of the person to look for.</summary>
    [BindProperty(SupportsGet = true)]
    public string? Person { get; set; }

    [BindProperty(SupportsGet = true)]
    public string? UsePlace { get; set; }

    [BindProperty(SupportsGet = true)]
    public string? CustomsNotice { get; set; }

    public CheckBooking.Checklist Found { get; private set; } = null!;

    public IReadOnlyList<Problem> Problems { get; private set; } = [];

    public bool MayLookForOthers { get; private set; }

    /// <summary>Whom the answers are for.</summary>
    public string Name { get; private set; } = caller.Name;

    public async Task<IActionResult> OnGetAsync(Guid id, CancellationToken cancel)
    {
        if (await rules.OfAsync(new InstrumentId(id), cancel: cancel) is not { } instrument) return NotFound();
        MayLookForOthers = caller.May(BookingPermissions.Manage, instrument.Scope);
        var problems = new List<Problem>();
        var wanted = string.IsNullOrWhiteSpace(StartsAt) && string.IsNullOrWhiteSpace(EndsAt) ? null : WallTime.Read(instrument, StartsAt, EndsAt, problems);
        var person = await PersonAsync(problems, cancel);
        var outcome = await check.RunAsync(new(instrument.Id, person, wanted, UsePlace, CustomsNotice), cancel);
        if (!outcome.IsOk) return NotFound();
        (Found, Problems) = (outcome.Value, problems);
        return Page();
    }

    private async Task<PersonId?> PersonAsync(List<Problem> problems, CancellationToken cancel)
    {
        if (!MayLookForOthers || string.IsNullOrWhiteSpace(Person)) return null;
        var address = Person.Trim().ToUpperInvariant();
        var found = await db.Set<Person>().AsNoTracking().Where(p => p.NormalizedEmail == address && p.IsActive).Select(p => new { p.Id, p.Name }).SingleOrDefaultAsync(cancel);
        if (found is null) problems.Add(Problem.Invalid("booking.person-unknown", "person", ("value", Person)));
        if (found is not null) Name = found.Name;
        return found is null ? null : new PersonId(found.Id);
    }
}
