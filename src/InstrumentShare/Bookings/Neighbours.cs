using InstrumentShare.Access;
using InstrumentShare.Catalog;
using InstrumentShare.Kernel;
using NodaTime;

namespace InstrumentShare.Bookings;

/// <summary>A person's time on some instrument.</summary>
public readonly record struct OwnTime(TimeSlot Slot, InstrumentId InstrumentId);

/// <summary>
/// What stands around a booking and counts for its rules, without the booking that is being moved: the person's time on any
/// instrument; and on this one that of their group, of their institution, and of everybody from the owner's institution.
/// </summary>
public sealed record Neighbours(IReadOnlyList<OwnTime> Own, IReadOnlyList<TimeSlot> Group, IReadOnlyList<TimeSlot> Institution, IReadOnlyList<TimeSlot> Inside)
{
    public static Neighbours None { get; } = new([], [], [], []);
}

/// <summary>Which neighbours the rules ask about, and how far around the time that is judged.</summary>
/// <param name="Reach">Holds every day, week, month and rolling window that touches the time.</param>
public sealed record NeighbourNeeds(bool Own, bool OnInstrument, TimeSlot Reach)
{
    private static readonly Duration Farthest = Duration.FromDays(800);

    public bool Any => Own || OnInstrument;

    /// <summary>What the rules for this booker on any date ask of a range.</summary>
    public static NeighbourNeeds Of(InstrumentRules instrument, Booker booker, TimeSlot range, Instant now)
    {
        var sets = instrument.RuleSets.Where(s => s.IsFor(booker.Audience)).ToList();
        var limits = sets.SelectMany(s => s.Limits ?? []).ToList();
        var own = sets.Any(s => s.PersonDayMinutes > 0 || s.PersonWeekMinutes > 0 || s.GapMinutes > 0 || s.OneAtATime == true) || limits.Any(l => l.Per == LimitHolder.Person);
        var onInstrument = limits.Any(l => l.Per != LimitHolder.Person) || (sets.Any(s => s.OutsideSharePercent > 0) && booker.IsInsiderOf(instrument));
        var reach = LimitWindows.Week(instrument.Zone, range);
        if (limits.Any(l => l.Window == LimitWindow.Month)) reach = Joined(reach, LimitWindows.Month(instrument.Zone, range).Widen(LimitWindows.RollingMonth, LimitWindows.RollingMonth));
        else if (limits.Any(l => l.Rolling)) reach = reach.Widen(LimitWindows.RollingWeek, LimitWindows.RollingWeek);
        if (limits.Any(l => l.Window == LimitWindow.Ahead)) reach = Joined(reach, new TimeSlot(now, now + Farthest));
        return new NeighbourNeeds(own, onInstrument, reach);
    }

    private static TimeSlot Joined(TimeSlot a, TimeSlot b) => new(Instant.Min(a.StartsAt, b.StartsAt), Instant.Max(a.EndsAt, b.EndsAt));
}
