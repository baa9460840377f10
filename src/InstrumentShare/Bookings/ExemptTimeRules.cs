using InstrumentShare.Catalog;
using InstrumentShare.Kernel;
using NodaTime;

namespace InstrumentShare.Bookings;

/// <summary>Nights and weekends in which lengths, limits and gaps do not count. A night belongs to the weekday on which it begins.</summary>
public static class ExemptTimeRules
{
    /// <summary>Whether a slot lies within one exempt span; a weekend's two days make one.</summary>
    public static bool Holds(BookingTerms terms, DateTimeZone zone, TimeSlot slot) => terms.ExemptTimes.Count > 0 && Spans(terms, zone, slot).Any(s => s.Contains(slot));

    /// <summary>The exempt spans that touch a slot, ascending, touching ones joined.</summary>
    public static IReadOnlyList<TimeSlot> Spans(BookingTerms terms, DateTimeZone zone, TimeSlot slot) =>
        OpeningCalendar.Spans(zone, slot.StartsAt.InZone(zone).Date.PlusDays(-1), LimitWindows.LastDay(zone, slot),
            date => terms.ExemptTimes.Where(e => e.Weekdays.Contains((int)date.DayOfWeek)).Select(e => new DailySpan(e.FromMinute, e.ToMinute)))
            .Where(s => s.Overlaps(slot)).ToList();
}
