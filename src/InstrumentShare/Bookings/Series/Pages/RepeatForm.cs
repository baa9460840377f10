using System.Globalization;
using InstrumentShare.Catalog;
using InstrumentShare.Kernel;
using InstrumentShare.Persistence;
using NodaTime;
using NodaTime.Text;

namespace InstrumentShare.Bookings.Series.Pages;

/// <summary>What a person chooses to repeat a booking, in plain choices; what was typed stays whatever is refused.</summary>
/// <param name="Repeat"><c>daily</c>, <c>weekly</c>, <c>monthlyDay</c> or <c>monthlyWeekday</c>.</param>
/// <param name="Days">Weekdays as the rule writes them; the start's own where none is chosen.</param>
public sealed record RepeatForm(string? Repeat, string? Every, IReadOnlyList<string> Days, string? Until, string? Count, string? Conflicts, IReadOnlyList<Problem> Problems)
{
    public static readonly string[] Choices = ["daily", "weekly", "monthlyDay", "monthlyWeekday"];

    /// <summary>Monday first.</summary>
    public static readonly string[] DayWords = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"];

    public bool IsEmpty { get; private init; }

    /// <summary>What was sent; the usual choices where nothing was.</summary>
    public static RepeatForm Of(HttpRequest request, IReadOnlyList<Problem>? problems = null)
    {
        if (!request.HasFormContentType || request.Form["Repeat"].ToString() is not { Length: > 0 } repeat) return new("weekly", "1", [], null, null, "fail", []) { IsEmpty = true };
        string Text(string name) => request.Form[name].ToString();
        return new(repeat, Text("Every"), request.Form["Days"].OfType<string>().ToList(), Text("Until"), Text("Count"), Text("Conflicts"), problems ?? []);
    }

    /// <summary>The rule that was chosen; empty with a problem where it cannot be told.</summary>
    public string Rule(LocalDateTime start, List<Problem> problems)
    {
        var parts = Repeat switch
        {
            "daily" => "FREQ=DAILY",
            "weekly" => "FREQ=WEEKLY" + (Days.Count > 0 ? ";BYDAY=" + string.Join(',', Days) : string.Empty),
            "monthlyDay" => "FREQ=MONTHLY;BYMONTHDAY=" + start.Day.ToString(CultureInfo.InvariantCulture),
            "monthlyWeekday" => "FREQ=MONTHLY;BYDAY=" + OrdinalOf(start.Date).ToString(CultureInfo.InvariantCulture) + DayWords[(int)start.DayOfWeek - 1],
            _ => string.Empty,
        };
        if (parts.Length == 0) problems.Add(Problem.Invalid("series.repeat", "repeat", ("value", Repeat)));
        parts += Number("INTERVAL", Every, "every", 366, problems) + Number("COUNT", Count, "count", RecurrenceRules.MaxDates, problems);
        if (string.IsNullOrWhiteSpace(Until)) return parts;
        if (LocalDatePattern.Iso.Parse(Until.Trim()) is { Success: true, Value: { Year: > 1970 and < 2200 } date }) return parts + ";UNTIL=" + date.ToString("uuuuMMdd", CultureInfo.InvariantCulture);
        problems.Add(Problem.Invalid("series.until", "until", ("value", Until)));
        return parts;
    }

    public SeriesConflicts ReadConflicts(List<Problem> problems)
    {
        if (Word.TryParse<SeriesConflicts>(Conflicts ?? "fail", out var conflicts)) return conflicts;
        problems.Add(Problem.Invalid("series.conflicts", "conflicts", ("value", Conflicts), ("known", string.Join(", ", Word.All<SeriesConflicts>()))));
        return SeriesConflicts.Fail;
    }

    // The fifth of a weekday does not come every month: then the last is meant.
    private static int OrdinalOf(LocalDate date) => (date.Day - 1) / 7 is var week && week == 4 ? -1 : week + 1;

    private static string Number(string part, string? text, string field, int max, List<Problem> problems)
    {
        if (string.IsNullOrWhiteSpace(text)) return string.Empty;
        if (int.TryParse(text.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= 1 && number <= max) return $";{part}={text.Trim()}";
        problems.Add(Problem.Invalid("series.number", field, ("value", text), ("max", max)));
        return string.Empty;
    }
}
