using InstrumentShare.Bookings;
using InstrumentShare.Kernel;
using NodaTime;

namespace InstrumentShare.Usage.Faults;

/// <summary>What a report, a notice and a resolution must be. Lengths are in characters.</summary>
public static class FaultRules
{
    public const int MaxText = 2000;

    public const int MaxNotice = 200;

    public const int MaxResolution = 500;

    /// <summary>How many reports of one person about one instrument may wait at a time.</summary>
    public const int MostWaiting = 5;

    /// <summary>An outage made of a fault lasts this long at most before somebody looks again.</summary>
    public const int MaxOutageDays = 90;

    /// <param name="waiting">The person's reports about the instrument that nobody has answered yet.</param>
    public static List<Problem> Report(FaultSeverity? severity, string? text, int waiting)
    {
        var problems = new List<Problem>();
        if (severity is null) problems.Add(Problem.Invalid("fault.severity", "severity"));
        BookingText.Check(problems, text, "text", required: true, MaxText);
        if (waiting >= MostWaiting) problems.Add(Problem.Refused("fault.too-many", null, ("most", MostWaiting)));
        return problems;
    }

    /// <summary>What stands against answering a fault: it is not settled yet, and the words that everyone will read.</summary>
    public static List<Problem> Settle(FaultStatus status, string? words, string field, int max)
    {
        var problems = new List<Problem>();
        if (status == FaultStatus.Resolved) problems.Add(Problem.Refused("fault.resolved"));
        BookingText.Check(problems, words, field, required: true, max);
        return problems;
    }

    /// <summary>What stands against making it an outage: one is enough, and it lasts 1 to 90 days.</summary>
    public static List<Problem> Outage(FaultStatus status, bool isOutage, string? notice, Instant? until, Instant now)
    {
        var problems = Settle(status, notice, "notice", MaxNotice);
        if (isOutage) problems.Add(Problem.Refused("fault.is-outage"));
        if (until is null || until <= now || until > now + Duration.FromDays(MaxOutageDays)) problems.Add(Problem.Invalid("fault.until", "until", ("days", MaxOutageDays)));
        return problems;
    }
}
