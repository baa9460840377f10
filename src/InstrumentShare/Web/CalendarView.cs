using NodaTime;

namespace InstrumentShare.Web;

/// <summary>
/// What <c>&lt;partial name="_Calendar" model="…"/&gt;</c> needs: it becomes a calendar when scripts run, so the page
/// also lists the same bookings and has a form with typed times, whose inputs carry <c>data-start</c> and <c>data-end</c>.
/// </summary>
/// <param name="InstrumentId">Whose calendar.</param>
/// <param name="After">The position in the stream of changes that what the page shows is as new as.</param>
/// <param name="SlotMinutes">The granularity of bookings.</param>
/// <param name="BookForm">Selector of the booking form that a drag fills, such as <c>#book</c>; null when the reader may not book.</param>
public sealed record CalendarView(Guid InstrumentId, string TimeZone, int SlotMinutes, IReadOnlyList<CalendarView.Hours> OpenHours, string? BookForm, long? After)
{
    /// <param name="Day">ISO: Monday is 1.</param>
    /// <param name="From">HH:mm.</param>
    /// <param name="To">HH:mm; <c>24:00</c> for the end of the day.</param>
    public sealed record Hours(int Day, string From, string To)
    {
        public static Hours Of(IsoDayOfWeek day, LocalTime from, LocalTime? to) =>
            new((int)day, Words.Clock(from), to is null || to == LocalTime.Midnight ? "24:00" : Words.Clock(to.Value));
    }
}
