using InstrumentShare.Catalog;
using InstrumentShare.Kernel;
using NodaTime;

namespace InstrumentShare.Bookings;

/// <summary>How a booking must stand beside the person's other ones, and how much of the week stays for other institutions.</summary>
public static class NeighbourRules
{
    /// <summary>Adds what the person's own bookings are too near to, or overlap.</summary>
    public static void AddOwn(List<Problem> problems, InstrumentRules instrument, BookingTerms terms, TimeSlot slot, IReadOnlyList<OwnTime> own)
    {
        if (terms.OneAtATime && own.Where(o => o.InstrumentId != instrument.Id && o.Slot.Overlaps(slot)).Select(o => o.Slot).Cast<TimeSlot?>().FirstOrDefault() is { } other)
            problems.Add(BookingRules.Soft(Problem.Refused("booking.one-at-a-time", "startsAt", ("other", other))));
        if (terms.GapMinutes == 0 || ExemptTimeRules.Holds(terms, instrument.Zone, slot)) return;
        var wide = slot.Widen(Duration.FromMinutes(terms.GapMinutes), Duration.FromMinutes(terms.GapMinutes));
        if (own.Where(o => o.InstrumentId == instrument.Id && o.Slot.Overlaps(wide)).Select(o => o.Slot).Cast<TimeSlot?>().FirstOrDefault() is { } near)
            problems.Add(BookingRules.Soft(Problem.Refused("booking.gap", "startsAt", ("minutes", terms.GapMinutes), ("other", near))));
    }

    /// <summary>
    /// Adds the first week of which the owner's people would take more than their part. Time that begins within the hours of release
    /// is everybody's. The week's time is its open hours on every unit, closures taken off.
    /// </summary>
    public static void AddOutsideShare(List<Problem> problems, InstrumentRules instrument, BookingTerms terms, TimeSlot slot, IReadOnlyList<TimeSlot> inside, Instant now)
    {
        if (terms.OutsideSharePercent is not { } percent || slot.StartsAt < now + Duration.FromHours(terms.OutsideReleaseHours)) return;
        foreach (var week in LimitWindows.Of(new(LimitHolder.Institution, LimitMeasure.Minutes, LimitWindow.Week, 0), instrument.Zone, slot, [], now))
        {
            var open = Seconds(instrument.BookableSpans(week)) * instrument.Capacity;
            var (held, wanted) = (Seconds(inside.Select(s => s.Intersect(week)).OfType<TimeSlot>()), Seconds([slot.Intersect(week)!.Value]));
            if ((held + wanted) * 100 <= open * (100 - percent)) continue;
            problems.Add(BookingRules.Soft(Problem.Refused("booking.outside-share", "startsAt", ("percent", percent), ("hours", terms.OutsideReleaseHours), ("monday", instrument.DateOf(week.StartsAt)))));
            return;
        }
    }

    private static long Seconds(IEnumerable<TimeSlot> slots) => slots.Sum(s => (long)s.Length.TotalSeconds);
}
