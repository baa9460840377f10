using InstrumentShare.Bookings.Standby;
using Microsoft.AspNetCore.Mvc;

namespace InstrumentShare.Bookings.Home;

/// <summary>Time that is held for the reader until they answer.</summary>
public sealed class OpenOffers(StandbyQueries queries) : ViewComponent
{
    public async Task<IViewComponentResult> InvokeAsync()
    {
        var offers = await queries.OffersAsync(HttpContext.RequestAborted);
        return offers.Count == 0 ? Content(string.Empty) : View("/Bookings/Home/OpenOffers.cshtml", offers);
    }
}
