using InstrumentShare.Kernel;
using NodaTime;
using NodaTime.Text;

namespace InstrumentShare.Catalog;

/// <summary>A span of weekly hours as it was sent: ISO weekday 1–7, local times HH:mm; 24:00 is the end of the day.</summary>
public sealed record OpeningSpanInput(int? Weekday, string? Opens, string? Closes);

/// <summary>Reads a week of opening hours and tells what is wrong with it.</summary>
public static class OpeningHoursRules
{
    public const int MaxSpans = 70;

    /// <returns>The rows when there are no problems; else every problem, its field naming the span: <c>spans[2].closes</c>.</returns>
    public static (IReadOnlyList<OpeningHours> Rows, List<Problem> Problems) Read(InstrumentId instrumentId, LocalDate from, LocalDate? to, IReadOnlyList<OpeningSpanInput> spans)
    {
        var (rows, problems) = (new List<OpeningHours>(), new List<Problem>());
        if (to < from) problems.Add(Problem.Invalid("opening-hours.dates", "validTo", ("from", from), ("to", to)));
        if (spans.Count > MaxSpans) problems.Add(Problem.Invalid("opening-hours.too-many", "spans", ("max", MaxSpans)));
        if (problems.Count > 0) return (rows, problems);
        for (var i = 0; i < spans.Count; i++)
        {
            var field = $"spans[{i}]";
            var (opens, closes) = (Minute(spans[i].Opens), Minute(spans[i].Closes));
            var before = problems.Count;
            if (spans[i].Weekday is not (>= 1 and <= 7)) problems.Add(Problem.Invalid("opening-hours.weekday", field + ".weekday", ("value", spans[i].Weekday)));
            if (opens is null or 1440) problems.Add(Problem.Invalid("opening-hours.time", field + ".opens", ("value", spans[i].Opens)));
            if (closes is null or 0) problems.Add(Problem.Invalid("opening-hours.time", field + ".closes", ("value", spans[i].Closes)));
            if (problems.Count > before) continue;
            if (closes <= opens) problems.Add(Problem.Invalid("opening-hours.closes-before-opens", field + ".closes", ("opens", spans[i].Opens), ("closes", spans[i].Closes)));
            else if (rows.Any(r => r.Weekday == spans[i].Weekday && r.OpensMinute < closes && opens < r.ClosesMinute)) problems.Add(Problem.Invalid("opening-hours.overlap", field, ("opens", spans[i].Opens), ("closes", spans[i].Closes)));
            else rows.Add(OpeningHours.Of(instrumentId, (IsoDayOfWeek)spans[i].Weekday!.Value, opens!.Value, closes!.Value, from, to));
        }

        return (rows, problems);
    }

    /// <summary>HH:mm, up to 24:00, as minutes of the day.</summary>
    public static int? Minute(string? text)
    {
        if (text == "24:00") return 1440;
        var parsed = LocalTimePattern.CreateWithInvariantCulture("HH:mm").Parse(text ?? string.Empty);
        return parsed.Success ? (parsed.Value.Hour * 60) + parsed.Value.Minute : null;
    }

    public static string Clock(int minute) => minute == 1440 ? "24:00" : LocalTime.Midnight.PlusMinutes(minute).ToString("HH:mm", System.Globalization.CultureInfo.InvariantCulture);
}
