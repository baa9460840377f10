using InstrumentShare.Catalog;
using InstrumentShare.Kernel;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using NodaTime;

namespace InstrumentShare.Usage.Bench.Pages;

/// <summary>What the bench on one's own phone and on a tablet have in common: its buttons and what they do.</summary>
public abstract class BenchPage(BenchQueries queries, BenchActions actions, IClock clock) : PageModel
{
    protected BenchQueries Queries => queries;

    [BindProperty] public string? Do { get; set; }

    [BindProperty] public Guid? Booking { get; set; }

    [BindProperty] public int? Minutes { get; set; }

    [BindProperty] public string? Slot { get; set; }

    [BindProperty] public string? Samples { get; set; }

    [BindProperty] public string? Feedback { get; set; }

    [BindProperty] public string? Remark { get; set; }

    [BindProperty] public string? Severity { get; set; }

    [BindProperty] public string? Text { get; set; }

    /// <summary>Which button has just done its work.</summary>
    public string? Done => Request.Query["done"].ToString() is "start" or "walkUp" or "stop" or "extend" or "fault" or "book" ? Request.Query["done"].ToString() : null;

    public Instant Now { get; } = clock.GetCurrentInstant();

    public BenchView View { get; private set; } = null!;

    protected async Task<IReadOnlyList<Problem>> ActAsync(InstrumentId instrument, CancellationToken cancel) => await actions.RunAsync(instrument, new BenchAct(Do, Booking, Minutes, Slot, FormOf()), cancel);

    /// <returns>False when there is no such instrument for the reader.</returns>
    protected async Task<bool> LoadAsync(InstrumentId instrument, string action, IReadOnlyList<Problem> problems, CancellationToken cancel)
    {
        if (await queries.PlaceAsync(instrument, cancel) is not { } place) return false;
        View = new BenchView(place, await queries.MineAsync(place, cancel), Now, action, FormOf(), problems);
        return true;
    }

    private BenchForm FormOf() => new(Samples, Feedback, Remark, Severity, Text);
}
