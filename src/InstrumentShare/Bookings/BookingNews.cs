using System.Text.Json;
using InstrumentShare.Access;
using InstrumentShare.Catalog;
using InstrumentShare.Kernel;
using InstrumentShare.Persistence;
using InstrumentShare.Web;
using NodaTime;

namespace InstrumentShare.Bookings;

/// <summary>What is told when a booking changes: the event's payload and the values of the mail, both as JSON.</summary>
public sealed class BookingNews(WordCatalog words)
{
    public sealed record Recipient(PersonId PersonId, string Name, string? Email, string Language);

    private sealed record EventPayload(BookingStatus Status, Instant StartsAt, Instant EndsAt, int Unit);

    private sealed record MailData(string Person, string Instrument, string Slot, string Reason, string Path, Guid BookingId, Instant StartsAt, Instant EndsAt, string Zone);

    /// <summary>The event's and the mail template's name for what a booking has become.</summary>
    public static string NameOf(BookingStatus status) => "booking." + Word.Of(status);

    public string Payload(BookingStatus status, TimeSlot slot, int unit) => JsonSerializer.Serialize(new EventPayload(status, slot.StartsAt, slot.EndsAt, unit), Json.Options);

    public string Mail(Recipient to, InstrumentRules instrument, BookingId id, TimeSlot slot, string? reason = null)
    {
        var text = new Words(words, to.Language);
        return JsonSerializer.Serialize(
            new MailData(to.Name, text.Name(instrument.Name, instrument.NameEn), text.Slot(slot.StartsAt, slot.EndsAt, instrument.Zone), reason ?? "—",
                "/bookings/" + id.Value, id.Value, slot.StartsAt, slot.EndsAt, instrument.Zone.Id),
            Json.Options);
    }

    /// <summary>Adds event and mail to the context, to be saved with the change itself.</summary>
    public void Add(AppDb db, string name, Booking booking, InstrumentRules instrument, Recipient to, Instant now, string? reason = null)
    {
        db.Add(new EventRecord
        {
            Name = name, OccurredAt = now, SubjectId = booking.Id.Value, InstrumentId = booking.InstrumentId.Value, InstitutionId = instrument.InstitutionId.Value,
            PersonId = booking.PersonId.Value, Payload = Payload(booking.Status, booking.Slot, booking.Unit),
        });
        if (to.Email is null) return;
        db.Add(new OutboxMessage
        {
            Kind = name, Recipient = to.Email, PersonId = to.PersonId.Value, Language = to.Language, CreatedAt = now, NextAttemptAt = now,
            Data = Mail(to, instrument, booking.Id, booking.Slot, reason),
        });
    }
}
