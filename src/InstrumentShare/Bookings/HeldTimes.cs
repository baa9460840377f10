using InstrumentShare.Kernel;
using NodaTime;

namespace InstrumentShare.Bookings;

/// <summary>What is held of each unit, kept so that asking about thousands of slots stays quick on a full tray in steps of a minute.</summary>
public sealed class HeldTimes(IEnumerable<HeldUnit> taken)
{
    // Ascending starts, and beside each the latest end of all up to there.
    private readonly Dictionary<int, (Instant[] Starts, Instant[] Ends)> units = taken.GroupBy(t => t.Unit).ToDictionary(g => g.Key, g => Ascending(g.Select(t => t.Held).OrderBy(h => h.StartsAt).ToList()));

    /// <summary>Whether one of the units from 1 to the capacity is held by nothing in the slot, buffers included.</summary>
    public bool LeavesAnyOf(int capacity, TimeSlot held)
    {
        for (var unit = 1; unit <= capacity; unit++)
            if (!units.TryGetValue(unit, out var times) || IsFree(times, held)) return true;
        return false;
    }

    private static bool IsFree((Instant[] Starts, Instant[] Ends) times, TimeSlot held)
    {
        // Of what begins before the slot ends, nothing may end after it starts.
        var found = Array.BinarySearch(times.Starts, held.EndsAt);
        var before = found < 0 ? ~found : found;
        while (before > 0 && times.Starts[before - 1] >= held.EndsAt) before--;
        return before == 0 || times.Ends[before - 1] <= held.StartsAt;
    }

    private static (Instant[] Starts, Instant[] Ends) Ascending(List<TimeSlot> slots)
    {
        var ends = slots.ConvertAll(s => s.EndsAt).ToArray();
        for (var i = 1; i < ends.Length; i++) ends[i] = Instant.Max(ends[i - 1], ends[i]);
        return (slots.ConvertAll(s => s.StartsAt).ToArray(), ends);
    }
}
