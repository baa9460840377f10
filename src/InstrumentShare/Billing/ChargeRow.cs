using InstrumentShare.Access;
using InstrumentShare.Bookings;
using InstrumentShare.Catalog;
using InstrumentShare.Kernel;
using InstrumentShare.Persistence;
using InstrumentShare.Pricing;
using InstrumentShare.Usage;
using NodaTime;
using Npgsql;

namespace InstrumentShare.Billing;

/// <summary>A charge as it is read, with names.</summary>
public sealed record ChargeRow(
    Guid Id, ChargeKind Kind, Guid? ReversesId, Guid? ReversedById, Guid? UsageId, Guid? BookingId, UsagePlace Instrument, UsagePlace Institution, UsagePlace? UserInstitution, UsagePerson Person, UserClass UserClass,
    ServiceMode ServiceMode, ChargeStatus Status, Money Amount, LocalDate ServedOn, long Seconds, int Samples, IReadOnlyList<string> Tags, IReadOnlyList<string> Evidence, string? ClaimReference,
    string? InvoiceNumber, LocalDate? InvoicedOn, Guid? StatementId, string? Reason, Instant CreatedAt, Instant? IssuedAt, int Version, Guid? OrderId, bool IsDisputed)
{
    internal const string Columns = """
        r.id, r.kind, r.reverses_id, (SELECT x.id FROM charges x WHERE x.instrument_id = r.instrument_id AND x.reverses_id = r.id AND x.kind = 'reversal'), r.usage_id, r.booking_id,
        r.instrument_id, i.name, i.name_en, r.institution_id, o.name, o.name_en, r.user_institution_id, n.name, n.name_en, r.person_id, p.name, r.user_class, r.service_mode, r.status,
        r.amount_fen, r.amount_currency, r.served_on, r.seconds, r.samples, r.tags, r.evidence, r.claim_reference, r.invoice_number, r.invoiced_on, r.statement_id, r.reason, r.created_at, r.issued_at, r.version, r.order_id, r.is_disputed
        """;

    internal const string From = """
        FROM charges r
        JOIN instruments i ON i.id = r.instrument_id
        JOIN institutions o ON o.id = r.institution_id
        JOIN people p ON p.id = r.person_id
        LEFT JOIN institutions n ON n.id = r.user_institution_id
        """;

    internal static ChargeRow Read(NpgsqlDataReader r) => new(
        r.GetGuid(0), Word.Parse<ChargeKind>(r.GetString(1)), IdAt(r, 2), IdAt(r, 3), IdAt(r, 4), IdAt(r, 5), new UsagePlace(r.GetGuid(6), r.GetString(7), r.GetString(8)),
        new UsagePlace(r.GetGuid(9), r.GetString(10), r.GetString(11)), r.IsDBNull(12) ? null : new UsagePlace(r.GetGuid(12), r.GetString(13), r.GetString(14)), new UsagePerson(r.GetGuid(15), r.GetString(16)),
        Word.Parse<UserClass>(r.GetString(17)), Word.Parse<ServiceMode>(r.GetString(18)), Word.Parse<ChargeStatus>(r.GetString(19)), new Money(r.GetInt64(20), r.GetString(21)), On(r, 22)!.Value,
        r.GetInt64(23), r.GetInt32(24), r.GetFieldValue<string[]>(25), r.GetFieldValue<string[]>(26), TextAt(r, 27), TextAt(r, 28), On(r, 29), IdAt(r, 30), TextAt(r, 31), At(r, 32)!.Value, At(r, 33), r.GetInt32(34), IdAt(r, 35), r.GetBoolean(36));

    private static Guid? IdAt(NpgsqlDataReader r, int column) => r.IsDBNull(column) ? null : r.GetGuid(column);

    private static string? TextAt(NpgsqlDataReader r, int column) => r.IsDBNull(column) ? null : r.GetString(column);

    private static LocalDate? On(NpgsqlDataReader r, int column) => r.IsDBNull(column) ? null : LocalDate.FromDateOnly(r.GetFieldValue<DateOnly>(column));

    private static Instant? At(NpgsqlDataReader r, int column) => r.IsDBNull(column) ? null : Instant.FromDateTimeUtc(r.GetFieldValue<DateTime>(column));
}
