using InstrumentShare.Access;
using InstrumentShare.Bookings.Series;
using InstrumentShare.Kernel;
using InstrumentShare.Web;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace InstrumentShare.Bookings.Pages;

/// <summary>Requests that wait for the reader's decision, to be decided one by one or many at once.</summary>
[RequirePermission(BookingPermissions.Decide)]
public sealed class RequestsModel(BookingQueries queries, DecideBooking decide, DecideSeries decideSeries) : PageModel
{
    private const int Rows = 50;

    /// <summary>A request that could not be decided, and why.</summary>
    public sealed record Refusal(string Path, IReadOnlyList<Problem> Problems);

    [BindProperty]
    public List<Guid> Ids { get; set; } = [];

    [BindProperty]
    public string? Reason { get; set; }

    public PageOf<BookingRow> List { get; private set; } = null!;

    public List<Refusal> Refused { get; } = [];

    public int Decided { get; private set; }

    public bool NothingChosen { get; private set; }

    public Task OnGetAsync(CancellationToken cancel) => ShowAsync(cancel);

    public Task<IActionResult> OnPostApproveAsync(CancellationToken cancel) => DecideAsync(id => decide.ApproveAsync(id, null, cancel), cancel);

    public Task<IActionResult> OnPostRejectAsync(CancellationToken cancel) => DecideAsync(id => decide.RejectAsync(id, Reason, null, cancel), cancel);

    public async Task<IActionResult> OnPostApproveSeriesAsync(Guid series, CancellationToken cancel) => await DecidedAsync(series, await decideSeries.ApproveAsync(new SeriesId(series), cancel), cancel);

    public async Task<IActionResult> OnPostRejectSeriesAsync(Guid series, CancellationToken cancel) => await DecidedAsync(series, await decideSeries.RejectAsync(new SeriesId(series), Reason, cancel), cancel);

    private async Task<IActionResult> DecidedAsync(Guid series, Outcome<SeriesId> outcome, CancellationToken cancel)
    {
        if (outcome.IsOk) Decided++;
        else Refused.Add(new Refusal($"/booking-series/{series}", outcome.Problems));
        await ShowAsync(cancel);
        return Page();
    }

    private async Task<IActionResult> DecideAsync(Func<BookingId, Task<Outcome<Booking>>> decideOne, CancellationToken cancel)
    {
        NothingChosen = Ids.Count == 0;
        foreach (var id in Ids.Distinct().Take(Rows))
        {
            var outcome = await decideOne(new BookingId(id));
            if (outcome.IsOk) Decided++;
            else Refused.Add(new Refusal($"/bookings/{id}", outcome.Problems));
        }

        await ShowAsync(cancel);
        return Page();
    }

    private async Task ShowAsync(CancellationToken cancel) =>
        List = await queries.ListAsync(new BookingFilter(Mine: false, Status: BookingStatus.Requested, Limit: Rows, Decidable: true), cancel);
}
