namespace InstrumentShare.Bookings.Calendar.Pages;

/// <summary>How something on a calendar looks: its class, its sign, and the word's key below <c>calendar.</c>.</summary>
public static class TimelineLook
{
    public static (string Name, string Icon, string Word) Of(CalendarItem item)
    {
        var (name, icon) = LookOf(item);
        return (name, icon, item.Offered ? (item.Mine ? "held-mine" : "held") : item is { Kind: CalendarKind.Class, Mine: true } ? "class-mine" : name);
    }

    private static (string Name, string Icon) LookOf(CalendarItem item) => item switch
    {
        { Kind: CalendarKind.Maintenance } => ("maintenance", "tool"),
        { Kind: CalendarKind.Closure } => ("closure", "calendar-off"),
        { Kind: CalendarKind.Class } => ("class", "school"),
        { Mine: true, Status: BookingStatus.Requested } => ("mine-pending", "hourglass"),
        { Mine: true } => ("mine", "user-check"),
        { Status: BookingStatus.Requested } => ("other-pending", "hourglass"),
        _ => ("other", "lock"),
    };
}
