using InstrumentShare.Catalog;
using NodaTime;

namespace InstrumentShare.Bookings.AccessNotes;

/// <summary>Who is told how to connect, and until when.</summary>
public static class AccessNoteRules
{
    /// <summary>In characters.</summary>
    public const int MaxText = 4000;

    /// <summary>
    /// Whether a booking lets its holder read how to connect: it is of the remote mode and confirmed, in use or completed, and its
    /// end with the grace is not yet past. Nobody else reads it by a booking.
    /// </summary>
    /// <param name="grace">How long after the end it may still be read; the end of that time is past already.</param>
    public static bool MayRead(ServiceMode mode, BookingStatus status, Instant endsAt, bool isHolder, Instant now, Duration grace) =>
        isHolder && mode == ServiceMode.Remote && status is (BookingStatus.Confirmed or BookingStatus.InUse or BookingStatus.Completed) && now < endsAt + grace;
}
