using NodaTime;

namespace InstrumentShare.Bookings.Notices;

/// <summary>Mail about a booking that has its reason only for a time.</summary>
public static class NoticeRules
{
    public const string ToDecide = "booking.to-decide";
    public const string StillToDecide = "booking.still-to-decide";
    public const string Reminder = "booking.reminder";
    public const string Ending = "booking.ending";

    public static bool IsNotice(string kind) => kind is ToDecide or StillToDecide or Reminder or Ending;

    /// <summary>
    /// Whether a notice has lost its reason: a request has been decided on; what it reminds of was cancelled, moved or has begun;
    /// what ends was lengthened, given back or is over.
    /// </summary>
    /// <param name="toldStart">The start that the notice names.</param>
    /// <param name="toldEnd">The end that it names.</param>
    public static bool IsOvertaken(string kind, BookingStatus status, Instant startsAt, Instant endsAt, Instant? toldStart, Instant? toldEnd, Instant now) => kind switch
    {
        ToDecide or StillToDecide => status != BookingStatus.Requested || startsAt <= now,
        Reminder => status != BookingStatus.Confirmed || startsAt != toldStart || startsAt <= now,
        Ending => status is not (BookingStatus.InUse or BookingStatus.Confirmed) || endsAt != toldEnd || endsAt <= now,
        _ => false,
    };
}
