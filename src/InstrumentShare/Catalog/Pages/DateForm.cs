using InstrumentShare.Kernel;
using NodaTime;
using NodaTime.Text;

namespace InstrumentShare.Catalog.Pages;

/// <summary>Reads dates and local times as a form's fields send them.</summary>
public static class DateForm
{
    private static readonly LocalDateTimePattern Minutes = LocalDateTimePattern.CreateWithInvariantCulture("uuuu'-'MM'-'dd'T'HH':'mm");

    public static LocalDate? Read(string field, string? text, List<Problem> problems)
    {
        if (string.IsNullOrWhiteSpace(text)) return null;
        var parsed = LocalDatePattern.Iso.Parse(text.Trim());
        if (parsed.Success && parsed.Value.Year is >= 1900 and <= 2200) return parsed.Value;
        problems.Add(Problem.Invalid("instrument.date", field, ("value", text)));
        return null;
    }

    /// <summary>A time on the wall of the instrument's room; one that clocks skip is the moment of the change.</summary>
    public static Instant? ReadTime(string field, string? text, DateTimeZone zone, List<Problem> problems)
    {
        if (string.IsNullOrWhiteSpace(text)) return null;
        var parsed = Minutes.Parse(text.Trim().Length > 16 ? text.Trim()[..16] : text.Trim());
        if (parsed.Success && parsed.Value.Year is >= 1971 and <= 2200) return zone.AtLeniently(parsed.Value).ToInstant();
        problems.Add(Problem.Invalid("catalog.instant", field, ("value", text)));
        return null;
    }
}
