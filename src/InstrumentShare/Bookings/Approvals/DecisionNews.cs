using InstrumentShare.Persistence;
using NodaTime;

namespace InstrumentShare.Bookings.Approvals;

internal static class DecisionNews
{
    /// <summary>What a decision is told as: the holder hears of the outcome, programs of each step; the next to be asked hear from <see cref="Notices.TellDeciders"/>.</summary>
    public static void AddDecision(this AppDb db, Booking booking, BookingNews.Place place, BookingNews.Recipient holder, Instant now, string? reason)
    {
        if (booking.ApprovalBy is not null) db.AddDecisionEvent(booking, place, now);
        else db.AddBookingNews(BookingNews.NameOf(booking.Status), booking, place, holder, now, reason);
    }

    /// <summary>The decision as programs hear of it, without mail to the holder.</summary>
    public static void AddDecisionEvent(this AppDb db, Booking booking, BookingNews.Place place, Instant now)
    {
        if (booking.ApprovalBy is { } next) db.AddEvent("booking.step-approved", now, booking.Id.Value, place.Id.Value, place.InstitutionId.Value, booking.PersonId.Value, new { next });
        else db.AddBookingEvent(BookingNews.NameOf(booking.Status), booking, place, now);
    }
}
