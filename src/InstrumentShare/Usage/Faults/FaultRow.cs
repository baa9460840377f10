using System.Text.Json.Serialization;
using InstrumentShare.Access;
using InstrumentShare.Kernel;
using InstrumentShare.Persistence;
using NodaTime;
using Npgsql;

namespace InstrumentShare.Usage.Faults;

/// <summary>A fault as it is read, with names.</summary>
/// <param name="Notice">What everyone reads of it.</param>
/// <param name="Photos">How many pictures it has.</param>
public sealed record FaultRow(
    Guid Id, UsagePlace Instrument, UsagePerson ReportedBy, Instant ReportedAt, FaultSeverity Severity, string Text, Guid? BookingId, string? Kiosk, FaultStatus Status, Instant? AcknowledgedAt, string? Notice,
    Instant? ResolvedAt, string? Resolution, Guid? ClosureId, int Photos, [property: JsonIgnore] string Zone, [property: JsonIgnore] Scope Scope)
{
    internal const string Columns = """
        f.id, f.instrument_id, i.name, i.name_en, f.reported_by, p.name, f.reported_at, f.severity, f.text, f.booking_id, k.name, f.status, f.acknowledged_at, f.notice, f.resolved_at, f.resolution, f.closure_id,
        i.time_zone, i.institution_id, o.region, (SELECT count(*)::integer FROM fault_photos x WHERE x.instrument_id = f.instrument_id AND x.fault_id = f.id)
        """;

    internal const string From = """
        FROM faults f
        JOIN instruments i ON i.id = f.instrument_id
        JOIN institutions o ON o.id = i.institution_id
        JOIN people p ON p.id = f.reported_by
        LEFT JOIN kiosks k ON k.id = f.kiosk_id
        """;

    internal static FaultRow Read(NpgsqlDataReader r) => new(
        r.GetGuid(0), new UsagePlace(r.GetGuid(1), r.GetString(2), r.GetString(3)), new UsagePerson(r.GetGuid(4), r.GetString(5)), At(r, 6)!.Value, Word.Parse<FaultSeverity>(r.GetString(7)), r.GetString(8),
        IdAt(r, 9), TextAt(r, 10), Word.Parse<FaultStatus>(r.GetString(11)), At(r, 12), TextAt(r, 13), At(r, 14), TextAt(r, 15), IdAt(r, 16), r.GetInt32(20), r.GetString(17),
        new Scope(r.GetGuid(1), r.GetGuid(18), Region: new Region(r.GetString(19))));

    private static string? TextAt(NpgsqlDataReader r, int column) => r.IsDBNull(column) ? null : r.GetString(column);

    private static Guid? IdAt(NpgsqlDataReader r, int column) => r.IsDBNull(column) ? null : r.GetGuid(column);

    private static Instant? At(NpgsqlDataReader r, int column) => r.IsDBNull(column) ? null : Instant.FromDateTimeUtc(r.GetFieldValue<DateTime>(column));
}

/// <summary>An acknowledged fault as everyone sees it.</summary>
public sealed record StandingFault([property: JsonIgnore] Guid InstrumentId, FaultSeverity Severity, string Notice, Instant AcknowledgedAt);
