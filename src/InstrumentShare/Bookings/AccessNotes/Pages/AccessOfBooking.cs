using Microsoft.AspNetCore.Mvc;

namespace InstrumentShare.Bookings.AccessNotes.Pages;

/// <summary>How to connect, on the page of a booking, for its holder and as long as they may know.</summary>
public sealed class AccessOfBooking(AccessNoteQueries queries) : ViewComponent
{
    public async Task<IViewComponentResult> InvokeAsync(Guid id)
    {
        if (await queries.OfBookingAsync(new BookingId(id), HttpContext.RequestAborted) is not { } access) return Content(string.Empty);
        HttpContext.Response.NeverStore();
        return View("/Bookings/AccessNotes/Pages/_OfBooking.cshtml", access);
    }
}
