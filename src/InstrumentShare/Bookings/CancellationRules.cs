using InstrumentShare.Catalog;
using InstrumentShare.Kernel;
using NodaTime;

namespace InstrumentShare.Bookings;

/// <summary>Until when a holder may still give back or move their time. A move has the notice of a cancellation where the rules say no other.</summary>
public static class CancellationRules
{
    /// <summary>What stands against giving the time back.</summary>
    public static List<Problem> Judge(InstrumentRules instrument, Booking booking, Instant now) =>
        Judge(booking, "booking.cancel-lead", Terms(instrument, booking.StartsAt, booking.Audience)?.CancelLeadMinutes ?? 0, now);

    /// <summary>What stands against moving it.</summary>
    public static List<Problem> JudgeMove(InstrumentRules instrument, Booking booking, Instant now) =>
        Judge(booking, "booking.change-lead", Terms(instrument, booking.StartsAt, booking.Audience)?.ChangeLeadMinutes ?? 0, now);

    /// <summary>The last moment to give a time back.</summary>
    public static Instant Until(InstrumentRules instrument, Instant startsAt, RuleAudience who) => startsAt - Duration.FromMinutes(Terms(instrument, startsAt, who)?.CancelLeadMinutes ?? 0);

    /// <summary>Whether a confirmed time is given back later than that, by its holder or by the lab for them. A request is never late.</summary>
    public static bool IsLate(InstrumentRules instrument, Booking booking, Instant now) =>
        booking.Status == BookingStatus.Confirmed && now > Until(instrument, booking.StartsAt, booking.Audience);

    private static List<Problem> Judge(Booking booking, string code, int leadMinutes, Instant now)
    {
        if (booking.StartsAt <= now) return [Problem.Refused("booking.started", "startsAt", ("startsAt", booking.StartsAt))];
        // A request nobody has answered yet can be withdrawn at any time before it begins.
        if (booking.Status == BookingStatus.Requested) return [];
        var until = booking.StartsAt - Duration.FromMinutes(leadMinutes);
        return now <= until ? [] : [Problem.Refused(code, "startsAt", ("minutes", leadMinutes), ("until", until)) with { Overridable = true }];
    }

    private static BookingTerms? Terms(InstrumentRules instrument, Instant startsAt, RuleAudience who) => instrument.RulesFor(who, instrument.DateOf(startsAt));
}
