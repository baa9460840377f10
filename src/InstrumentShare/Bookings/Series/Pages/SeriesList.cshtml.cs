using InstrumentShare.Access;
using InstrumentShare.Web;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace InstrumentShare.Bookings.Series.Pages;

/// <summary>My series of bookings, with what is to come of each.</summary>
[RequirePermission(BookingPermissions.Create)]
public sealed class SeriesListModel(SeriesQueries queries) : PageModel
{
    private const int Rows = 30;

    public PageOf<SeriesRow> List { get; private set; } = null!;

    public async Task<IActionResult> OnGetAsync(CancellationToken cancel)
    {
        var query = ListQuery.Read(Request);
        if (query.Cursor is { } position && !Guid.TryParse(position, out _)) return RedirectToPage(new { cursor = (string?)null });
        List = await queries.MineAsync(query.Cursor is { } last ? Guid.Parse(last) : null, Rows, cancel);
        return Page();
    }
}
