using InstrumentShare.Access;
using InstrumentShare.Bookings;
using InstrumentShare.Kernel;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace InstrumentShare.Usage.Verdicts.Pages;

/// <summary>All judgements of a booking, and a manager's excuse.</summary>
[RequirePermission(UsagePermissions.Read)]
public sealed class BookingVerdictModel(VerdictQueries queries, ExcuseBooking excuse) : PageModel
{
    [BindProperty(SupportsGet = true)]
    public Guid Id { get; set; }

    [BindProperty]
    public string? Reason { get; set; }

    [BindProperty(SupportsGet = true)]
    public string? ReturnUrl { get; set; }

    public VerdictHistory Found { get; private set; } = null!;

    public IReadOnlyList<Problem> Problems { get; private set; } = [];

    public Task<IActionResult> OnGetAsync(CancellationToken cancel) => ShowAsync(cancel);

    public async Task<IActionResult> OnPostAsync(CancellationToken cancel)
    {
        var outcome = await excuse.RunAsync(new BookingId(Id), Reason, cancel);
        Problems = outcome.Problems;
        return outcome.IsOk ? LocalRedirect(Url.IsLocalUrl(ReturnUrl) ? ReturnUrl : $"/bookings/{Id}") : await ShowAsync(cancel);
    }

    private async Task<IActionResult> ShowAsync(CancellationToken cancel)
    {
        if (await queries.OfAsync(new BookingId(Id), cancel) is not { } found) return NotFound();
        Found = found;
        return Page();
    }
}
