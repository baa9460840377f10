using InstrumentShare.Kernel;
using NodaTime;

namespace InstrumentShare.Bookings.Series;

/// <summary>
/// The dates of a recurrence (RFC 5545 §3.3.10 and §3.8.5) on the local clock: 9:00 stays 9:00 whatever clocks do. The start is a date
/// only where the rule says so, and the first that it says counts as one.
/// </summary>
public static class RecurrenceRules
{
    public const int MaxDates = 366;
    public const int MaxYears = 2;

    /// <summary>Every date, ascending and each once.</summary>
    /// <returns>Or why there are none, too many, or no end to them.</returns>
    public static Outcome<IReadOnlyList<LocalDateTime>> Expand(Recurrence recurrence)
    {
        var (rule, last) = (recurrence.Rule, LastOf(recurrence.StartsAt));
        if (rule.Count is null && rule.Until is null) return Problem.Invalid("series.no-end", "rrule");
        if (rule.Count > MaxDates) return TooMany(rule.Count.Value);
        if (rule.Until?.Date > last.Date || recurrence.With.Any(d => d.Date > last.Date)) return TooLong();
        if (recurrence.With.Any(d => d < recurrence.StartsAt)) return Problem.Invalid("series.date-before-start", "rDates", ("startsAt", recurrence.StartsAt.Date));
        var said = Of(rule, recurrence.StartsAt).TakeWhile(d => d.Date <= last.Date).Take(rule.Count ?? (MaxDates + 1)).ToList();
        if (said.Count < rule.Count) return TooLong();
        var dates = said.Concat(recurrence.With).Except(recurrence.Without).Distinct().Order().ToList();
        if (dates.Count == 0) return Problem.Invalid("series.no-dates", "rrule");
        return dates.Count > MaxDates ? TooMany(dates.Count) : dates;
    }

    /// <summary>Dates so near to each other that one begins before the last has ended are refused; null when there are none.</summary>
    /// <param name="dates">Ascending.</param>
    public static Problem? OwnOverlap(IReadOnlyList<LocalDateTime> dates, int minutes)
    {
        for (var i = 1; i < dates.Count; i++)
            if (dates[i - 1].PlusMinutes(minutes) > dates[i]) return Problem.Invalid("series.overlaps-itself", "localEnd", ("first", dates[i - 1].Date), ("next", dates[i].Date));
        return null;
    }

    /// <summary>
    /// The recurrence moved by so many days and minutes. Where a rule cannot say that (a month's 31st a day later), the dates are
    /// put in one by one.
    /// </summary>
    public static Recurrence Shift(Recurrence recurrence, Period by)
    {
        var (start, days) = (recurrence.StartsAt + by, Period.DaysBetween(recurrence.StartsAt.Date, (recurrence.StartsAt + by).Date));
        List<LocalDateTime> Moved(IEnumerable<LocalDateTime> dates) => dates.Select(d => d + by).ToList();
        var rule = recurrence.Rule with
        {
            Until = recurrence.Rule.Until is { } until ? until + by : null,
            ByDay = recurrence.Rule.ByDay.Select(d => d with { Day = (IsoDayOfWeek)((((int)d.Day - 1 + days) % 7 + 7) % 7 + 1) }).ToList(),
        };
        return Keeping(new Recurrence(start, rule, Moved(recurrence.Without), Moved(recurrence.With)), Moved(DatesOf(recurrence)));
    }

    /// <summary>Whether any date lies before this one.</summary>
    public static bool HasBefore(Recurrence recurrence, LocalDateTime at) => DatesOf(recurrence) is [var first, ..] && first < at;

    /// <summary>The dates before one; all where none lies before it.</summary>
    public static Recurrence Before(Recurrence recurrence, LocalDateTime at) => HasBefore(recurrence, at) ? Split(recurrence, at).Before : recurrence;

    /// <summary>The dates before one, and those from it on; the date lies after the first.</summary>
    public static (Recurrence Before, Recurrence From) Split(Recurrence recurrence, LocalDateTime at)
    {
        var dates = DatesOf(recurrence);
        List<LocalDateTime> before = dates.Where(d => d < at).ToList(), from = dates.Where(d => d >= at).ToList();
        var said = recurrence.Rule.Count is null ? 0 : Of(recurrence.Rule, recurrence.StartsAt).TakeWhile(d => d < at).Take(recurrence.Rule.Count.Value).Count();
        var ended = recurrence with
        {
            Rule = recurrence.Rule with { Count = null, Until = before[^1] }, Without = recurrence.Without.Where(d => d < at).ToList(), With = recurrence.With.Where(d => d < at).ToList(),
        };
        var rest = recurrence with
        {
            StartsAt = at, Rule = recurrence.Rule with { Count = recurrence.Rule.Count - said }, Without = recurrence.Without.Where(d => d >= at).ToList(), With = recurrence.With.Where(d => d >= at).ToList(),
        };
        return (Keeping(ended, before), Keeping(rest, from));
    }

    /// <summary>The last moment that a series from this start may reach.</summary>
    public static LocalDateTime LastOf(LocalDateTime start) => start.PlusYears(MaxYears);

    private static Recurrence Keeping(Recurrence wanted, List<LocalDateTime> dates) => dates.Count == 0 || (wanted.Rule.Count is null or > 0 && DatesOf(wanted).SequenceEqual(dates))
        ? wanted
        : new Recurrence(dates[0], new RecurrenceRule(Frequency.Daily) { Count = 1 }, [], dates.Skip(1).ToList());

    private static IReadOnlyList<LocalDateTime> DatesOf(Recurrence recurrence) => Expand(recurrence).Value ?? [];

    /// <summary>What the rule alone says, ascending, for as long as one asks; it may have no end.</summary>
    public static IEnumerable<LocalDateTime> Of(RecurrenceRule rule, LocalDateTime start)
    {
        var end = rule.Until ?? LocalDateTime.MaxIsoValue;
        // A sparse rule is looked at for a little longer than a series may be.
        var last = start.Date.PlusYears(MaxYears + 1);
        for (var (index, first) = (0, PeriodStart(rule, start.Date, 0)); first <= last; first = PeriodStart(rule, start.Date, ++index))
        {
            foreach (var date in Positions(rule, Matching(rule, first, start.Date)))
            {
                var at = date.At(start.TimeOfDay);
                if (at > end) yield break;
                if (at >= start) yield return at;
            }
        }
    }

    // The first day of the rule's day, week, month or year of this number.
    private static LocalDate PeriodStart(RecurrenceRule rule, LocalDate start, int index) => rule.Frequency switch
    {
        Frequency.Daily => start.PlusDays(index * rule.Interval),
        Frequency.Weekly => start.PlusDays(-(((int)start.DayOfWeek - (int)rule.WeekStart + 7) % 7)).PlusWeeks(index * rule.Interval),
        Frequency.Monthly => new LocalDate(start.Year, start.Month, 1).PlusMonths(index * rule.Interval),
        _ => new LocalDate(start.Year, 1, 1).PlusYears(index * rule.Interval),
    };

    private static List<LocalDate> Matching(RecurrenceRule rule, LocalDate first, LocalDate start)
    {
        var next = rule.Frequency switch
        {
            Frequency.Daily => first.PlusDays(1),
            Frequency.Weekly => first.PlusWeeks(1),
            Frequency.Monthly => first.PlusMonths(1),
            _ => first.PlusYears(1),
        };
        var dates = new List<LocalDate>();
        for (var date = first; date < next; date = date.PlusDays(1))
            if (IsSaid(rule, date, start)) dates.Add(date);
        return dates;
    }

    private static bool IsSaid(RecurrenceRule rule, LocalDate date, LocalDate start)
    {
        if (rule.ByMonth.Count > 0 && !rule.ByMonth.Contains(date.Month)) return false;
        var length = date.Calendar.GetDaysInMonth(date.Year, date.Month);
        if (rule.ByMonthDay.Count > 0 && !rule.ByMonthDay.Contains(date.Day) && !rule.ByMonthDay.Contains(date.Day - length - 1)) return false;
        if (rule.ByDay.Count > 0) return rule.ByDay.Any(d => d.Day == date.DayOfWeek && (d.Ordinal == 0 || IsOrdinal(rule, date, d.Ordinal)));
        // What the rule leaves open it takes from the start.
        return rule.ByMonthDay.Count > 0 || rule.Frequency switch
        {
            Frequency.Daily => true,
            Frequency.Weekly => date.DayOfWeek == start.DayOfWeek,
            Frequency.Monthly => date.Day == start.Day,
            _ => date.Day == start.Day && (rule.ByMonth.Count > 0 || date.Month == start.Month),
        };
    }

    // Counted in the month; in the year where the rule repeats by the year and names no month.
    private static bool IsOrdinal(RecurrenceRule rule, LocalDate date, int ordinal)
    {
        var inYear = rule.Frequency == Frequency.Yearly && rule.ByMonth.Count == 0;
        var (day, length) = inYear ? (date.DayOfYear, date.Calendar.GetDaysInYear(date.Year)) : (date.Day, date.Calendar.GetDaysInMonth(date.Year, date.Month));
        return ordinal > 0 ? (day - 1) / 7 + 1 == ordinal : (length - day) / 7 + 1 == -ordinal;
    }

    private static IEnumerable<LocalDate> Positions(RecurrenceRule rule, List<LocalDate> dates) => rule.BySetPos.Count == 0
        ? dates
        : rule.BySetPos.Select(p => p > 0 ? p - 1 : dates.Count + p).Where(i => i >= 0 && i < dates.Count).Distinct().Order().Select(i => dates[i]);

    private static Problem TooMany(int count) => Problem.Invalid("series.too-many", "rrule", ("count", count), ("max", MaxDates));

    private static Problem TooLong() => Problem.Invalid("series.too-long", "rrule", ("years", MaxYears));
}
