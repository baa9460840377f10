using System.Globalization;
using InstrumentShare.Kernel;
using NodaTime;
using NodaTime.Text;

namespace InstrumentShare.Bookings.Series;

/// <summary>The text of a recurrence rule, as RFC 5545 §3.3.10 writes it. What it may say and we do not keep is refused by its name.</summary>
public static class RecurrenceText
{
    public const int MaxLength = 500;

    private const string Field = "rrule";
    private static readonly string[] DayWords = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"];
    private static readonly LocalDatePattern DateText = LocalDatePattern.CreateWithInvariantCulture("uuuuMMdd");
    private static readonly LocalDateTimePattern TimeText = LocalDateTimePattern.CreateWithInvariantCulture("uuuuMMdd'T'HHmmss");

    /// <param name="zone">In which an UNTIL in UTC is read; one without a time is that whole day.</param>
    /// <returns>Null when something is wrong; then there are problems of the field <c>rrule</c>.</returns>
    public static RecurrenceRule? Read(string? text, DateTimeZone zone, List<Problem> problems)
    {
        var kept = (text ?? string.Empty).Trim().ToUpperInvariant();
        if (kept.StartsWith("RRULE:", StringComparison.Ordinal)) kept = kept[6..];
        if (kept.Length is 0 or > MaxLength) return Refuse(problems, "series.rule-unreadable", ("value", kept.Length == 0 ? "—" : kept[..40] + "…"));
        var before = problems.Count;
        var (rule, seen) = (new RecurrenceRule(Frequency.Daily), new HashSet<string>(StringComparer.Ordinal));
        foreach (var part in kept.TrimEnd(';').Split(';'))
        {
            if (part.Split('=') is not [var name, { Length: > 0 } value]) return Refuse(problems, "series.rule-unreadable", ("value", part));
            if (!seen.Add(name)) return Refuse(problems, "series.rule-twice", ("part", name));
            rule = With(rule, name, value, zone, problems) ?? rule;
        }

        if (!seen.Contains("FREQ")) Refuse(problems, "series.rule-frequency", ("value", "—"));
        if (problems.Count > before) return null;
        AddContradictions(rule, problems);
        return problems.Count > before ? null : rule;
    }

    public static string Write(RecurrenceRule rule)
    {
        var parts = new List<string> { "FREQ=" + rule.Frequency.ToString().ToUpperInvariant() };
        if (rule.Interval != 1) parts.Add(Of("INTERVAL", rule.Interval));
        if (rule.Count is { } count) parts.Add(Of("COUNT", count));
        if (rule.Until is { } until) parts.Add("UNTIL=" + TimeText.Format(until));
        if (rule.ByMonth.Count > 0) parts.Add(Of("BYMONTH", [.. rule.ByMonth]));
        if (rule.ByMonthDay.Count > 0) parts.Add(Of("BYMONTHDAY", [.. rule.ByMonthDay]));
        if (rule.ByDay.Count > 0) parts.Add("BYDAY=" + string.Join(',', rule.ByDay.Select(d => (d.Ordinal == 0 ? string.Empty : Text(d.Ordinal)) + WordOf(d.Day))));
        if (rule.BySetPos.Count > 0) parts.Add(Of("BYSETPOS", [.. rule.BySetPos]));
        if (rule.WeekStart != IsoDayOfWeek.Monday) parts.Add("WKST=" + WordOf(rule.WeekStart));
        return string.Join(';', parts);
    }

    private static RecurrenceRule? With(RecurrenceRule rule, string name, string value, DateTimeZone zone, List<Problem> problems) => name switch
    {
        "FREQ" => value switch
        {
            "DAILY" => rule with { Frequency = Frequency.Daily },
            "WEEKLY" => rule with { Frequency = Frequency.Weekly },
            "MONTHLY" => rule with { Frequency = Frequency.Monthly },
            "YEARLY" => rule with { Frequency = Frequency.Yearly },
            _ => Refuse(problems, "series.rule-frequency", ("value", value)),
        },
        "INTERVAL" => Numbers(name, value, 1, 366, false, problems) is [var interval] ? rule with { Interval = interval } : Wrong(problems, name, value),
        "COUNT" => Numbers(name, value, 1, 9999, false, problems) is [var count] ? rule with { Count = count } : Wrong(problems, name, value),
        "UNTIL" => Until(value, zone) is { } until ? rule with { Until = until } : Wrong(problems, name, value),
        "BYDAY" => Days(value) is { } days ? rule with { ByDay = days } : Wrong(problems, name, value),
        "BYMONTHDAY" => Numbers(name, value, 1, 31, true, problems) is { } days ? rule with { ByMonthDay = days } : null,
        "BYMONTH" => Numbers(name, value, 1, 12, false, problems) is { } months ? rule with { ByMonth = months } : null,
        "BYSETPOS" => Numbers(name, value, 1, 366, true, problems) is { } places ? rule with { BySetPos = places } : null,
        "WKST" => DayOf(value) is { } day ? rule with { WeekStart = day } : Wrong(problems, name, value),
        _ => Refuse(problems, "series.rule-part", ("part", name)),
    };

    // Combinations that the standard forbids, or that say nothing.
    private static void AddContradictions(RecurrenceRule rule, List<Problem> problems)
    {
        if (rule.Count is not null && rule.Until is not null) Refuse(problems, "series.rule-two-ends");
        if (rule.Frequency is Frequency.Daily or Frequency.Weekly && rule.ByDay.Any(d => d.Ordinal != 0)) Refuse(problems, "series.rule-ordinal");
        if (rule.Frequency == Frequency.Weekly && rule.ByMonthDay.Count > 0) Refuse(problems, "series.rule-weekly-month-day");
        if (rule.BySetPos.Count > 0 && rule.ByDay.Count + rule.ByMonthDay.Count + rule.ByMonth.Count == 0) Refuse(problems, "series.rule-set-position");
    }

    private static List<int>? Numbers(string name, string value, int min, int max, bool negative, List<Problem> problems)
    {
        var numbers = new List<int>();
        foreach (var word in value.Split(','))
        {
            var style = negative ? NumberStyles.AllowLeadingSign : NumberStyles.None;
            if (int.TryParse(word, style, CultureInfo.InvariantCulture, out var number) && Math.Abs((long)number) >= min && Math.Abs((long)number) <= max) numbers.Add(number);
            else
            {
                Wrong(problems, name, value);
                return null;
            }
        }

        return numbers.Distinct().Order().ToList();
    }

    private static List<WeekdayChoice>? Days(string value)
    {
        var days = new List<WeekdayChoice>();
        foreach (var word in value.Split(','))
        {
            if (word.Length < 2 || DayOf(word[^2..]) is not { } day) return null;
            var ordinal = 0;
            if (word.Length > 2 && (!int.TryParse(word[..^2], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out ordinal) || ordinal is 0 or < -53 or > 53)) return null;
            days.Add(new WeekdayChoice(ordinal, day));
        }

        return days.Distinct().ToList();
    }

    private static LocalDateTime? Until(string value, DateTimeZone zone)
    {
        if (DateText.Parse(value) is { Success: true, Value: var date }) return Within(date) ? date.At(new LocalTime(23, 59, 59)) : null;
        if (TimeText.Parse(value.TrimEnd('Z')) is not { Success: true, Value: var time } || !Within(time.Date)) return null;
        return value.EndsWith('Z') ? time.InUtc().WithZone(zone).LocalDateTime : time;
    }

    private static bool Within(LocalDate date) => date.Year is > 1970 and < 2200;

    private static IsoDayOfWeek? DayOf(string word) => Array.IndexOf(DayWords, word) is >= 0 and var index ? (IsoDayOfWeek)(index + 1) : null;

    private static string WordOf(IsoDayOfWeek day) => DayWords[(int)day - 1];

    private static string Of(string name, params int[] numbers) => name + "=" + string.Join(',', numbers.Select(Text));

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static RecurrenceRule? Wrong(List<Problem> problems, string part, string value)
    {
        // A list of numbers has named itself already.
        if (problems.Any(p => p.Code == "series.rule-value" && p.Data?["part"] as string == part)) return null;
        return Refuse(problems, "series.rule-value", ("part", part), ("value", value));
    }

    private static RecurrenceRule? Refuse(List<Problem> problems, string code, params (string Name, object? Value)[] data)
    {
        problems.Add(Problem.Invalid(code, Field, data));
        return null;
    }
}
