using InstrumentShare.Access;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using NodaTime;
using NodaTime.Text;

namespace InstrumentShare.Usage.Pages;

/// <summary>The day of one's instruments: who comes, who is there, what waits.</summary>
[RequirePermission(UsagePermissions.Record)]
public sealed class TodayModel(DeskQueries desk, IClock clock) : PageModel
{
    public LocalDate Date { get; private set; }

    public LocalDate Today { get; private set; }

    public Instant Now { get; private set; }

    public IReadOnlyList<DeskRow> Rows { get; private set; } = [];

    public DeskCounts Counts { get; private set; } = new(0, 0);

    public async Task<IActionResult> OnGetAsync(string? date, CancellationToken cancel)
    {
        Now = clock.GetCurrentInstant();
        Today = Now.InZone(Web.Words.DefaultZone).Date;
        Date = LocalDatePattern.Iso.Parse(date ?? string.Empty) is { Success: true } wanted && wanted.Value.Year is > 1999 and < 2200 ? wanted.Value : Today;
        Rows = await desk.DayAsync(Date, cancel);
        Counts = await desk.CountsAsync(Now, cancel);
        return Page();
    }
}
