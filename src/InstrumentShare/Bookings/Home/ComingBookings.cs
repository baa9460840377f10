using Microsoft.AspNetCore.Mvc;
using NodaTime;

namespace InstrumentShare.Bookings.Home;

/// <summary>What the reader booked next, on the home page.</summary>
public sealed class ComingBookings(BookingQueries queries, IClock clock) : ViewComponent
{
    private const int Shown = 3;

    public async Task<IViewComponentResult> InvokeAsync()
    {
        var now = clock.GetCurrentInstant();
        var coming = await queries.ListAsync(new BookingFilter(Mine: true, From: now, Limit: 20), HttpContext.RequestAborted);
        var next = coming.Items.Where(b => Booking.Holding.Contains(b.Status)).Take(Shown).ToList();
        return next.Count == 0 ? Content(string.Empty) : View("/Bookings/Home/ComingBookings.cshtml", next);
    }
}
