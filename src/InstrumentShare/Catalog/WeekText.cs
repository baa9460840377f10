using System.Globalization;
using System.Text.RegularExpressions;
using NodaTime;

namespace InstrumentShare.Catalog;

/// <summary>A day's opening hours as people type them: <c>09:00-12:00, 13:00-18:00</c>; nothing means closed.</summary>
public static partial class WeekText
{
    /// <summary>The spans of a day; what cannot be read becomes a span that is refused with its text.</summary>
    public static IEnumerable<OpeningSpanInput> Read(int weekday, string? text)
    {
        foreach (var part in (text ?? string.Empty).Split([',', '，', ';', '；', '、', '\n'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var span = Span().Match(part.Replace('：', ':'));
            yield return span.Success
                ? new OpeningSpanInput(weekday, Padded(span.Groups[1].Value), Padded(span.Groups[2].Value))
                : new OpeningSpanInput(weekday, part, part);
        }
    }

    /// <summary>The hours of a weekday in force on a date.</summary>
    public static string Write(IEnumerable<OpeningHours> hours, IsoDayOfWeek day, LocalDate on) => string.Join(", ", hours
        .Where(h => h.Weekday == (short)day && h.ValidFrom <= on && (h.ValidTo is null || on <= h.ValidTo)).OrderBy(h => h.OpensMinute)
        .Select(h => string.Create(CultureInfo.InvariantCulture, $"{OpeningHoursRules.Clock(h.OpensMinute)}-{OpeningHoursRules.Clock(h.ClosesMinute)}")));

    private static string Padded(string time) => time.Length == 4 ? "0" + time : time;

    [GeneratedRegex(@"^(\d{1,2}:\d{2})\s*[-–—~～至]\s*(\d{1,2}:\d{2})$")]
    private static partial Regex Span();
}
