using InstrumentShare.Catalog;
using InstrumentShare.Kernel;
using NodaTime;

namespace InstrumentShare.Bookings;

/// <summary>
/// How many bookings or minutes a person, their group or their institution may hold in a window, in the zone of the instrument that
/// limits it. All of a person's bookings count, on whatever instrument, else two instruments booked at once would each see room.
/// Time in exempt nights and weekends counts neither as held nor as asked for.
/// </summary>
public static class BookingLimitRules
{
    /// <summary>Adds each limit's first window that would hold too much.</summary>
    public static void Add(List<Problem> problems, InstrumentRules instrument, BookingTerms terms, TimeSlot slot, Neighbours around, Instant now)
    {
        var own = around.Own.Select(o => o.Slot).ToList();
        var count = new Counting(instrument.Zone, terms, slot, now);
        if (terms.PersonDayMinutes is { } perDay && count.Exceeded(new(LimitHolder.Person, LimitMeasure.Minutes, LimitWindow.Day, perDay), own) is { } day)
            problems.Add(BookingRules.Soft(Problem.Refused("booking.day-limit", "endsAt", ("minutes", perDay), ("booked", day.Booked), ("date", instrument.DateOf(day.Window.StartsAt)))));
        if (terms.PersonWeekMinutes is { } perWeek && count.Exceeded(new(LimitHolder.Person, LimitMeasure.Minutes, LimitWindow.Week, perWeek), own) is { } week)
            problems.Add(BookingRules.Soft(Problem.Refused("booking.week-limit", "endsAt", ("minutes", perWeek), ("booked", week.Booked), ("monday", instrument.DateOf(week.Window.StartsAt)))));
        foreach (var limit in terms.Limits)
        {
            var held = limit.Per switch { LimitHolder.Person => own, LimitHolder.Group => around.Group, _ => around.Institution };
            if (count.Exceeded(limit, held) is not { } over) continue;
            var (code, field) = limit.Measure == LimitMeasure.Count ? ("booking.limit-count", "startsAt") : ("booking.limit-minutes", "endsAt");
            problems.Add(BookingRules.Soft(Problem.Refused(code, field, ("per", limit.Per), ("max", limit.Max), ("window", limit.Window), ("booked", over.Booked), ("from", instrument.DateOf(over.Window.StartsAt)))));
        }
    }

    /// <summary>Counts one wanted slot beside what is held.</summary>
    private sealed record Counting(DateTimeZone Zone, BookingTerms Terms, TimeSlot Slot, Instant Now)
    {
        public (TimeSlot Window, long Booked)? Exceeded(BookingLimit limit, IReadOnlyList<TimeSlot> held)
        {
            foreach (var window in LimitWindows.Of(limit, Zone, Slot, held, Now))
            {
                var wanted = Amount(limit.Measure, window, [Slot]);
                if (wanted == Duration.Zero) continue;
                var booked = Amount(limit.Measure, window, held);
                if (booked + wanted > Duration.FromMinutes(limit.Max)) return (window, (long)booked.TotalMinutes);
            }

            return null;
        }

        // A booking counts, as one minute, in the windows that it touches.
        private Duration Amount(LimitMeasure measure, TimeSlot window, IReadOnlyList<TimeSlot> slots)
        {
            var total = Duration.Zero;
            foreach (var slot in slots)
            {
                if (slot.Intersect(window) is not { } part) continue;
                if (measure == LimitMeasure.Minutes) total += Counted(part);
                else if (Counted(slot) > Duration.Zero) total += Duration.FromMinutes(1);
            }

            return total;
        }

        private Duration Counted(TimeSlot slot) => Terms.ExemptTimes.Count == 0
            ? slot.Length
            : OpeningCalendar.Without([slot], ExemptTimeRules.Spans(Terms, Zone, slot)).Aggregate(Duration.Zero, (sum, rest) => sum + rest.Length);
    }
}
