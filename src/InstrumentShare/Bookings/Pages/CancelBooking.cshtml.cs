using InstrumentShare.Access;
using InstrumentShare.Bookings.Cancellations;
using InstrumentShare.Catalog;
using InstrumentShare.Kernel;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace InstrumentShare.Bookings.Pages;

/// <summary>Where the link in a reminder leads: it asks before it cancels, since mail programs open links by themselves.</summary>
[RequirePermission(BookingPermissions.Read)]
public sealed class CancelBookingModel(BookingQueries queries, CancelBooking cancelBooking, QuoteLateCancellation late, Caller caller) : PageModel
{
    [BindProperty]
    public long? IfVersion { get; set; }

    [BindProperty]
    public string? Reason { get; set; }

    public Booking Booking { get; private set; } = null!;

    public InstrumentRules Rules { get; private set; } = null!;

    public IReadOnlyList<Problem> Problems { get; private set; } = [];

    public bool MayCancel => Booking.Status is BookingStatus.Requested or BookingStatus.Confirmed && (BookingDoor.IsOwn(caller, Booking) || BookingDoor.MayManage(caller, Booking, Rules));

    /// <summary>What cancelling now would be for its holder; null while it would not be late.</summary>
    public LateCancellation? Late { get; private set; }

    public Task<IActionResult> OnGetAsync(Guid id, CancellationToken cancel) => ShowAsync(id, cancel);

    public async Task<IActionResult> OnPostAsync(Guid id, CancellationToken cancel)
    {
        var done = await cancelBooking.RunAsync(new BookingId(id), Reason, IfVersion, cancel);
        if (done.IsOk) return Redirect($"/bookings/{id}");
        Problems = done.Problems;
        return await ShowAsync(id, cancel);
    }

    private async Task<IActionResult> ShowAsync(Guid id, CancellationToken cancel)
    {
        if (await queries.FindAsync(new BookingId(id), cancel) is not var (booking, rules, _)) return NotFound();
        (Booking, Rules, Late) = (booking, rules, await late.OfAsync(booking, rules, cancel));
        // What stands is shown with its version, so that who was told of a change can confirm again.
        ModelState.Remove(nameof(IfVersion));
        IfVersion = booking.Version;
        return Page();
    }
}
