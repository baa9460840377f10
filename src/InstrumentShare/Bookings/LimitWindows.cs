using InstrumentShare.Catalog;
using InstrumentShare.Kernel;
using NodaTime;

namespace InstrumentShare.Bookings;

/// <summary>The windows in which limits count: local days, ISO weeks and calendar months, or spans of fixed length that roll.</summary>
public static class LimitWindows
{
    public static readonly Duration RollingDay = Duration.FromHours(24);
    public static readonly Duration RollingWeek = Duration.FromDays(7);
    public static readonly Duration RollingMonth = Duration.FromDays(30);

    /// <summary>The whole local weeks that a slot touches.</summary>
    public static TimeSlot Week(DateTimeZone zone, TimeSlot slot) => Whole(zone, MondayOf(slot.StartsAt.InZone(zone).Date), MondayOf(LastDay(zone, slot)).PlusWeeks(1));

    /// <summary>The whole calendar months that a slot touches.</summary>
    public static TimeSlot Month(DateTimeZone zone, TimeSlot slot) => Whole(zone, FirstOfMonth(slot.StartsAt.InZone(zone).Date), FirstOfMonth(LastDay(zone, slot)).PlusMonths(1));

    /// <summary>The windows of a limit that a slot touches, ascending. A rolling one begins or ends where a booking does.</summary>
    public static IEnumerable<TimeSlot> Of(BookingLimit limit, DateTimeZone zone, TimeSlot slot, IReadOnlyList<TimeSlot> held, Instant now) => limit switch
    {
        { Window: LimitWindow.Ahead } => [new TimeSlot(now, Instant.Max(slot.EndsAt, now) + Duration.FromDays(800))],
        { Rolling: true, Window: LimitWindow.Day } => Rolling(RollingDay, slot, held),
        { Rolling: true, Window: LimitWindow.Week } => Rolling(RollingWeek, slot, held),
        { Rolling: true } => Rolling(RollingMonth, slot, held),
        { Window: LimitWindow.Day } => Calendar(zone, slot, d => d, d => d.PlusDays(1)),
        { Window: LimitWindow.Week } => Calendar(zone, slot, MondayOf, d => d.PlusWeeks(1)),
        _ => Calendar(zone, slot, FirstOfMonth, d => d.PlusMonths(1)),
    };

    public static LocalDate LastDay(DateTimeZone zone, TimeSlot slot) => (slot.EndsAt - Duration.Epsilon).InZone(zone).Date;

    private static IEnumerable<TimeSlot> Calendar(DateTimeZone zone, TimeSlot slot, Func<LocalDate, LocalDate> begin, Func<LocalDate, LocalDate> next)
    {
        var last = LastDay(zone, slot);
        for (var day = begin(slot.StartsAt.InZone(zone).Date); day <= last; day = next(day)) yield return Whole(zone, day, next(day));
    }

    // What a window of fixed length holds is most where one of its ends meets an end of a booking.
    private static IEnumerable<TimeSlot> Rolling(Duration length, TimeSlot slot, IReadOnlyList<TimeSlot> held) => held.Append(slot)
        .SelectMany(s => new[] { s.StartsAt, s.EndsAt - length, s.EndsAt, s.StartsAt - length })
        .Distinct().Order().Select(start => new TimeSlot(start, start + length)).Where(window => window.Overlaps(slot));

    private static TimeSlot Whole(DateTimeZone zone, LocalDate from, LocalDate until) => new(zone.AtStartOfDay(from).ToInstant(), zone.AtStartOfDay(until).ToInstant());

    private static LocalDate MondayOf(LocalDate date) => date.PlusDays(1 - (int)date.DayOfWeek);

    private static LocalDate FirstOfMonth(LocalDate date) => new(date.Year, date.Month, 1);
}
