using System.Text.Json;
using InstrumentShare.Bookings.AccessNotes;
using InstrumentShare.Catalog;
using InstrumentShare.Notifications;
using InstrumentShare.Persistence;
using InstrumentShare.Web;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using NodaTime;

namespace InstrumentShare.Bookings.Notices;

/// <summary>
/// Looks at the bookings once more before their mail leaves: the place for the calendar entry, whether a notice still has its
/// reason, and in a confirmation how its holder connects to an instrument used from afar. What became of a booking (confirmed, moved, cancelled) is history and always told.
/// </summary>
public sealed class BookingMailFacts(AccessNoteSeal seal, WordCatalog catalog, IOptions<BookingOptions> options, IClock clock) : IMailFacts
{
    private static readonly string[] Confirmations = ["booking.confirmed", "booking-series.created", "booking-series.confirmed"];

    private sealed record Named(Guid? BookingId, Times? Slot, IReadOnlyList<Date>? Dates)
    {
        /// <summary>The booking, or the first one of a series.</summary>
        public Guid? First => BookingId ?? (Dates is [var first, ..] ? first.BookingId : null);
    }

    private sealed record Date(Guid BookingId);

    private sealed record Times(Instant StartsAt, Instant EndsAt);

    private sealed record Row(Guid Id, string Status, DateTime StartsAt, DateTime EndsAt, string Address, string Institution, string ServiceMode, Guid PersonId, string? SealedAccess);

    public async Task<IReadOnlyDictionary<Guid, MailFact>> OfAsync(AppDb db, IReadOnlyCollection<OutboxMessage> messages, CancellationToken cancel)
    {
        var named = messages.Where(m => m.Kind.StartsWith("booking.", StringComparison.Ordinal) || m.Kind.StartsWith("booking-series.", StringComparison.Ordinal))
            .Select(m => (Message: m, Data: JsonSerializer.Deserialize<Named>(m.Data, Json.Options)!)).Where(m => m.Data.First is not null).ToList();
        if (named.Count == 0) return new Dictionary<Guid, MailFact>();
        var ids = named.Select(m => m.Data.First!.Value).Distinct().ToArray();
        var rows = await db.Database.SqlQuery<Row>($"""
            SELECT b.id AS "Id", b.status AS "Status", b.starts_at AS "StartsAt", b.ends_at AS "EndsAt", i.address AS "Address", n.name AS "Institution", b.service_mode AS "ServiceMode", b.person_id AS "PersonId", a.sealed_text AS "SealedAccess"
            FROM bookings b JOIN instruments i ON i.id = b.instrument_id JOIN institutions n ON n.id = i.institution_id
            LEFT JOIN LATERAL (SELECT x.sealed_text FROM instrument_access_notes x WHERE b.service_mode = 'remote' AND x.instrument_id = b.instrument_id ORDER BY x.number DESC LIMIT 1) a ON true
            WHERE b.id = ANY({ids})
            """).ToDictionaryAsync(r => r.Id, cancel);
        var now = clock.GetCurrentInstant();
        return named.ToDictionary(m => m.Message.Id, m => FactOf(m.Message, m.Data, rows.GetValueOrDefault(m.Data.First!.Value), now));
    }

    private MailFact FactOf(OutboxMessage message, Named told, Row? row, Instant now)
    {
        if (row is null) return new MailFact(IsOvertaken: NoticeRules.IsNotice(message.Kind), string.Empty);
        var (status, starts, ends) = (Word.Parse<BookingStatus>(row.Status), Instant.FromDateTimeUtc(row.StartsAt), Instant.FromDateTimeUtc(row.EndsAt));
        var overtaken = NoticeRules.IsOvertaken(message.Kind, status, starts, ends, told.Slot?.StartsAt, told.Slot?.EndsAt, now);
        return new MailFact(overtaken, row.Address.Length > 0 ? row.Address : row.Institution, AccessOf(message, row, status, ends, now));
    }

    private string? AccessOf(OutboxMessage message, Row row, BookingStatus status, Instant endsAt, Instant now)
    {
        var mayRead = AccessNoteRules.MayRead(Word.Parse<ServiceMode>(row.ServiceMode), status, endsAt, message.PersonId == row.PersonId, now, Duration.FromMinutes(options.Value.AccessMinutesAfter));
        return mayRead && Confirmations.Contains(message.Kind) && seal.Open(row.SealedAccess) is { } notes ? new Words(catalog, message.Language)["mail.access-notes", ("notes", notes)] : null;
    }
}
