using InstrumentShare.Catalog;
using InstrumentShare.Kernel;
using NodaTime;

namespace InstrumentShare.Bookings;

/// <summary>Instruments that are booked in whole blocks of the day. Blocks that touch may be booked as one.</summary>
public static class BlockSlotRules
{
    public static void Add(List<Problem> problems, InstrumentRules instrument, BookingTerms terms, TimeSlot slot)
    {
        var blocks = Around(instrument.Zone, terms, slot);
        var next = slot.StartsAt;
        foreach (var block in blocks.Where(b => b.StartsAt >= slot.StartsAt))
            if (block.StartsAt == next && block.EndsAt <= slot.EndsAt) next = block.EndsAt;
        if (next != slot.EndsAt)
            problems.Add(Problem.Refused("booking.block", "startsAt", ("blocks", string.Join(", ", terms.BlockSlots.Select(b => $"{OpeningHoursRules.Clock(b.FromMinute)}–{OpeningHoursRules.Clock(b.ToMinute)}")))) with { Overridable = true });
    }

    /// <summary>The blocks that begin on a date, ascending.</summary>
    public static IEnumerable<TimeSlot> On(DateTimeZone zone, BookingTerms terms, LocalDate date) =>
        terms.BlockSlots.Select(b => OpeningCalendar.SpanOf(zone, date, b)).OfType<TimeSlot>().OrderBy(b => b.StartsAt);

    /// <summary>The block in which a moment lies, else the next one.</summary>
    public static TimeSlot? At(DateTimeZone zone, BookingTerms terms, Instant instant)
    {
        var date = instant.InZone(zone).Date;
        return Enumerable.Range(-1, 4).SelectMany(days => On(zone, terms, date.PlusDays(days))).Cast<TimeSlot?>().FirstOrDefault(b => b!.Value.EndsAt > instant);
    }

    private static List<TimeSlot> Around(DateTimeZone zone, BookingTerms terms, TimeSlot slot)
    {
        var blocks = new List<TimeSlot>();
        for (var date = slot.StartsAt.InZone(zone).Date; date <= LimitWindows.LastDay(zone, slot); date = date.PlusDays(1)) blocks.AddRange(On(zone, terms, date));
        return blocks;
    }
}
