using InstrumentShare.Access;
using InstrumentShare.Bookings.Cancellations;
using InstrumentShare.Kernel;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using NodaTime;

namespace InstrumentShare.Bookings.Series.Pages;

/// <summary>A series with all its dates: those booked, those skipped and why, and what may still be done.</summary>
[RequirePermission(BookingPermissions.Read)]
public sealed class SeriesModel(SeriesQueries queries, AddSeriesDates add, CancelSeries cancelSeries, ILateCancellationCost cost, Caller caller, IClock clock) : PageModel
{
    private readonly Instant now = clock.GetCurrentInstant();

    [BindProperty]
    public string? Reason { get; set; }

    public SeriesView View { get; private set; } = null!;

    public IReadOnlyList<Problem> Problems { get; private set; } = [];

    /// <summary>What has just been done; null otherwise.</summary>
    public string? Said { get; private set; }

    public bool IsOwn => View.Series.PersonId == caller.PersonId;

    /// <summary>The next booking that may be changed, by which all are cancelled.</summary>
    public Booking? Next => View.Dates.Select(d => d.Booking).OfType<Booking>().FirstOrDefault(MayChange);

    /// <summary>How many dates would be given back late by who holds them, and what each would cost in points.</summary>
    public (int Count, int Points) Late { get; private set; }

    public bool MayChange(Booking booking) => SeriesScopeRules.IsOpen(booking, now) && (IsOwn || BookingDoor.MayManage(caller, booking, View.Instrument));

    public Task<IActionResult> OnGetAsync(Guid id, string? made, string? added, CancellationToken cancel)
    {
        Said = made is not null ? "made" : added is not null ? "added" : null;
        return ShowAsync(id, cancel);
    }

    public async Task<IActionResult> OnPostAddAsync(Guid id, List<Guid> dates, CancellationToken cancel)
    {
        var outcome = await add.AddSkippedAsync(new SeriesId(id), dates.ConvertAll(d => new SeriesDateId(d)), cancel);
        return outcome.IsOk ? Redirect($"/booking-series/{id}?added=1") : await RefuseAsync(id, outcome.Problems, cancel);
    }

    public async Task<IActionResult> OnPostCancelAsync(Guid id, Guid booking, CancellationToken cancel)
    {
        var outcome = await cancelSeries.RunAsync(new BookingId(booking), SeriesScope.All, Reason, null, cancel);
        return outcome.IsOk ? Redirect($"/booking-series/{id}") : await RefuseAsync(id, outcome.Problems, cancel);
    }

    private Task<IActionResult> RefuseAsync(Guid id, IReadOnlyList<Problem> problems, CancellationToken cancel)
    {
        Problems = problems;
        return ShowAsync(id, cancel);
    }

    private async Task<IActionResult> ShowAsync(Guid id, CancellationToken cancel)
    {
        if (await queries.FindAsync(new SeriesId(id), cancel) is not { } view) return NotFound();
        View = view;
        var late = IsOwn ? view.Dates.Count(d => d.Booking is { } b && MayChange(b) && CancellationRules.MinutesLate(view.Instrument, b, now) is not null && (BookingDoor.MayManage(caller, b, view.Instrument) || CancellationRules.Judge(view.Instrument, b, now).Count == 0)) : 0;
        if (late > 0) Late = (late, await cost.PointsAsync(view.Instrument, now, cancel));
        return Page();
    }
}
