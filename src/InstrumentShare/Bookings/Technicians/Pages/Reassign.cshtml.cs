using InstrumentShare.Access;
using InstrumentShare.Catalog;
using InstrumentShare.Kernel;
using InstrumentShare.Web;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace InstrumentShare.Bookings.Technicians.Pages;

/// <summary>Staff let another technician assist a booking.</summary>
[RequirePermission(TechnicianPermissions.Manage)]
public sealed class ReassignModel(BookingQueries bookings, TechnicianQueries queries, ReassignTechnician reassign, Caller caller) : PageModel
{
    [BindProperty(SupportsGet = true)]
    public Guid Id { get; set; }

    [BindProperty] public string? TechnicianId { get; set; }

    [BindProperty] public string? Reason { get; set; }

    public Booking Booking { get; private set; } = null!;

    public InstrumentRules Instrument { get; private set; } = null!;

    public TechnicianChoice Present { get; private set; } = null!;

    public IReadOnlyList<TechnicianChoice> Choices { get; private set; } = [];

    public IReadOnlyList<Problem> Problems { get; private set; } = [];

    public async Task<IActionResult> OnGetAsync(CancellationToken cancel) => await LoadAsync(cancel) ? Page() : NotFound();

    public async Task<IActionResult> OnPostAsync(CancellationToken cancel)
    {
        var done = await reassign.RunAsync(new BookingId(Id), Guid.TryParse(TechnicianId, out var id) ? new PersonId(id) : null, Reason, cancel);
        if (done.IsOk) return Redirect($"/bookings/{Id}");
        if (!await LoadAsync(cancel)) return NotFound();
        (Problems, Response.StatusCode) = (done.Problems, ProblemAnswers.StatusOf(done.Problems[0].Kind));
        return Page();
    }

    private async Task<bool> LoadAsync(CancellationToken cancel)
    {
        if (await bookings.FindAsync(new BookingId(Id), cancel) is not var (booking, instrument, _) || !caller.May(TechnicianPermissions.Manage, instrument.Scope)) return false;
        if (await queries.OfBookingAsync(booking.Id, cancel) is not { } present) return false;
        (Booking, Instrument, Present, Choices) = (booking, instrument, present, await queries.OfInstrumentAsync(instrument, cancel));
        return true;
    }
}
