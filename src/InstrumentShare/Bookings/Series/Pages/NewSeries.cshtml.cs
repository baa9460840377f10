using InstrumentShare.Access;
using InstrumentShare.Bookings.Pages;
using InstrumentShare.Catalog;
using InstrumentShare.Kernel;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace InstrumentShare.Bookings.Series.Pages;

/// <summary>
/// Booking again and again: a first click lists every date with what stands against it, a second books. Whatever is refused, what
/// was typed stays.
/// </summary>
[RequirePermission(BookingPermissions.Create)]
public sealed class NewSeriesModel(CalendarQuery calendar, BookSeries book, IBookingFunds funds, Caller caller) : PageModel
{
    [BindProperty]
    public string? StartsAt { get; set; }

    [BindProperty]
    public string? EndsAt { get; set; }

    [BindProperty]
    public string? ServiceMode { get; set; }

    [BindProperty]
    public string? Purpose { get; set; }

    [BindProperty]
    public string? FundId { get; set; }

    public FundChoices Funds { get; private set; } = new(false, []);

    [BindProperty]
    public string? OverrideReason { get; set; }

    public bool MayOverride => caller.May(BookingPermissions.Manage, Rules.Scope);

    public InstrumentRules Rules { get; private set; } = null!;

    public SeriesPlan? Plan { get; private set; }

    public IReadOnlyList<Problem> Problems { get; private set; } = [];

    public RepeatForm Form => RepeatForm.Of(Request, Problems);

    public Task<IActionResult> OnGetAsync(Guid id, string? start, string? end, CancellationToken cancel)
    {
        (StartsAt, EndsAt) = (start, end);
        return ShowAsync(id, cancel);
    }

    /// <summary>Looks without writing.</summary>
    public Task<IActionResult> OnPostAsync(Guid id, CancellationToken cancel) => RunAsync(id, book.PreviewAsync, plan =>
    {
        Plan = plan;
        return null;
    }, cancel);

    public Task<IActionResult> OnPostBookAsync(Guid id, CancellationToken cancel) => RunAsync(id, book.RunAsync, plan => Redirect($"/booking-series/{plan.Series.Id.Value}?made=1"), cancel);

    private async Task<IActionResult> RunAsync(Guid id, Func<BookSeries.Request, CancellationToken, Task<Outcome<SeriesPlan>>> run, Func<SeriesPlan, IActionResult?> then, CancellationToken cancel)
    {
        var problems = new List<Problem>();
        if (Read(id, problems) is not { } request) Problems = problems;
        else
        {
            var outcome = await run(request, cancel);
            Problems = outcome.Problems;
            if (outcome.Value is { } plan && then(plan) is { } answer) return answer;
        }

        return await ShowAsync(id, cancel);
    }

    private BookSeries.Request? Read(Guid id, List<Problem> problems)
    {
        var (start, end) = (WallTime.Local(StartsAt, "startsAt", problems), WallTime.Local(EndsAt, "endsAt", problems));
        var mode = BookingInput.Mode(ServiceMode, problems);
        var conflicts = Form.ReadConflicts(problems);
        if (start is not { } from || end is not { } to) return null;
        var rule = Form.Rule(from, problems);
        return problems.Count > 0 ? null : new BookSeries.Request(new InstrumentId(id), from, SeriesInput.MinutesOf(from, to), rule, conflicts, mode, Purpose, FundField.Read(FundId), OverrideReason: OverrideReason);
    }

    private async Task<IActionResult> ShowAsync(Guid id, CancellationToken cancel)
    {
        if (await calendar.InstrumentAsync(new InstrumentId(id), cancel) is not { } rules) return NotFound();
        Rules = rules;
        Funds = await funds.ChoicesAsync(rules, caller.PersonId!.Value, cancel);
        return Page();
    }
}
