using InstrumentShare.Catalog;
using InstrumentShare.Kernel;
using NodaTime;

namespace InstrumentShare.Bookings;

/// <summary>Until when a holder may still give back or move their time. A move has the notice of a cancellation where the rules say no other.</summary>
public static class CancellationRules
{
    /// <summary>What stands against giving the time back. After the notice nothing does where that is allowed as late, or the instrument is not to be had anyway.</summary>
    public static List<Problem> Judge(InstrumentRules instrument, Booking booking, Instant now)
    {
        var terms = Terms(instrument, booking.StartsAt, booking.Audience);
        return Judge(booking, "booking.cancel-lead", terms is { LateCancel: true } || IsDown(instrument, booking.Slot) ? 0 : terms?.CancelLeadMinutes ?? 0, now);
    }

    /// <summary>What stands against moving it.</summary>
    public static List<Problem> JudgeMove(InstrumentRules instrument, Booking booking, Instant now) =>
        Judge(booking, "booking.change-lead", Terms(instrument, booking.StartsAt, booking.Audience)?.ChangeLeadMinutes ?? 0, now);

    /// <summary>The last moment to give a time back.</summary>
    public static Instant Until(InstrumentRules instrument, Instant startsAt, RuleAudience who) => startsAt - Duration.FromMinutes(Terms(instrument, startsAt, who)?.CancelLeadMinutes ?? 0);

    /// <summary>
    /// How many minutes, a begun one counted, its holder gives a confirmed time back later than that; null while they are not late. A
    /// request is never late, nor is time in which the instrument is closed or out of order. What staff give back is not asked here.
    /// </summary>
    public static int? MinutesLate(InstrumentRules instrument, Booking booking, Instant now)
    {
        var until = Until(instrument, booking.StartsAt, booking.Audience);
        return booking.Status == BookingStatus.Confirmed && now > until && !IsDown(instrument, booking.Slot) ? (int)Math.Ceiling((now - until).TotalSeconds / 60) : null;
    }

    private static List<Problem> Judge(Booking booking, string code, int leadMinutes, Instant now)
    {
        if (booking.StartsAt <= now) return [Problem.Refused("booking.started", "startsAt", ("startsAt", booking.StartsAt))];
        // A request nobody has answered yet can be withdrawn at any time before it begins.
        if (booking.Status == BookingStatus.Requested) return [];
        var until = booking.StartsAt - Duration.FromMinutes(leadMinutes);
        return now <= until ? [] : [Problem.Refused(code, "startsAt", ("minutes", leadMinutes), ("until", until)) with { Overridable = true }];
    }

    private static bool IsDown(InstrumentRules instrument, TimeSlot slot) =>
        instrument.Status is InstrumentStatus.AwaitingRepair or InstrumentStatus.ToBeScrapped || instrument.ClosuresOver(slot).Any();

    private static BookingTerms? Terms(InstrumentRules instrument, Instant startsAt, RuleAudience who) => instrument.RulesFor(who, instrument.DateOf(startsAt));
}
