using InstrumentShare.Kernel;
using NodaTime;
using NodaTime.TimeZones;

namespace InstrumentShare.Catalog;

/// <summary>
/// Turns weekly hours of local time into spans of real time. When clocks go forward, a local time that does not exist
/// means the moment of the change; when they go back, opening means the first and closing the second of two equal times,
/// so that the instrument is open for all of the repeated hour.
/// </summary>
public static class OpeningCalendar
{
    /// <summary>The spans in which it is open on local dates from..to, both included: ascending, touching ones joined.</summary>
    /// <param name="dayOf">Whose hours hold on a date; the weekday's own where it is not given.</param>
    public static IReadOnlyList<TimeSlot> OpenSpans(IEnumerable<OpeningHours> hours, DateTimeZone zone, LocalDate from, LocalDate to, Func<LocalDate, OpeningDay>? dayOf = null)
    {
        var rows = hours as IReadOnlyList<OpeningHours> ?? hours.ToList();
        var spans = new List<TimeSlot>();
        for (var date = from; date <= to; date = date.PlusDays(1))
        {
            var day = dayOf?.Invoke(date) ?? OpeningDay.Of(date);
            if (day.IsWhole) Append(spans, zone.AtStartOfDay(date).ToInstant(), zone.AtStartOfDay(date.PlusDays(1)).ToInstant());
            else if (day.Weekday is { } weekday) AddDay(spans, rows.Where(r => r.HoldsOn(date, weekday)), zone, date);
        }

        return spans;
    }

    /// <summary>The open spans that touch a slot, cut to it.</summary>
    public static IReadOnlyList<TimeSlot> OpenSpans(IEnumerable<OpeningHours> hours, DateTimeZone zone, TimeSlot range, Func<LocalDate, OpeningDay>? dayOf = null) =>
        OpenSpans(hours, zone, range.StartsAt.InZone(zone).Date, range.EndsAt.InZone(zone).Date, dayOf)
            .Select(s => s.Intersect(range)).OfType<TimeSlot>().ToList();

    /// <summary>Whether it is open for the whole of a slot.</summary>
    public static bool IsOpen(IEnumerable<OpeningHours> hours, DateTimeZone zone, TimeSlot slot, Func<LocalDate, OpeningDay>? dayOf = null) =>
        OpenSpans(hours, zone, slot, dayOf) is [var only] && only == slot;

    /// <summary>Spans of the clock on local dates from..to, both included: ascending, those that touch or overlap joined.</summary>
    public static IReadOnlyList<TimeSlot> Spans(DateTimeZone zone, LocalDate from, LocalDate to, Func<LocalDate, IEnumerable<DailySpan>> on)
    {
        var all = new List<TimeSlot>();
        for (var date = from; date <= to; date = date.PlusDays(1))
        {
            foreach (var span in on(date))
                if (SpanOf(zone, date, span) is { } slot) all.Add(slot);
        }

        var joined = new List<TimeSlot>();
        foreach (var slot in all.OrderBy(s => s.StartsAt)) Append(joined, slot.StartsAt, slot.EndsAt);
        return joined;
    }

    /// <summary>The span that begins on a date; null where clocks skip all of it.</summary>
    public static TimeSlot? SpanOf(DateTimeZone zone, LocalDate date, DailySpan span)
    {
        var starts = At(zone, date, span.FromMinute, Resolvers.ReturnEarlier);
        var ends = At(zone, span.ToMinute <= span.FromMinute ? date.PlusDays(1) : date, span.ToMinute, Resolvers.ReturnLater);
        return starts < ends ? new TimeSlot(starts, ends) : null;
    }

    private static void AddDay(List<TimeSlot> spans, IEnumerable<OpeningHours> rows, DateTimeZone zone, LocalDate date)
    {
        foreach (var row in rows.OrderBy(r => r.OpensMinute))
        {
            var opens = At(zone, date, row.OpensMinute, Resolvers.ReturnEarlier);
            var closes = At(zone, date, row.ClosesMinute, Resolvers.ReturnLater);
            if (opens < closes) Append(spans, opens, closes);
        }
    }

    /// <summary>What is left of ascending, separate spans when the taken slots (in any order) are cut out.</summary>
    public static IReadOnlyList<TimeSlot> Without(IReadOnlyList<TimeSlot> spans, IEnumerable<TimeSlot> taken)
    {
        var cuts = taken.OrderBy(t => t.StartsAt).ToList();
        var rest = new List<TimeSlot>();
        foreach (var span in spans)
        {
            var start = span.StartsAt;
            foreach (var cut in cuts.Where(c => c.Overlaps(span)))
            {
                if (start < cut.StartsAt) rest.Add(new TimeSlot(start, cut.StartsAt));
                start = Instant.Max(start, cut.EndsAt);
            }

            if (start < span.EndsAt) rest.Add(new TimeSlot(start, span.EndsAt));
        }

        return rest;
    }

    private static Instant At(DateTimeZone zone, LocalDate date, int minute, AmbiguousTimeResolver whenTwice)
    {
        var local = date.AtMidnight().PlusMinutes(minute);
        return zone.ResolveLocal(local, Resolvers.CreateMappingResolver(whenTwice, Resolvers.ReturnStartOfIntervalAfter)).ToInstant();
    }

    private static void Append(List<TimeSlot> spans, Instant opens, Instant closes)
    {
        if (spans.Count > 0 && opens <= spans[^1].EndsAt) spans[^1] = new TimeSlot(spans[^1].StartsAt, Instant.Max(spans[^1].EndsAt, closes));
        else spans.Add(new TimeSlot(opens, closes));
    }
}

/// <summary>Whose hours hold on a date: those of a weekday, the whole day, or none.</summary>
public readonly record struct OpeningDay(IsoDayOfWeek? Weekday, bool IsWhole = false)
{
    public static OpeningDay Closed => new(null);

    public static OpeningDay Whole => new(null, IsWhole: true);

    public static OpeningDay Of(LocalDate date) => new(date.DayOfWeek);
}
