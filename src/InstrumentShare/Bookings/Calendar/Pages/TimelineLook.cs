namespace InstrumentShare.Bookings.Calendar.Pages;

/// <summary>How something on a calendar looks: the word's key below <c>calendar.</c>, which is its class too, and its sign.</summary>
public static class TimelineLook
{
    public static (string Name, string Icon) Of(CalendarItem item) => item switch
    {
        { Kind: CalendarKind.Maintenance } => ("maintenance", "tool"),
        { Kind: CalendarKind.Closure } => ("closure", "calendar-off"),
        { Mine: true, Status: BookingStatus.Requested } => ("mine-pending", "hourglass"),
        { Mine: true } => ("mine", "user-check"),
        { Status: BookingStatus.Requested } => ("other-pending", "hourglass"),
        _ => ("other", "lock"),
    };
}
