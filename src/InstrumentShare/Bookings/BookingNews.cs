using System.Text.Json;
using InstrumentShare.Access;
using InstrumentShare.Catalog;
using InstrumentShare.Kernel;
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

    private sealed record MailData(string Person, string Instrument, string InstrumentEn, MailSlot Slot, string TimeZone, string? Reason, Guid BookingId);

    /// <summary>The event's and the mail template's name for what a booking has become.</summary>
    public static string NameOf(BookingStatus status) => "booking." + Word.Of(status);

    public static string Payload(BookingStatus status, TimeSlot slot, int unit) => JsonSerializer.Serialize(new EventPayload(status, slot.StartsAt, slot.EndsAt, unit), Json.Options);

    public static string Mail(Recipient to, Place place, BookingId id, TimeSlot slot, string? reason = null) => JsonSerializer.Serialize(
        new MailData(to.Name, place.Name, place.NameEn, new MailSlot(slot.StartsAt, slot.EndsAt), place.TimeZone, reason, id.Value), Json.Options);

    /// <summary>Adds event and mail to the context, to be saved with the change itself.</summary>
    public static void AddBookingNews(this AppDb db, string name, Booking booking, Place place, Recipient to, Instant now, string? reason = null)
    {
        db.Add(new EventRecord
        {
            Name = name, OccurredAt = now, SubjectId = booking.Id.Value, InstrumentId = place.Id.Value, InstitutionId = place.InstitutionId.Value,
            PersonId = booking.PersonId.Value, Payload = Payload(booking.Status, booking.Slot, booking.Unit),
        });
        if (string.IsNullOrEmpty(to.Email)) return;
        db.Add(new OutboxMessage
        {
            Kind = name, Recipient = to.Email, PersonId = to.PersonId.Value, Language = to.Language, CreatedAt = now, NextAttemptAt = now,
            Data = Mail(to, place, booking.Id, booking.Slot, reason),
        });
    }
}
