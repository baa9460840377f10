using InstrumentShare.Bookings;
using InstrumentShare.Kernel;
using NodaTime;

namespace InstrumentShare.Usage;

public static class UsageRules
{
    /// <summary>How long before its start a booking may be checked in.</summary>
    public static readonly Duration EarlyCheckIn = Duration.FromMinutes(15);

    public static readonly Duration Longest = Duration.FromDays(31);

    public const int MaxSamples = 1_000_000;

    public const int MaxText = 500;

    /// <summary>
    /// Whether a booking may be checked in now: confirmed, from 15 minutes before its start until its end. While another use is
    /// open that is <c>usage.in-use</c> until the booked start has come; from then on the holder may take over.
    /// </summary>
    public static Problem? CheckIn(BookingStatus status, TimeSlot slot, Instant now, bool anotherIsOpen)
    {
        if (status == BookingStatus.InUse) return Problem.Refused("usage.in-use");
        if (status != BookingStatus.Confirmed) return Problem.Refused("usage.booking-state", "status", ("status", status));
        if (now < slot.StartsAt - EarlyCheckIn) return Problem.Refused("usage.too-early", null, ("from", slot.StartsAt - EarlyCheckIn));
        if (now >= slot.EndsAt) return Problem.Refused("usage.too-late", null, ("until", slot.EndsAt));
        return anotherIsOpen && now < slot.StartsAt ? Problem.Refused("usage.in-use") : null;
    }

    /// <summary>What is wrong with a record entered by hand: a reason, a past span of at most 31 days, a count of samples.</summary>
    public static List<Problem> Entry(Instant? startsAt, Instant? endsAt, int samples, string? feedback, string? reason, Instant now)
    {
        var problems = Closing(samples, feedback);
        if (string.IsNullOrWhiteSpace(reason)) problems.Add(Problem.Invalid("usage.reason-missing", "reason"));
        else if (reason.Length > MaxText) problems.Add(Problem.Invalid("usage.text-length", "reason", ("most", MaxText)));
        if (startsAt is null) problems.Add(Problem.Invalid("usage.time-missing", "startsAt"));
        if (endsAt is null) problems.Add(Problem.Invalid("usage.time-missing", "endsAt"));
        if (startsAt is { } start && endsAt is { } end)
        {
            if (UsageRecord.WholeSecond(end) <= UsageRecord.WholeSecond(start)) problems.Add(Problem.Invalid("usage.ends-before-start", "endsAt"));
            else if (end - start > Longest) problems.Add(Problem.Invalid("usage.too-long", "endsAt", ("days", Longest.Days)));
            if (end > now) problems.Add(Problem.Invalid("usage.in-future", "endsAt", ("now", now)));
        }

        return problems;
    }

    /// <summary>What is wrong with the count of samples or the feedback given at the end of a use.</summary>
    public static List<Problem> Closing(int samples, string? feedback)
    {
        var problems = new List<Problem>();
        if (samples is < 0 or > MaxSamples) problems.Add(Problem.Invalid("usage.samples-range", "samples", ("most", MaxSamples)));
        if (feedback?.Length > MaxText) problems.Add(Problem.Invalid("usage.text-length", "feedback", ("most", MaxText)));
        return problems;
    }
}
