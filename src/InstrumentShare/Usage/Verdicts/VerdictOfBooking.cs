using InstrumentShare.Bookings;
using Microsoft.AspNetCore.Mvc;

namespace InstrumentShare.Usage.Verdicts;

/// <summary>What became of a booking, on its page.</summary>
public sealed class VerdictOfBooking(VerdictQueries queries) : ViewComponent
{
    public async Task<IViewComponentResult> InvokeAsync(Guid id) =>
        await queries.OfAsync(new BookingId(id), HttpContext.RequestAborted) is { History.Count: > 0 } found ? View("/Usage/Verdicts/Pages/_VerdictOfBooking.cshtml", found) : Content(string.Empty);
}
