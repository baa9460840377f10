using Microsoft.AspNetCore.Mvc;

namespace InstrumentShare.Bookings.Home;

/// <summary>How many requests wait for the reader's decision.</summary>
public sealed class WaitingRequests(BookingQueries queries) : ViewComponent
{
    public async Task<IViewComponentResult> InvokeAsync()
    {
        var waiting = await queries.ListAsync(new BookingFilter(Mine: false, Status: BookingStatus.Requested, Limit: 1, Decidable: true), HttpContext.RequestAborted);
        return waiting.Items.Count == 0 ? Content(string.Empty) : View("/Bookings/Home/WaitingRequests.cshtml", waiting);
    }
}
