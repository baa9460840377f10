using InstrumentShare.Bookings;
using InstrumentShare.Kernel;
using Microsoft.AspNetCore.Mvc;
using NodaTime;

namespace InstrumentShare.Usage;

/// <summary>Check-in and check-out on a booking's page, for those who may.</summary>
public sealed class UseOfBooking(DeskQueries desk, IClock clock) : ViewComponent
{
    /// <param name="MayCheckIn">Whether its time has come.</param>
    public sealed record Shown(DeskRow Row, bool MayCheckIn);

    public async Task<IViewComponentResult> InvokeAsync(Guid id)
    {
        if (await desk.BookingAsync(new BookingId(id), HttpContext.RequestAborted) is not { StartsAt: { } start, EndsAt: { } end, Status: { } status } row) return Content(string.Empty);
        var mayCheckIn = row.UsageId is null && UsageRules.CheckIn(status, new TimeSlot(start, end), clock.GetCurrentInstant(), anotherIsOpen: false) is null;
        return mayCheckIn || row.UsageId is not null ? View("/Usage/Pages/_UseOfBooking.cshtml", new Shown(row, mayCheckIn)) : Content(string.Empty);
    }
}
