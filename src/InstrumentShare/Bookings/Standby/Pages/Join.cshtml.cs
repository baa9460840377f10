using System.Globalization;
using InstrumentShare.Access;
using InstrumentShare.Bookings.Pages;
using InstrumentShare.Catalog;
using InstrumentShare.Kernel;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace InstrumentShare.Bookings.Standby.Pages;

/// <summary>An instrument's waiting list: a place to take, and for its staff who waits and what was offered to whom.</summary>
[RequirePermission(BookingPermissions.Read)]
public sealed class JoinModel(StandbyQueries queries, JoinStandby join, IBookingFunds funds, Caller caller) : PageModel
{
    [BindProperty]
    public string? StartsAt { get; set; }

    [BindProperty]
    public string? EndsAt { get; set; }

    [BindProperty]
    public string? Minutes { get; set; }

    [BindProperty]
    public string? ServiceMode { get; set; }

    [BindProperty]
    public string? Purpose { get; set; }

    [BindProperty]
    public string? FundId { get; set; }

    public FundChoices Funds { get; private set; } = new(false, []);

    public InstrumentLine Line { get; private set; } = null!;

    public InstrumentRules Rules => Line.Instrument;

    public bool MayJoin => caller.MayAnywhere(BookingPermissions.Create);

    public IReadOnlyList<Problem> Problems { get; private set; } = [];

    /// <summary>What can be booked instead of waiting.</summary>
    public IReadOnlyList<TimeSlot> Free => Problems.FirstOrDefault(p => p.Code == "standby.free-now")?.Data?["slots"] as IReadOnlyList<TimeSlot> ?? [];

    public async Task<IActionResult> OnGetAsync(Guid id, string? start, string? end, string? mode, string? purpose, CancellationToken cancel)
    {
        (StartsAt, EndsAt, ServiceMode, Purpose) = (start, end, mode, purpose);
        return await ShowAsync(id, cancel);
    }

    public async Task<IActionResult> OnPostAsync(Guid id, CancellationToken cancel)
    {
        if (!MayJoin) return Forbid();
        if (await queries.OfAsync(new InstrumentId(id), cancel) is not { } line) return NotFound();
        var problems = new List<Problem>();
        var window = WallTime.Read(line.Instrument, StartsAt, EndsAt, problems);
        var mode = BookingInput.Mode(ServiceMode, problems);
        var minutes = Length(problems);
        if (window is { } time && problems.Count == 0)
        {
            var joined = await join.RunAsync(new(line.Instrument.Id, time.StartsAt, time.EndsAt, minutes, mode, Purpose, FundField.Read(FundId)), cancel);
            if (joined.IsOk) return Redirect("/standby");
            problems.AddRange(joined.Problems);
        }

        Problems = problems;
        return await ShowAsync(id, cancel);
    }

    private int? Length(List<Problem> problems)
    {
        if (string.IsNullOrWhiteSpace(Minutes)) return null;
        if (int.TryParse(Minutes.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var minutes)) return minutes;
        problems.Add(Problem.Invalid("booking.minutes", "minutes", ("value", Minutes)));
        return null;
    }

    private async Task<IActionResult> ShowAsync(Guid id, CancellationToken cancel)
    {
        if (await queries.OfAsync(new InstrumentId(id), cancel) is not { } line) return NotFound();
        Line = line;
        if (MayJoin) Funds = await funds.ChoicesAsync(line.Instrument, caller.PersonId!.Value, cancel);
        return Page();
    }
}
