using InstrumentShare.Access;
using InstrumentShare.Kernel;
using InstrumentShare.Persistence;
using Microsoft.AspNetCore.Mvc;
using NodaTime;

namespace InstrumentShare.Catalog.Pages;

/// <summary>Closures to come: add one, see which bookings stand in it, withdraw one.</summary>
[RequirePermission(CatalogPermissions.ManageInstruments)]
public sealed class ClosuresModel(AppDb db, InstrumentQueries instruments, Caller caller, ChangeClosures change, IEnumerable<IStandingBookings> bookings) : ManagedPage(db, instruments, caller, "closures")
{
    private const int ListedBookings = 100;

    [BindProperty]
    public string? Kind { get; set; }

    [BindProperty]
    public string? StartsAt { get; set; }

    [BindProperty]
    public string? EndsAt { get; set; }

    [BindProperty]
    public string? Title { get; set; }

    /// <summary>The closure whose bookings are shown: the one just added.</summary>
    public Closure? Shown { get; private set; }

    public IReadOnlyList<StandingBooking> Standing { get; private set; } = [];

    public async Task<IActionResult> OnGetAsync(Guid? shown, CancellationToken cancel)
    {
        if (await OpenAsync(cancel) is { } answer) return answer;
        Shown = Detail.Closures.FirstOrDefault(c => c.Id.Value == shown);
        if (Shown is null) return Page();
        var standing = new List<StandingBooking>();
        foreach (var source in bookings) standing.AddRange(await source.OverAsync(InstrumentId, Shown.Slot, ListedBookings, cancel));
        Standing = standing;
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken cancel)
    {
        if (await OpenAsync(cancel) is { } answer) return answer;
        var problems = new List<Problem>();
        var input = new ChangeClosures.ClosureInput(Kind, DateForm.ReadTime("startsAt", StartsAt, Zone, problems), DateForm.ReadTime("endsAt", EndsAt, Zone, problems), Title);
        if (problems.Count > 0) return await ShowAsync(problems, cancel);
        var added = await change.AddAsync(InstrumentId, input, cancel);
        return added.IsOk ? Redirect($"/manage/instruments/{Id}/closures?saved=true&shown={added.Value.Closure.Id.Value}") : await ShowAsync(added.Problems, cancel);
    }

    public async Task<IActionResult> OnPostCancelAsync(Guid closure, CancellationToken cancel)
    {
        if (await OpenAsync(cancel) is { } answer) return answer;
        var cancelled = await change.CancelAsync(InstrumentId, new ClosureId(closure), cancel);
        return cancelled.IsOk ? Done() : await ShowAsync(cancelled.Problems, cancel);
    }
}
