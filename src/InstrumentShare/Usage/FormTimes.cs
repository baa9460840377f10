using System.Globalization;
using NodaTime;
using NodaTime.Text;

namespace InstrumentShare.Usage;

/// <summary>Times as a form's <c>datetime-local</c> field writes and sends them, in an instrument's zone.</summary>
public static class FormTimes
{
    private static readonly LocalDateTimePattern[] Patterns =
        [LocalDateTimePattern.CreateWithInvariantCulture("uuuu'-'MM'-'dd'T'HH':'mm':'ss"), LocalDateTimePattern.CreateWithInvariantCulture("uuuu'-'MM'-'dd'T'HH':'mm")];

    /// <summary>Null when it is empty or not such a time; a time that clocks skip means the moment after.</summary>
    public static Instant? Parse(string? text, DateTimeZone zone)
    {
        foreach (var pattern in Patterns)
            if (pattern.Parse(text?.Trim() ?? string.Empty) is { Success: true } local) return local.Value.InZoneLeniently(zone).ToInstant();
        return null;
    }

    public static string Format(Instant instant, DateTimeZone zone) => Patterns[0].Format(instant.InZone(zone).LocalDateTime);

    /// <summary>A whole number; <paramref name="otherwise"/> when empty, −1 (which every rule refuses) when it is not one.</summary>
    public static int? Count(string? text, int? otherwise) =>
        string.IsNullOrWhiteSpace(text) ? otherwise : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var count) ? count : -1;
}
