using System.Text.Json;
using InstrumentShare.Access;
using InstrumentShare.Bookings.Calendars;
using InstrumentShare.Catalog;
using InstrumentShare.Kernel;
using InstrumentShare.Notifications;
using InstrumentShare.Persistence;
using NodaTime;

namespace InstrumentShare.Bookings;

/// <summary>What is told when a booking changes: the event's payload and the values of the mail, both as JSON.</summary>
public static class BookingNews
{
    public sealed record Recipient(PersonId PersonId, string Name, string? Email, string Language);

    /// <summary>The instrument as mail names it.</summary>
    public sealed record Place(InstrumentId Id, InstitutionId InstitutionId, string Name, string NameEn, string TimeZone)
    {
        public static Place Of(InstrumentRules instrument) => new(instrument.Id, instrument.InstitutionId, instrument.Name, instrument.NameEn, instrument.Zone.Id);
    }

    private sealed record EventPayload(BookingStatus Status, Instant StartsAt, Instant EndsAt, int Unit);

    private sealed record MailSlot(Instant StartsAt, Instant EndsAt);

    private sealed record MailData(string Person, string Instrument, string InstrumentEn, MailSlot Slot, string TimeZone, string? Reason, Guid BookingId, CalendarNote? Calendar, string? Requester = null);

    /// <summary>The event's and the mail template's name for what a booking has become.</summary>
    public static string NameOf(BookingStatus status) => "booking." + Word.Of(status);

    public static string Payload(BookingStatus status, TimeSlot slot, int unit) => JsonSerializer.Serialize(new EventPayload(status, slot.StartsAt, slot.EndsAt, unit), Json.Options);

    /// <summary>The mail of a booking just made.</summary>
    public static string Mail(Recipient to, Place place, Booking booking) => Mail(to, place, booking, booking.CalendarNote(), null, null);

    private static string Mail(Recipient to, Place place, Booking booking, CalendarNote? calendar, string? reason, string? requester) => JsonSerializer.Serialize(
        new MailData(to.Name, place.Name, place.NameEn, new MailSlot(booking.StartsAt, booking.EndsAt), place.TimeZone, reason, booking.Id.Value, calendar, requester), Json.Options);

    /// <summary>Adds the event alone, where one mail tells of many bookings.</summary>
    public static void AddBookingEvent(this AppDb db, string name, Booking booking, Place place, Instant now) => db.Add(new EventRecord
    {
        Name = name, OccurredAt = now, SubjectId = booking.Id.Value, InstrumentId = place.Id.Value, InstitutionId = place.InstitutionId.Value,
        PersonId = booking.PersonId.Value, Payload = Payload(booking.Status, booking.Slot, booking.Unit),
    });

    /// <summary>Adds event and mail to the context, to be saved with the change itself.</summary>
    public static void AddBookingNews(this AppDb db, string name, Booking booking, Place place, Recipient to, Instant now, string? reason = null)
    {
        db.AddBookingEvent(name, booking, place, now);
        db.AddBookingMail(name, booking, place, to, now, reason);
    }

    /// <summary>Adds mail about a booking. It carries the calendar entry as it stands now, to its holder and when it is news of the entry.</summary>
    /// <param name="requester">Whose booking it is, for mail to others.</param>
    public static void AddBookingMail(this AppDb db, string kind, Booking booking, Place place, Recipient to, Instant now, string? reason = null, string? requester = null)
    {
        if (string.IsNullOrEmpty(to.Email)) return;
        var calendar = requester is null && kind != Notices.NoticeRules.Ending ? booking.CalendarNote() : null;
        db.Add(new OutboxMessage
        {
            Kind = kind, Recipient = to.Email, PersonId = to.PersonId.Value, Language = to.Language, CreatedAt = now, NextAttemptAt = now,
            Data = Mail(to, place, booking, calendar, reason, requester),
        });
    }
}
