using NodaTime;

namespace InstrumentShare.Catalog;

/// <summary>
/// Open every week on this day from minute to minute of the local day (0–1440, half-open), between two dates, both
/// included. Several spans a day are several rows that never overlap; an instrument with none is never open.
/// </summary>
public sealed class OpeningHours
{
    public Guid Id { get; init; } = Guid.CreateVersion7();

    public required InstrumentId InstrumentId { get; init; }

    /// <summary>ISO: Monday is 1, Sunday 7.</summary>
    public required short Weekday { get; init; }

    public required short OpensMinute { get; init; }

    public required short ClosesMinute { get; init; }

    public required LocalDate ValidFrom { get; init; }

    public LocalDate? ValidTo { get; private set; }

    public bool HoldsOn(LocalDate date) => HoldsOn(date, date.DayOfWeek);

    /// <summary>Whether it is open on a date that has the hours of some weekday.</summary>
    public bool HoldsOn(LocalDate date, IsoDayOfWeek weekday) => (short)weekday == Weekday && ValidFrom <= date && (ValidTo is null || date <= ValidTo);

    public static OpeningHours Of(InstrumentId instrumentId, IsoDayOfWeek weekday, int opensMinute, int closesMinute, LocalDate from, LocalDate? to = null) => new()
    {
        InstrumentId = instrumentId,
        Weekday = (short)weekday,
        OpensMinute = (short)opensMinute,
        ClosesMinute = (short)closesMinute,
        ValidFrom = from,
        ValidTo = to,
    };

    /// <summary>Ends the span with this day as its last.</summary>
    public void EndOn(LocalDate lastDay) => ValidTo = lastDay;
}
