using InstrumentShare.Access;
using InstrumentShare.Web;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using NodaTime;

namespace InstrumentShare.Bookings.Pages;

/// <summary>My bookings: what comes, or what was.</summary>
[RequirePermission(BookingPermissions.Create)]
public sealed class BookingsModel(BookingQueries queries, IEnumerable<IBookingMarks> marks, IClock clock) : PageModel
{
    private const int Rows = 30;

    [BindProperty(SupportsGet = true)]
    public string? Show { get; set; }

    public bool Past => Show == "past";

    public PageOf<BookingRow> List { get; private set; } = null!;

    public ILookup<BookingId, BookingMark> Marks { get; private set; } = null!;

    public async Task<IActionResult> OnGetAsync(string? cursor, CancellationToken cancel)
    {
        var query = ListQuery.Read(Request, "show");
        if (query.Cursor is { } position && BookingQueries.ReadKey(position) is null) return RedirectToPage(new { show = Show });
        var now = clock.GetCurrentInstant();
        List = await queries.ListAsync(new BookingFilter(Mine: true, From: Past ? null : now, To: Past ? now : null, Cursor: query.Cursor, Limit: Rows, Newest: Past), cancel);
        var found = new List<(BookingId Id, BookingMark Mark)>();
        foreach (var source in marks) found.AddRange((await source.OfAsync([.. List.Items.Select(b => b.Id)], cancel)).SelectMany(m => m.Value, (m, mark) => (m.Key, mark)));
        Marks = found.ToLookup(m => m.Id, m => m.Mark);
        return Page();
    }
}
