using InstrumentShare.Catalog;
using InstrumentShare.Kernel;
using NodaTime;

namespace InstrumentShare.Bookings;

/// <summary>Until when a holder may still give back or move their time. A move gives the old time back, so the same rule holds.</summary>
public static class CancellationRules
{
    public static List<Problem> Judge(InstrumentRules instrument, BookingStatus status, Instant startsAt, Instant now)
    {
        if (startsAt <= now) return [Problem.Refused("booking.started", "startsAt", ("startsAt", startsAt))];
        // A request nobody has answered yet can be withdrawn at any time before it begins.
        if (status == BookingStatus.Requested) return [];
        var until = Until(instrument, startsAt);
        return now <= until ? [] : [Problem.Refused("booking.cancel-lead", "startsAt", ("minutes", LeadMinutes(instrument, startsAt)), ("until", until)) with { Overridable = true }];
    }

    /// <summary>The last moment.</summary>
    public static Instant Until(InstrumentRules instrument, Instant startsAt) => startsAt - Duration.FromMinutes(LeadMinutes(instrument, startsAt));

    private static int LeadMinutes(InstrumentRules instrument, Instant startsAt) => instrument.RulesOn(instrument.DateOf(startsAt))?.CancelLeadMinutes ?? 0;
}
