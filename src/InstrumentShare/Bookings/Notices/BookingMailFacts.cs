using System.Text.Json;
using InstrumentShare.Notifications;
using InstrumentShare.Persistence;
using Microsoft.EntityFrameworkCore;
using NodaTime;

namespace InstrumentShare.Bookings.Notices;

/// <summary>
/// Looks at the bookings once more before their mail leaves: the place for the calendar entry, and whether a notice still has its
/// reason. What became of a booking (confirmed, moved, cancelled) is history and always told.
/// </summary>
public sealed class BookingMailFacts(IClock clock) : IMailFacts
{
    private sealed record Named(Guid? BookingId, Times? Slot, IReadOnlyList<Date>? Dates)
    {
        /// <summary>The booking, or the first one of a series.</summary>
        public Guid? First => BookingId ?? (Dates is [var first, ..] ? first.BookingId : null);
    }

    private sealed record Date(Guid BookingId);

    private sealed record Times(Instant StartsAt, Instant EndsAt);

    private sealed record Row(Guid Id, string Status, DateTime StartsAt, DateTime EndsAt, string Address, string Institution);

    public async Task<IReadOnlyDictionary<Guid, MailFact>> OfAsync(AppDb db, IReadOnlyCollection<OutboxMessage> messages, CancellationToken cancel)
    {
        var named = messages.Where(m => m.Kind.StartsWith("booking.", StringComparison.Ordinal) || m.Kind.StartsWith("booking-series.", StringComparison.Ordinal))
            .Select(m => (Message: m, Data: JsonSerializer.Deserialize<Named>(m.Data, Json.Options)!)).Where(m => m.Data.First is not null).ToList();
        if (named.Count == 0) return new Dictionary<Guid, MailFact>();
        var ids = named.Select(m => m.Data.First!.Value).Distinct().ToArray();
        var rows = await db.Database.SqlQuery<Row>($"""
            SELECT b.id AS "Id", b.status AS "Status", b.starts_at AS "StartsAt", b.ends_at AS "EndsAt", i.address AS "Address", n.name AS "Institution"
            FROM bookings b JOIN instruments i ON i.id = b.instrument_id JOIN institutions n ON n.id = i.institution_id WHERE b.id = ANY({ids})
            """).ToDictionaryAsync(r => r.Id, cancel);
        var now = clock.GetCurrentInstant();
        return named.ToDictionary(m => m.Message.Id, m => FactOf(m.Message.Kind, m.Data, rows.GetValueOrDefault(m.Data.First!.Value), now));
    }

    private static MailFact FactOf(string kind, Named told, Row? row, Instant now)
    {
        if (row is null) return new MailFact(IsOvertaken: NoticeRules.IsNotice(kind), string.Empty);
        var (starts, ends) = (Instant.FromDateTimeUtc(row.StartsAt), Instant.FromDateTimeUtc(row.EndsAt));
        var overtaken = NoticeRules.IsOvertaken(kind, Word.Parse<BookingStatus>(row.Status), starts, ends, told.Slot?.StartsAt, told.Slot?.EndsAt, now);
        return new MailFact(overtaken, row.Address.Length > 0 ? row.Address : row.Institution);
    }
}
