using InstrumentShare.Bookings;
using InstrumentShare.Bookings.Companions;
using InstrumentShare.Catalog;
using InstrumentShare.Kernel;
using InstrumentShare.Persistence;
using NodaTime;
using Npgsql;

namespace InstrumentShare.Usage;

/// <summary>A booking with its use, or a use without a booking, as who looks after the instrument sees it.</summary>
public sealed record DeskRow(
    UsagePlace Instrument, DateTimeZone Zone, int Unit, Guid? BookingId, BookingStatus? Status, Instant? StartsAt, Instant? EndsAt, UsagePerson Person, string? InstitutionName, string? InstitutionNameEn,
    ServiceMode ServiceMode, string Purpose, Guid? UsageId, UsageStatus? UsageStatus, Instant? UsedFrom, Instant? UsedTo, UsageProblem? Problem, Guid OwnerId, string OwnerRegion,
    IReadOnlyList<string> Verdicts, string? ExcuseReason, Guid? MainId, IReadOnlyList<AlongName> Along)
{
    public Access.Scope Scope => new(Instrument.Id, OwnerId, Region: new Region(OwnerRegion));

    internal const string Columns = $"""
        i.id, i.name, i.name_en, i.time_zone, coalesce(b.unit, r.unit), b.id, b.status, b.starts_at, b.ends_at, p.id, p.name, n.name, n.name_en, coalesce(b.service_mode, r.service_mode),
        coalesce(b.purpose, r.purpose), r.id, r.status, r.started_at, r.ended_at, r.problem, o.id, o.region, v.found, v.excuse_reason, b.main_id, {AlongName.Column}
        """;

    internal const string FromBookings = """
        FROM bookings b
        JOIN instruments i ON i.id = b.instrument_id
        JOIN institutions o ON o.id = i.institution_id
        JOIN people p ON p.id = b.person_id
        LEFT JOIN institutions n ON n.id = b.institution_id
        LEFT JOIN usage_records r ON r.instrument_id = b.instrument_id AND r.booking_id = b.id AND r.is_current
        LEFT JOIN booking_verdicts v ON v.instrument_id = b.instrument_id AND v.booking_id = b.id AND v.superseded_by IS NULL
        """;

    internal const string FromUses = """
        FROM usage_records r
        JOIN instruments i ON i.id = r.instrument_id
        JOIN institutions o ON o.id = i.institution_id
        JOIN people p ON p.id = r.person_id
        LEFT JOIN institutions n ON n.id = r.institution_id
        LEFT JOIN bookings b ON false
        LEFT JOIN booking_verdicts v ON false
        """;

    internal static DeskRow Read(NpgsqlDataReader r) => new(
        new UsagePlace(r.GetGuid(0), r.GetString(1), r.GetString(2)), DateTimeZoneProviders.Tzdb[r.GetString(3)], r.GetInt16(4), IdAt(r, 5), r.IsDBNull(6) ? null : Word.Parse<BookingStatus>(r.GetString(6)),
        At(r, 7), At(r, 8), new UsagePerson(r.GetGuid(9), r.GetString(10)), r.IsDBNull(11) ? null : r.GetString(11), r.IsDBNull(12) ? null : r.GetString(12), Word.Parse<ServiceMode>(r.GetString(13)),
        r.GetString(14), IdAt(r, 15), r.IsDBNull(16) ? null : Word.Parse<UsageStatus>(r.GetString(16)), At(r, 17), At(r, 18), r.IsDBNull(19) ? null : Word.Parse<UsageProblem>(r.GetString(19)),
        r.GetGuid(20), r.GetString(21), r.IsDBNull(22) ? [] : r.GetFieldValue<string[]>(22), r.IsDBNull(23) ? null : r.GetString(23), IdAt(r, 24), AlongName.Read(r, 25));

    private static Guid? IdAt(NpgsqlDataReader r, int column) => r.IsDBNull(column) ? null : r.GetGuid(column);

    private static Instant? At(NpgsqlDataReader r, int column) => r.IsDBNull(column) ? null : Instant.FromDateTimeUtc(r.GetFieldValue<DateTime>(column));
}
