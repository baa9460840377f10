using InstrumentShare.Access;
using InstrumentShare.Bookings.Technicians;
using InstrumentShare.Catalog;
using InstrumentShare.Kernel;
using InstrumentShare.Persistence;
using InstrumentShare.Web;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.WebUtilities;
using NodaTime;
using NodaTime.Text;

namespace InstrumentShare.Bookings.Pages;

/// <summary>
/// An instrument's calendar with its booking form. A first click checks and shows time, price and what follows; a second books.
/// Whatever is refused, what was typed stays.
/// </summary>
[Public]
public sealed class CalendarModel(CalendarQuery calendar, PreviewBooking preview, BookInstrument book, TechnicianQueries technicians, IBookingFunds funds, FreeForCaller mine, Bookings.Calendar.CalendarChanges changes, Caller caller, IClock clock) : PageModel
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
    public string? OverrideReason { get; set; }

    /// <summary>Who is to assist; empty for whoever is free.</summary>
    [BindProperty]
    public string? TechnicianId { get; set; }

    [BindProperty]
    public string? FundId { get; set; }

    public FundChoices Funds { get; private set; } = new(false, []);

    public IReadOnlyList<TechnicianChoice> Technicians { get; private set; } = [];

    public InstrumentRules Rules { get; private set; } = null!;

    public InstrumentWeek Week { get; private set; } = null!;

    public CalendarView View { get; private set; } = null!;

    public Instant Now { get; } = clock.GetCurrentInstant();

    /// <summary>Taken before anything is read, so that nothing falls between.</summary>
    private long? After { get; } = changes.Position;

    public bool MayBook => caller.IsSignedIn && caller.MayAnywhere(BookingPermissions.Create);

    public bool MayOverride => caller.May(BookingPermissions.Manage, Rules.Scope);

    public IReadOnlyList<Problem> Problems { get; private set; } = [];

    /// <summary>What stands against the reader's booking any of the free time, told before they choose some.</summary>
    public IReadOnlyList<Problem> Against { get; private set; } = [];

    /// <summary>What is asked to be confirmed; null before and after.</summary>
    public BookingPreview? Preview { get; private set; }

    /// <summary>The nearest free slots of a refused overlap.</summary>
    public IReadOnlyList<TimeSlot> Nearest => Problems.Select(p => p.Data?.GetValueOrDefault("slots")).OfType<IReadOnlyList<TimeSlot>>().FirstOrDefault() ?? [];

    /// <summary>Whether nothing but other bookings stands in the way, so that waiting may help.</summary>
    public bool IsTaken => MayBook && Problems is [{ Code: "booking.overlap" }];

    public string StandbyPath => QueryHelpers.AddQueryString($"/instruments/{Rules.Id.Value}/standby", new Dictionary<string, string?> { ["start"] = StartsAt, ["end"] = EndsAt, ["mode"] = ServiceMode, ["purpose"] = Purpose });

    /// <param name="check">Given to look at the time at once, as the calendar of several instruments asks.</param>
    public async Task<IActionResult> OnGetAsync(Guid id, string? date, string? start, string? end, string? check, CancellationToken cancel)
    {
        (StartsAt, EndsAt) = (start, end);
        return check is not null && MayBook ? await OnPostAsync(id, date, null, cancel) : await ShowAsync(id, date, cancel);
    }

    /// <summary>Looks without writing, and asks to confirm.</summary>
    public async Task<IActionResult> OnPostAsync(Guid id, string? date, string? slot, CancellationToken cancel)
    {
        if (await FindAsync(id, cancel) is not { } rules) return NotFound();
        if (!MayBook) return Challenge();
        if (slot?.Split('/') is [var from, var to]) (StartsAt, EndsAt) = (from, to);
        var problems = new List<Problem>();
        if (Read(rules, problems) is { } request)
        {
            var outcome = await preview.RunAsync(request, cancel);
            (Preview, Problems) = (outcome.Value, outcome.Problems);
        }
        else Problems = problems;
        return await ShowAsync(id, date, cancel);
    }

    public async Task<IActionResult> OnPostBookAsync(Guid id, string? date, CancellationToken cancel)
    {
        if (await FindAsync(id, cancel) is not { } rules) return NotFound();
        if (!MayBook) return Challenge();
        var problems = new List<Problem>();
        if (Read(rules, problems) is { } request)
        {
            var outcome = await book.RunAsync(request, cancel);
            if (outcome.IsOk) return Redirect($"/bookings/{outcome.Value.Id.Value}?made=1");
            Problems = outcome.Problems;
        }
        else Problems = problems;
        return await ShowAsync(id, date, cancel);
    }

    private async Task<InstrumentRules?> FindAsync(Guid id, CancellationToken cancel) => await calendar.InstrumentAsync(new InstrumentId(id), cancel);

    private BookInstrument.Request? Read(InstrumentRules rules, List<Problem> problems)
    {
        var wanted = WallTime.Read(rules, StartsAt, EndsAt, problems);
        var mode = BookingInput.Mode(ServiceMode, problems);
        return wanted is { } time && problems.Count == 0 ? new BookInstrument.Request(rules.Id, time.StartsAt, time.EndsAt, mode, Purpose, FundField.Read(FundId), OverrideReason, TechnicianId: Guid.TryParse(TechnicianId, out var technician) ? new PersonId(technician) : null) : null;
    }

    private async Task<IActionResult> ShowAsync(Guid id, string? date, CancellationToken cancel)
    {
        if (await FindAsync(id, cancel) is not { } rules) return NotFound();
        Rules = rules;
        if (MayBook) Funds = await funds.ChoicesAsync(rules, caller.PersonId!.Value, cancel);
        if (MayBook && Problems.Count == 0 && Preview is null) Against = await mine.AgainstAsync(rules, cancel);
        if (MayBook) Technicians = await technicians.OfInstrumentAsync(rules, cancel);
        var today = rules.DateOf(Now);
        var shown = LocalDatePattern.Iso.Parse(date ?? StartsAt?.Split('T')[0] ?? string.Empty) is { Success: true, Value: { Year: > 1971 and < 2199 } given } ? given : today;
        Week = await InstrumentWeek.LoadAsync(calendar, rules, shown, Now, cancel);
        var step = rules.RulesOn(today)?.GranularityMinutes ?? 30;
        View = new CalendarView(id, rules.Zone.Id, step, rules.OpeningHours.Where(h => h.ValidFrom <= Week.From.PlusDays(6) && (h.ValidTo is null || h.ValidTo >= Week.From))
            .Select(h => new CalendarView.Hours(h.Weekday, OpeningHoursRules.Clock(h.OpensMinute), OpeningHoursRules.Clock(h.ClosesMinute))).ToList(), MayBook ? "#book" : null, After);
        return Page();
    }
}
