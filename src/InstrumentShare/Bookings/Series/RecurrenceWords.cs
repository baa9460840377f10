using InstrumentShare.Web;
using NodaTime;

namespace InstrumentShare.Bookings.Series;

/// <summary>A rule as people say it; one that has no plain words is shown as it is written.</summary>
public static class RecurrenceWords
{
    public static string Of(BookingSeries series, Words words)
    {
        var rule = series.Recurrence.Rule;
        if (rule.ByMonth.Count + rule.BySetPos.Count > 0 || rule.Frequency == Frequency.Yearly || rule.ByMonthDay.Count > 1 || rule.ByMonthDay is [< 0]) return series.Rrule;
        var every = rule.Interval == 1 ? words.Of("series.every", rule.Frequency) : words["series.every-nth." + Persistence.Word.Of(rule.Frequency), ("count", rule.Interval)];
        var on = rule.ByDay.Count > 0 ? string.Join(words["series.and"], rule.ByDay.Select(d => Day(d, words))) : rule.ByMonthDay is [var day] ? words["series.month-day", ("day", day)] : string.Empty;
        var ends = rule.Count is { } count ? words["series.times", ("count", count)] : words["series.until", ("date", rule.Until!.Value.Date)];
        var more = series.RDates.Count > 0 ? words["series.more-dates", ("count", series.RDates.Count)] : string.Empty;
        return string.Join(words["series.comma"], new[] { every, on, ends, more }.Where(t => t.Length > 0));
    }

    private static string Day(WeekdayChoice day, Words words)
    {
        var name = words.Of("weekday", day.Day);
        return day.Ordinal switch { 0 => name, -1 => words["series.last", ("day", name)], _ => words["series.nth", ("number", day.Ordinal), ("day", name)] };
    }
}
