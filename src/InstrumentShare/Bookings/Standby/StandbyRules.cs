using InstrumentShare.Kernel;
using NodaTime;

namespace InstrumentShare.Bookings.Standby;

/// <param name="Standing">How long an offer stands.</param>
/// <param name="Least">The shortest time to think.</param>
/// <param name="Before">How long before the start an offer is answered at the latest.</param>
public readonly record struct OfferTerms(Duration Standing, Duration Least, Duration Before);

/// <summary>Who may wait for what, which free time suits them, and how long it is offered.</summary>
public static class StandbyRules
{
    /// <summary>No window is longer.</summary>
    public static readonly Duration LongestWindow = Duration.FromDays(31);

    /// <summary>What is wrong with a window by itself: an end after its start and at most 31 days, a length of at least a minute that fits in it.</summary>
    public static List<Problem> Window(WantedTime window, int? minutes)
    {
        if (window.EndsAt <= window.StartsAt) return [Problem.Invalid("booking.end-before-start", "endsAt", ("startsAt", window.StartsAt), ("endsAt", window.EndsAt))];
        var length = window.EndsAt - window.StartsAt;
        if (length > LongestWindow) return [Problem.Invalid("standby.window-too-long", "endsAt", ("days", (int)LongestWindow.TotalDays))];
        if (minutes is { } wanted && (wanted < 1 || Duration.FromMinutes(wanted) > length)) return [Problem.Invalid("standby.length", "minutes", ("minutes", wanted), ("most", (long)length.TotalMinutes))];
        if (minutes is null && length != Duration.FromMinutes((long)length.TotalMinutes)) return [Problem.Invalid("standby.whole-minutes", "endsAt")];
        return [];
    }

    /// <summary>What stands against one more entry: three of one person and 200 of an instrument unless the settings say otherwise.</summary>
    public static List<Problem> Count(int ofPerson, int perPerson, int ofInstrument, int perInstrument)
    {
        if (ofPerson >= perPerson) return [Problem.Refused("standby.limit", null, ("max", perPerson))];
        return ofInstrument >= perInstrument ? [Problem.Refused("standby.full", null, ("max", perInstrument))] : [];
    }

    /// <summary>
    /// The times within the window, ascending, that are free, with all that is taken along, and satisfy every rule. A fixed time is that one only; of an instrument
    /// that is booked in blocks they are the whole blocks. The gates are not asked.
    /// </summary>
    public static IEnumerable<TimeSlot> Fitting(FreeSlots free, TimeSlot window, Duration length)
    {
        if (window.Length == length)
            return free.FreeUnit(window) is not null && free.Along?.PlanAt(window).IsFree != false && BookingRules.Judge(free.Instrument, WantedTime.Of(window), free.Booker, free.Around, free.Now).Count == 0 ? [window] : [];
        return free.Starting(window, length).Where(s => s.EndsAt <= window.EndsAt);
    }

    /// <summary>
    /// Until when an offer made now is to be answered: after the time it stands, counted from the end of quiet hours; yet half of
    /// what is left until the last moment, so that the next in the line can be asked too, but no less than the least.
    /// </summary>
    /// <param name="leadMinutes">How long before its start the instrument's rules want a time booked.</param>
    /// <param name="quietUntil">The end of the reader's quiet hours; null outside of them.</param>
    /// <returns>Whole seconds; null when there is no time left to ask anybody.</returns>
    public static Instant? AnswerBy(Instant now, Instant startsAt, int leadMinutes, Instant? quietUntil, OfferTerms terms)
    {
        var last = startsAt - Duration.Max(Duration.FromMinutes(leadMinutes), terms.Before);
        var half = now + Duration.Max((last - now) / 2, terms.Least);
        var by = Instant.Min((quietUntil ?? now) + terms.Standing, half);
        return by <= last ? Instant.FromUnixTimeSeconds(by.ToUnixTimeSeconds()) : null;
    }
}
