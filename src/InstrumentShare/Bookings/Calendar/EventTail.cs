namespace InstrumentShare.Bookings.Calendar;

/// <summary>
/// Which rows of the event table are new. Numbers are given out in order and committed in any, so a number that was skipped over
/// is asked for again until it appears or is given up.
/// </summary>
public sealed class EventTail
{
    /// <summary>How far back of the newest number a late commit may lie when the reading begins.</summary>
    public const int LookBack = 1000;

    private const int MostGaps = 10_000;

    // A transaction that is still open by then has long been timed out.
    private static readonly TimeSpan GapKept = TimeSpan.FromMinutes(10);

    private readonly SortedDictionary<long, long> gaps = [];

    private EventTail(long position) => Position = position;

    /// <summary>The highest number read.</summary>
    public long Position { get; private set; }

    /// <summary>Lower numbers that have not appeared, ascending.</summary>
    public long[] Gaps => [.. gaps.Keys];

    public static EventTail At(long newest) => new(Math.Max(0, newest - LookBack));

    /// <param name="sequence">A number that was found.</param>
    /// <param name="ticks">Milliseconds of a clock that only goes forward.</param>
    /// <returns>Whether it was not known before.</returns>
    public bool Saw(long sequence, long ticks)
    {
        if (sequence <= Position) return gaps.Remove(sequence);
        for (var missing = Math.Max(Position + 1, sequence - MostGaps); missing < sequence; missing++) gaps[missing] = ticks;
        Position = sequence;
        return true;
    }

    /// <summary>Stops asking for what will not come: numbers of transactions that were rolled back.</summary>
    public void GiveUp(long ticks)
    {
        foreach (var (sequence, since) in gaps.ToList())
            if (ticks - since > (long)GapKept.TotalMilliseconds || gaps.Count > MostGaps) gaps.Remove(sequence);
    }
}
