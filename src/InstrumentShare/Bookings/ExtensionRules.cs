using InstrumentShare.Catalog;
using InstrumentShare.Kernel;
using NodaTime;

namespace InstrumentShare.Bookings;

/// <summary>Whether a booking may end later than it was booked, also while it is in use. Its start is what it is.</summary>
public static class ExtensionRules
{
    public const int MaxMinutes = 1440;

    private static readonly HashSet<string> OfTheStart = new(StringComparer.Ordinal) { "booking.past", "booking.lead-time", "booking.horizon" };

    /// <param name="taken">What others hold of the booking's unit.</param>
    public static List<Problem> Judge(InstrumentRules instrument, TimeSlot booked, Instant endsAt, Booker booker, Neighbours around, IEnumerable<TimeSlot> taken, Instant now)
    {
        var problems = BookingRules.Judge(instrument, new WantedTime(booked.StartsAt, endsAt), booker, around, now);
        problems.RemoveAll(p => OfTheStart.Contains(p.Code) || p is { Code: "booking.granularity", Field: "startsAt" });
        if (endsAt <= now) problems.Add(Problem.Refused("booking.extension-past", "minutes", ("endsAt", endsAt)));
        if (endsAt <= booked.EndsAt) return problems;
        var held = BookingRules.Held(instrument, new TimeSlot(booked.StartsAt, endsAt), booker.Audience);
        if (taken.Where(t => t.Overlaps(held)).OrderBy(t => t.StartsAt).Cast<TimeSlot?>().FirstOrDefault() is { } next)
            problems.Add(Problem.Refused("booking.extension-taken", "minutes", ("from", next.StartsAt)));
        return problems;
    }

    /// <summary>What stands against it whatever the time: its state, and a length of 1 to 1440 minutes.</summary>
    public static List<Problem> Ask(BookingStatus status, int? minutes)
    {
        var problems = new List<Problem>();
        if (status is not (BookingStatus.Confirmed or BookingStatus.InUse)) problems.Add(Problem.Refused("booking.state", "status", ("status", status)));
        if (minutes is null or < 1 or > MaxMinutes) problems.Add(Problem.Invalid("booking.extension-minutes", "minutes", ("most", MaxMinutes)));
        return problems;
    }

    /// <summary>The latest end, step by step of the grid, up to the first that is refused; null when not even the first step is possible.</summary>
    public static Instant? Latest(TimeSlot booked, int stepMinutes, Func<Instant, bool> isPossible)
    {
        var latest = (Instant?)null;
        for (var minutes = stepMinutes; minutes <= MaxMinutes; minutes += stepMinutes)
        {
            var end = booked.EndsAt + Duration.FromMinutes(minutes);
            if (!isPossible(end)) break;
            latest = end;
        }

        return latest;
    }
}
