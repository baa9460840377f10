using NodaTime;

namespace InstrumentShare.Kernel;

public enum DayKind
{
    Workday,
    Weekend,

    /// <summary>A public holiday, on whatever weekday it falls.</summary>
    Holiday,

    /// <summary>A Saturday or Sunday that is worked to make up for a holiday (调休).</summary>
    MakeUpWorkday,
}

/// <summary>
/// The working days of mainland China by the State Council's yearly notices. A year without data has no answer: nothing is guessed.
/// </summary>
public sealed class WorkingCalendar
{
    private readonly IReadOnlyDictionary<LocalDate, DayKind> exceptions;
    private readonly IReadOnlySet<int> years;

    /// <param name="exceptions">Holidays and make-up days of whole years; a year counts as known when it has any.</param>
    public WorkingCalendar(IReadOnlyDictionary<LocalDate, DayKind> exceptions) => (this.exceptions, years) = (exceptions, exceptions.Keys.Select(d => d.Year).ToHashSet());

    public bool Knows(LocalDate date) => years.Contains(date.Year);

    /// <returns>Null when the year's notice is not known.</returns>
    public DayKind? KindOf(LocalDate date)
    {
        if (!Knows(date)) return null;
        if (exceptions.TryGetValue(date, out var kind)) return kind;
        return date.DayOfWeek is IsoDayOfWeek.Saturday or IsoDayOfWeek.Sunday ? DayKind.Weekend : DayKind.Workday;
    }
}
