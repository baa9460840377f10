using InstrumentShare.Catalog;
using InstrumentShare.Kernel;
using NodaTime;

namespace InstrumentShare.Bookings;

/// <summary>A unit of an instrument that a booking holds, with its buffers.</summary>
public readonly record struct HeldUnit(int Unit, TimeSlot Held);

/// <summary>Finds free time that satisfies every rule for one person: each slot it offers was put before the rules themselves.</summary>
/// <param name="Taken">The units held in and around the range that is searched.</param>
/// <param name="Around">What counts beside a booking in that range.</param>
public sealed record FreeSlots(InstrumentRules Instrument, Booker Booker, IReadOnlyList<HeldUnit> Taken, Neighbours Around, Instant Now)
{
    /// <summary>What a booking takes along and must be free too; null where it takes nothing.</summary>
    public Companions.CompanionTimes? Along { get; init; }

    /// <summary>Every slot of this length that starts in the range, on the grid, ascending; they overlap one another.</summary>
    public IEnumerable<TimeSlot> Starting(TimeSlot range, Duration length) => Fitting(Starts(range), range, length);

    /// <summary>Slots one after another, none overlapping the one before.</summary>
    public IEnumerable<TimeSlot> OneAfterAnother(TimeSlot range, Duration length)
    {
        var free = range.StartsAt;
        foreach (var slot in Starting(range, length).Where(s => s.EndsAt <= range.EndsAt))
        {
            if (slot.StartsAt < free) continue;
            free = BookingRules.Held(Instrument, slot, Booker.Audience).EndsAt;
            yield return slot;
        }
    }

    /// <summary>The slots of the range that start nearest to the wanted time, earlier ones first among equals.</summary>
    public IReadOnlyList<TimeSlot> Nearest(Instant wanted, TimeSlot range, Duration length, int count = 3) =>
        Fitting(Starts(range).OrderBy(s => s < wanted ? wanted - s : s - wanted).ThenBy(s => s), range, length).Take(count).OrderBy(s => s.StartsAt).ToList();

    /// <summary>Open time of a range in which at least one unit is free, ascending, whatever the other rules say.</summary>
    public static IReadOnlyList<TimeSlot> Gaps(InstrumentRules instrument, TimeSlot range, IReadOnlyList<HeldUnit> taken) =>
        OpeningCalendar.Without(instrument.BookableSpans(range), FullSpans(taken, instrument.Capacity));

    /// <summary>The spans in which every unit is held.</summary>
    private static IEnumerable<TimeSlot> FullSpans(IReadOnlyList<HeldUnit> taken, int capacity)
    {
        if (capacity == 1) return taken.Select(t => t.Held);
        var edges = taken.SelectMany(t => new[] { (At: t.Held.StartsAt, Step: 1), (At: t.Held.EndsAt, Step: -1) }).OrderBy(e => e.At).ThenBy(e => e.Step).ToList();
        var full = new List<TimeSlot>();
        var held = 0;
        Instant? since = null;
        foreach (var (at, step) in edges)
        {
            held += step;
            if (held >= capacity) since ??= at;
            else if (since is { } start)
            {
                if (start < at) full.Add(new TimeSlot(start, at));
                since = null;
            }
        }

        return full;
    }

    /// <summary>A unit that nothing holds in the slot with its buffers; null when all are held.</summary>
    public int? FreeUnit(TimeSlot slot)
    {
        var held = BookingRules.Held(Instrument, slot, Booker.Audience);
        for (var unit = 1; unit <= Instrument.Capacity; unit++)
            if (!Taken.Any(t => t.Unit == unit && t.Held.Overlaps(held))) return unit;
        return null;
    }

    // Cheap questions first; the rules have the last word on every slot.
    private IEnumerable<TimeSlot> Fitting(IEnumerable<Instant> starts, TimeSlot range, Duration length)
    {
        if (length <= Duration.Zero || length > BookingRules.Longest || BookingRules.Gates(Instrument, Booker).Count > 0) yield break;
        var bookable = Instrument.BookableSpans(new TimeSlot(range.StartsAt, range.EndsAt + Duration.Max(length, Duration.FromDays(2))), Booker.Audience);
        var held = new HeldTimes(Taken);
        foreach (var start in starts.Where(s => s >= Now))
        {
            var slot = SlotAt(start, length);
            if (bookable.Any(b => b.Contains(slot)) && held.LeavesAnyOf(Instrument.Capacity, BookingRules.Held(Instrument, slot, Booker.Audience)) && BookingRules.Judge(Instrument, WantedTime.Of(slot), Booker, Around, Now).Count == 0
                && Along?.PlanAt(slot).IsFree != false) yield return slot;
        }
    }

    // A local time that clocks skip is no start; one that comes twice is two.
    private IEnumerable<Instant> Starts(TimeSlot range)
    {
        var last = Instrument.DateOf(range.EndsAt);
        for (var date = Instrument.DateOf(range.StartsAt); date <= last; date = date.PlusDays(1))
        {
            if (Instrument.RulesFor(Booker.Audience, date) is not { } rules) continue;
            var starts = new SortedSet<Instant>(BlockSlotRules.On(Instrument.Zone, rules, date).Select(b => b.StartsAt));
            if (starts.Count == 0) AddGrid(starts, date, rules.GranularityMinutes);
            foreach (var start in starts.Where(range.Contains)) yield return start;
        }
    }

    // Of an instrument that is booked in blocks, the whole block, however much was asked for.
    private TimeSlot SlotAt(Instant start, Duration length) =>
        Instrument.RulesFor(Booker.Audience, Instrument.DateOf(start)) is { BlockSlots.Count: > 0 } rules && BlockSlotRules.On(Instrument.Zone, rules, Instrument.DateOf(start)).Cast<TimeSlot?>().FirstOrDefault(b => b!.Value.StartsAt == start) is { } block
            ? block
            : new TimeSlot(start, start + length);

    private void AddGrid(SortedSet<Instant> starts, LocalDate date, int step)
    {
        for (var minute = 0; minute < 1440; minute += step)
        {
            var mapping = Instrument.Zone.MapLocal(date.AtMidnight().PlusMinutes(minute));
            if (mapping.Count > 0) starts.Add(mapping.First().ToInstant());
            if (mapping.Count > 1) starts.Add(mapping.Last().ToInstant());
        }
    }
}
