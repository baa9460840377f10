using InstrumentShare.Bookings;
using InstrumentShare.Catalog;
using InstrumentShare.Kernel;
using InstrumentShare.Persistence;
using NodaTime;
using Npgsql;

namespace InstrumentShare.Usage;

public sealed record UsagePlace(Guid Id, string Name, string NameEn);

public sealed record UsagePerson(Guid Id, string Name);

/// <summary>A usage record as it is read: with names, and the booked span beside the used one.</summary>
public sealed record UsageRow(
    Guid Id, UsagePlace Instrument, int Unit, Guid? BookingId, Instant? BookedStartsAt, Instant? BookedEndsAt, UsagePerson Person, UsagePlace? Institution, ServiceMode ServiceMode, string Purpose,
    UsageSource Source, UsageStatus Status, Instant StartedAt, Instant? EndedAt, long? Seconds, int Samples, string Feedback, string? Reason, UsageProblem? Problem, Guid? CorrectsId, bool IsCurrent,
    UsagePerson EnteredBy, Instant CreatedAt, string Zone, bool HasFeedback)
{
    internal const string Columns = """
        r.id, r.instrument_id, i.name, i.name_en, r.unit, r.booking_id, b.starts_at, b.ends_at, r.person_id, p.name, r.institution_id, n.name, n.name_en, r.service_mode, r.purpose,
        r.source, r.status, r.started_at, r.ended_at, r.samples, r.feedback, r.reason, r.problem, r.corrects_id, r.is_current, r.entered_by, e.name, r.created_at, i.time_zone,
        r.feedback <> '' OR EXISTS (SELECT 1 FROM usage_feedback f WHERE f.instrument_id = r.instrument_id AND f.usage_id = r.id)
        """;

    internal const string From = """
        FROM usage_records r
        JOIN instruments i ON i.id = r.instrument_id
        JOIN people p ON p.id = r.person_id
        JOIN people e ON e.id = r.entered_by
        LEFT JOIN institutions n ON n.id = r.institution_id
        LEFT JOIN bookings b ON b.instrument_id = r.instrument_id AND b.id = r.booking_id
        """;

    internal static UsageRow Read(NpgsqlDataReader r)
    {
        var (started, ended) = (At(r, 17)!.Value, At(r, 18));
        return new UsageRow(
            r.GetGuid(0), new UsagePlace(r.GetGuid(1), r.GetString(2), r.GetString(3)), r.GetInt16(4), IdAt(r, 5), At(r, 6), At(r, 7), new UsagePerson(r.GetGuid(8), r.GetString(9)),
            r.IsDBNull(10) ? null : new UsagePlace(r.GetGuid(10), r.GetString(11), r.GetString(12)), Word.Parse<ServiceMode>(r.GetString(13)), r.GetString(14),
            Word.Parse<UsageSource>(r.GetString(15)), Word.Parse<UsageStatus>(r.GetString(16)), started, ended, ended is { } end ? SecondsOf(started, end) : null,
            r.GetInt32(19), r.GetString(20), r.IsDBNull(21) ? null : r.GetString(21), r.IsDBNull(22) ? null : Word.Parse<UsageProblem>(r.GetString(22)), IdAt(r, 23), r.GetBoolean(24),
            new UsagePerson(r.GetGuid(25), r.GetString(26)), At(r, 27)!.Value, r.GetString(28), r.GetBoolean(29));
    }

    private static long SecondsOf(Instant start, Instant end) => end.ToUnixTimeSeconds() - start.ToUnixTimeSeconds();

    private static Guid? IdAt(NpgsqlDataReader r, int column) => r.IsDBNull(column) ? null : r.GetGuid(column);

    private static Instant? At(NpgsqlDataReader r, int column) => r.IsDBNull(column) ? null : Instant.FromDateTimeUtc(r.GetFieldValue<DateTime>(column));
}
