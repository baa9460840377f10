using Microsoft.AspNetCore.Mvc;

namespace InstrumentShare.Bookings.Classes.Pages;

/// <summary>Says on a booking's page which class it is of.</summary>
public sealed class ClassOfBooking(ClassQueries queries) : ViewComponent
{
    public async Task<IViewComponentResult> InvokeAsync(Guid id) =>
        await queries.OfBookingAsync(new BookingId(id), HttpContext.RequestAborted) is { } row ? View("/Bookings/Classes/Pages/_OfBooking.cshtml", row) : Content(string.Empty);
}
