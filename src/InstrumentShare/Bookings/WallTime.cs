using InstrumentShare.Catalog;
using InstrumentShare.Kernel;
using NodaTime;
using NodaTime.Text;

namespace InstrumentShare.Bookings;

/// <summary>
/// Times as people type them, on the wall of the instrument's room. A time that clocks skip is refused; of one that comes twice
/// the start is the first, and the end the first that lies after the start.
/// </summary>
public static class WallTime
{
    private static readonly LocalDateTimePattern Minutes = LocalDateTimePattern.CreateWithInvariantCulture("uuuu'-'MM'-'dd'T'HH':'mm");
    private static readonly LocalDateTimePattern Seconds = LocalDateTimePattern.CreateWithInvariantCulture("uuuu'-'MM'-'dd'T'HH':'mm':'ss");

    public static WantedTime? Read(InstrumentRules instrument, string? startsAt, string? endsAt, List<Problem> problems)
    {
        var start = Of(instrument, startsAt, "startsAt", null, problems);
        var end = Of(instrument, endsAt, "endsAt", start, problems);
        return start is { } from && end is { } to ? new WantedTime(from, to) : null;
    }

    /// <summary>A span of the wall's clock; null where clocks skip one of its ends.</summary>
    public static WantedTime? Of(DateTimeZone zone, LocalDateTime startsAt, LocalDateTime endsAt, List<Problem> problems)
    {
        var start = Of(zone, startsAt, "startsAt", null, problems);
        var end = Of(zone, endsAt, "endsAt", start, problems);
        return start is { } from && end is { } to ? new WantedTime(from, to) : null;
    }

    public static string Write(Instant instant, DateTimeZone zone) => Minutes.Format(instant.InZone(zone).LocalDateTime);

    private static Instant? Of(InstrumentRules instrument, string? text, string field, Instant? after, List<Problem> problems) =>
        Local(text, field, problems) is { } local ? Of(instrument.Zone, local, field, after, problems) : null;

    /// <summary>A time as it is typed; null and a problem where it is none.</summary>
    public static LocalDateTime? Local(string? text, string field, List<Problem> problems)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            problems.Add(Problem.Invalid("booking.time-missing", field));
            return null;
        }

        var parsed = Minutes.Parse(text.Trim());
        if (!parsed.Success) parsed = Seconds.Parse(text.Trim());
        if (!parsed.Success || parsed.Value.Year is < 1971 or > 2199)
        {
            problems.Add(Problem.Invalid("booking.time-typed", field, ("value", text)));
            return null;
        }

        return parsed.Value;
    }

    private static Instant? Of(DateTimeZone zone, LocalDateTime local, string field, Instant? after, List<Problem> problems)
    {
        var mapping = zone.MapLocal(local);
        if (mapping.Count == 0) problems.Add(Problem.Invalid("booking.time-skipped", field, ("value", Minutes.Format(local).Replace('T', ' '))));
        if (mapping.Count == 0) return null;
        var first = mapping.First().ToInstant();
        return mapping.Count == 2 && after is { } start && first <= start ? mapping.Last().ToInstant() : first;
    }
}
