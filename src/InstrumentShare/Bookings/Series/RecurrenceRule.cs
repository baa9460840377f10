using NodaTime;

namespace InstrumentShare.Bookings.Series;

public enum Frequency
{
    Daily,
    Weekly,
    Monthly,
    Yearly,
}

/// <summary>A weekday, and which one of its month or year; 0 is every one, -1 the last.</summary>
public readonly record struct WeekdayChoice(int Ordinal, IsoDayOfWeek Day);

/// <summary>
/// A recurrence rule of RFC 5545 as far as bookings repeat, on the local clock. It ends by <see cref="Count"/> or by
/// <see cref="Until"/>, which is itself still a date; never both.
/// </summary>
public sealed record RecurrenceRule(Frequency Frequency)
{
    public int Interval { get; init; } = 1;

    public int? Count { get; init; }

    public LocalDateTime? Until { get; init; }

    public IReadOnlyList<WeekdayChoice> ByDay { get; init; } = [];

    /// <summary>1 to 31, or -1 to -31 from the end of the month.</summary>
    public IReadOnlyList<int> ByMonthDay { get; init; } = [];

    public IReadOnlyList<int> ByMonth { get; init; } = [];

    /// <summary>Which of a day's, week's, month's or year's dates; from the end when negative.</summary>
    public IReadOnlyList<int> BySetPos { get; init; } = [];

    public IsoDayOfWeek WeekStart { get; init; } = IsoDayOfWeek.Monday;
}

/// <summary>All dates of a series: what the rule says from its start, without those taken out and with those put in.</summary>
public sealed record Recurrence(LocalDateTime StartsAt, RecurrenceRule Rule, IReadOnlyList<LocalDateTime> Without, IReadOnlyList<LocalDateTime> With);
