using NodaTime;

namespace InstrumentShare.Kernel;

/// <summary>
/// A half-open span of time [start, end): 9–10 and 10–11 touch and do not overlap.
/// The end is always after the start.
/// </summary>
public readonly record struct TimeSlot
{
    /// <exception cref="ArgumentException">The end is not after the start.</exception>
    public TimeSlot(Instant startsAt, Instant endsAt)
    {
        if (endsAt <= startsAt) throw new ArgumentException($"A slot ends after it starts: {startsAt} to {endsAt}.", nameof(endsAt));
        StartsAt = startsAt;
        EndsAt = endsAt;
    }

    public Instant StartsAt { get; }

    public Instant EndsAt { get; }

    public Duration Length => EndsAt - StartsAt;

    public bool Overlaps(TimeSlot other) => StartsAt < other.EndsAt && other.StartsAt < EndsAt;

    public bool Contains(Instant instant) => StartsAt <= instant && instant < EndsAt;

    public bool Contains(TimeSlot other) => StartsAt <= other.StartsAt && other.EndsAt <= EndsAt;

    /// <summary>The common part of two slots; null when they only touch or lie apart.</summary>
    public TimeSlot? Intersect(TimeSlot other)
    {
        var start = Instant.Max(StartsAt, other.StartsAt);
        var end = Instant.Min(EndsAt, other.EndsAt);
        return start < end ? new TimeSlot(start, end) : null;
    }

    /// <summary>The slot with time added before and after.</summary>
    public TimeSlot Widen(Duration before, Duration after) => new(StartsAt - before, EndsAt + after);

    public override string ToString() => $"{StartsAt}/{EndsAt}";
}
