using InstrumentShare.Bookings;
using InstrumentShare.Catalog;
using InstrumentShare.Kernel;
using NodaTime;

namespace InstrumentShare.Usage.Bench;

/// <summary>How an instrument stands now.</summary>
public enum BenchStatus
{
    Free,

    /// <summary>Somebody has checked in on every unit.</summary>
    InUse,

    /// <summary>Booked now, and nobody has checked in yet.</summary>
    Reserved,

    /// <summary>Outside its hours, or closed for a while.</summary>
    Closed,

    /// <summary>Under maintenance, or waiting for repair.</summary>
    OutOfOrder,
}

/// <param name="Until">Until when it stays so as far as bookings and hours tell; null when nothing within a day ends it.</param>
/// <param name="InUse">How many units are in use.</param>
public sealed record BenchState(BenchStatus Status, Instant? Until, int InUse);

/// <summary>What is said and offered at an instrument right now.</summary>
public static class BenchRules
{
    /// <summary>How far a state is looked ahead.</summary>
    public static readonly Duration Ahead = Duration.FromDays(1);

    private static readonly Duration OpensWithin = Duration.FromDays(14);

    /// <summary>Lengths offered to who walks up, besides the shortest and the longest that the rules allow, in minutes.</summary>
    private static readonly int[] WalkUpMinutes = [30, 60, 120, 240];

    /// <param name="items">What lies on its calendar from a day ago to a day ahead.</param>
    public static BenchState StateOf(InstrumentRules instrument, IReadOnlyList<CalendarItem> items, Instant now)
    {
        var inUse = items.Where(i => i.Status == BookingStatus.InUse).ToList();
        var range = new TimeSlot(now, now + Ahead);
        var closed = instrument.ClosuresOver(new TimeSlot(now, now + Duration.Epsilon)).ToList();
        if (inUse.Count >= instrument.Capacity) return new BenchState(BenchStatus.InUse, inUse.Min(i => i.EndsAt), inUse.Count);
        if (closed.Exists(c => c.Kind == ClosureKind.Maintenance)) return new BenchState(BenchStatus.OutOfOrder, closed.Max(c => c.Slot.EndsAt), inUse.Count);
        if (instrument.Status is InstrumentStatus.AwaitingRepair or InstrumentStatus.ToBeScrapped) return new BenchState(BenchStatus.OutOfOrder, null, inUse.Count);
        if (closed.Count > 0) return new BenchState(BenchStatus.Closed, closed.Max(c => c.Slot.EndsAt), inUse.Count);
        var opens = instrument.BookableSpans(new TimeSlot(now, now + OpensWithin));
        if (!instrument.IsOpen(new TimeSlot(now, now + Duration.Epsilon))) return new BenchState(BenchStatus.Closed, opens.Count > 0 ? opens[0].StartsAt : null, inUse.Count);
        var standing = items.Where(i => i.Status is BookingStatus.Confirmed or BookingStatus.Requested or BookingStatus.InUse && i.EndsAt > now).ToList();
        var held = standing.Select(i => new HeldUnit(i.Unit, new TimeSlot(i.StartsAt, i.EndsAt))).ToList();
        var free = FreeSlots.Gaps(instrument, range, held).Cast<TimeSlot?>().FirstOrDefault();
        if (free is { } gap && gap.StartsAt <= now) return new BenchState(BenchStatus.Free, gap.EndsAt < range.EndsAt ? gap.EndsAt : null, inUse.Count);
        return new BenchState(BenchStatus.Reserved, free?.StartsAt, inUse.Count);
    }

    /// <summary>The booking of one's own that the bench is about: the one in use, else the next whose time to check in has come.</summary>
    public static CalendarItem? DueOf(IEnumerable<CalendarItem> items, Instant now) => items
        .Where(i => i.Mine && (i.Status == BookingStatus.InUse || (i.Status == BookingStatus.Confirmed && i.EndsAt > now && i.StartsAt - UsageRules.EarlyCheckIn <= now)))
        .OrderByDescending(i => i.Status == BookingStatus.InUse).ThenBy(i => i.StartsAt).FirstOrDefault();

    /// <summary>
    /// The times that somebody without a booking may take now, the shortest first. Each begins at the next step of the grid, within the
    /// quarter of an hour in which one may check in early, and satisfies every rule of a booking.
    /// </summary>
    /// <param name="free">The person's free time around now.</param>
    public static IReadOnlyList<TimeSlot> WalkUps(FreeSlots free, BookingTerms terms)
    {
        var starts = new TimeSlot(free.Now, free.Now + UsageRules.EarlyCheckIn);
        var minutes = WalkUpMinutes.Append(terms.MinMinutes).Append(LongestOf(free, starts, terms)).Where(m => m >= terms.MinMinutes && m <= terms.MaxMinutes).Distinct().Order();
        return [.. minutes.Select(m => free.Starting(starts, Duration.FromMinutes(m)).Cast<TimeSlot?>().FirstOrDefault()).OfType<TimeSlot>().DistinctBy(s => s.EndsAt)];
    }

    // As long as the gap lasts, in whole steps.
    private static int LongestOf(FreeSlots free, TimeSlot starts, BookingTerms terms)
    {
        if (free.Starting(starts, Duration.FromMinutes(terms.MinMinutes)).Cast<TimeSlot?>().FirstOrDefault() is not { } first) return 0;
        var gap = FreeSlots.Gaps(free.Instrument, new TimeSlot(first.StartsAt, first.StartsAt + Ahead), free.Taken).FirstOrDefault(g => g.StartsAt <= first.StartsAt);
        return (int)Math.Min(gap == default ? 0 : (gap.EndsAt - first.StartsAt).TotalMinutes, terms.MaxMinutes) / terms.GranularityMinutes * terms.GranularityMinutes;
    }
}
