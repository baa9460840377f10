using InstrumentShare.Bookings;
using Microsoft.AspNetCore.Mvc;

namespace InstrumentShare.Billing;

/// <summary>What the use of a booking cost, on the booking's page.</summary>
public sealed class ChargeOfBooking(ChargeQueries queries) : ViewComponent
{
    public async Task<IViewComponentResult> InvokeAsync(Guid id) =>
        await queries.OfBookingAsync(new BookingId(id), HttpContext.RequestAborted) is { } charge ? View("/Billing/Pages/_ChargeOfBooking.cshtml", charge) : Content(string.Empty);
}
