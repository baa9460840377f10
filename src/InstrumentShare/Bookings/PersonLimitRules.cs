using InstrumentShare.Catalog;
using InstrumentShare.Kernel;
using NodaTime;

namespace InstrumentShare.Bookings;

/// <summary>
/// How long one person may hold instruments in a day and in an ISO week, in the zone of the instrument that limits it.
/// All of the person's bookings count, on whatever instrument, else two instruments booked at once would each see room.
/// </summary>
public static class PersonLimitRules
{
    public static bool Apply(BookingRuleSet rules) => rules.PersonDayMinutes is not null || rules.PersonWeekMinutes is not null;

    /// <summary>The whole local weeks that a slot touches: what must be known of the person's own time.</summary>
    public static TimeSlot Weeks(DateTimeZone zone, TimeSlot slot)
    {
        var from = MondayOf(slot.StartsAt.InZone(zone).Date);
        var until = MondayOf(LastDay(zone, slot)).PlusWeeks(1);
        return new TimeSlot(zone.AtStartOfDay(from).ToInstant(), zone.AtStartOfDay(until).ToInstant());
    }

    /// <summary>Adds the first day and the first week that would hold too much.</summary>
    public static void Add(List<Problem> problems, InstrumentRules instrument, BookingRuleSet rules, TimeSlot slot, IReadOnlyList<TimeSlot> own)
    {
        var (zone, first, last) = (instrument.Zone, instrument.DateOf(slot.StartsAt), LastDay(instrument.Zone, slot));
        if (rules.PersonDayMinutes is { } perDay)
        {
            for (var day = first; day <= last; day = day.PlusDays(1))
            {
                var booked = Booked(zone, day, day.PlusDays(1), own);
                if (booked + Booked(zone, day, day.PlusDays(1), [slot]) <= Duration.FromMinutes(perDay)) continue;
                problems.Add(Problem.Refused("booking.day-limit", "endsAt", ("minutes", perDay), ("booked", (long)booked.TotalMinutes), ("date", day)) with { Overridable = true });
                break;
            }
        }

        if (rules.PersonWeekMinutes is not { } perWeek) return;
        for (var monday = MondayOf(first); monday <= last; monday = monday.PlusWeeks(1))
        {
            var booked = Booked(zone, monday, monday.PlusWeeks(1), own);
            if (booked + Booked(zone, monday, monday.PlusWeeks(1), [slot]) <= Duration.FromMinutes(perWeek)) continue;
            problems.Add(Problem.Refused("booking.week-limit", "endsAt", ("minutes", perWeek), ("booked", (long)booked.TotalMinutes), ("monday", monday)) with { Overridable = true });
            break;
        }
    }

    private static Duration Booked(DateTimeZone zone, LocalDate from, LocalDate until, IReadOnlyList<TimeSlot> slots)
    {
        var span = new TimeSlot(zone.AtStartOfDay(from).ToInstant(), zone.AtStartOfDay(until).ToInstant());
        var total = Duration.Zero;
        foreach (var slot in slots)
            if (slot.Intersect(span) is { } part) total += part.Length;
        return total;
    }

    private static LocalDate LastDay(DateTimeZone zone, TimeSlot slot) => (slot.EndsAt - Duration.Epsilon).InZone(zone).Date;

    private static LocalDate MondayOf(LocalDate date) => date.PlusDays(1 - (int)date.DayOfWeek);
}
