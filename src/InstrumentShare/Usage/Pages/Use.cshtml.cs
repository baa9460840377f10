using InstrumentShare.Access;
using InstrumentShare.Bookings;
using InstrumentShare.Kernel;
using InstrumentShare.Web;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using NodaTime;

namespace InstrumentShare.Usage.Pages;

/// <summary>Check-in and check-out of one booking, for its holder and for who looks after the instrument.</summary>
[RequirePermission(UsagePermissions.Own)]
public sealed class UseModel(DeskQueries desk, CheckIn checkIn, CheckOut checkOut, IClock clock) : PageModel
{
    public DeskRow Row { get; private set; } = null!;

    public IReadOnlyList<Problem> Problems { get; private set; } = [];

    [BindProperty(SupportsGet = true)]
    public string? ReturnUrl { get; set; }

    [BindProperty]
    public string? Samples { get; set; }

    [BindProperty]
    public string? Feedback { get; set; }

    /// <summary>What stands against a check-in now, so that the page says it before the button is pressed.</summary>
    public Problem? Against => Row.UsageStatus is null && Row.Status is { } status && Row.StartsAt is { } start && Row.EndsAt is { } end
        ? UsageRules.CheckIn(status, new TimeSlot(start, end), clock.GetCurrentInstant(), anotherIsOpen: false)
        : null;

    public Task<IActionResult> OnGetAsync(Guid id, CancellationToken cancel) => ShowAsync(id, cancel);

    public async Task<IActionResult> OnPostCheckInAsync(Guid id, CancellationToken cancel) => await AnswerAsync(id, await checkIn.RunAsync(new BookingId(id), cancel), cancel);

    public async Task<IActionResult> OnPostCheckOutAsync(Guid id, CancellationToken cancel) =>
        await AnswerAsync(id, await checkOut.RunAsync(new BookingId(id), FormTimes.Count(Samples, null), Feedback, cancel), cancel);

    private async Task<IActionResult> AnswerAsync(Guid id, Outcome<UsageRecord> outcome, CancellationToken cancel)
    {
        Problems = outcome.Problems;
        return outcome.IsOk ? LocalRedirect(Url.IsLocalUrl(ReturnUrl) ? ReturnUrl : $"/bookings/{id}/use") : await ShowAsync(id, cancel);
    }

    private async Task<IActionResult> ShowAsync(Guid id, CancellationToken cancel)
    {
        if (await desk.BookingAsync(new BookingId(id), cancel) is not { } row) return NotFound();
        Row = row;
        return Page();
    }
}
