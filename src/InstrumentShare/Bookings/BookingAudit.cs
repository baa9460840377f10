using System.Text.Json;
using InstrumentShare.Access;
using InstrumentShare.Catalog;
using InstrumentShare.Kernel;
using InstrumentShare.Persistence;
using NodaTime;
using Npgsql;
using NpgsqlTypes;

namespace InstrumentShare.Bookings;

/// <summary>Keeps who overrode which rules and why, in the transaction of the booking.</summary>
internal static class BookingAudit
{
    public static async Task OverrideAsync(NpgsqlConnection connection, Caller caller, Booking booking, InstrumentRules instrument, IReadOnlyList<Problem> overridden, Instant now, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand("""
            INSERT INTO audit_entries (id, occurred_at, person_id, actor, action, subject_kind, subject_id, institution_id, reason, after)
            VALUES ($1, $2, $3, $4, 'booking.override', 'booking', $5, $6, $7, $8)
            """, connection);
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = Guid.CreateVersion7() });
        command.Parameters.Add(new NpgsqlParameter<DateTime> { TypedValue = now.ToDateTimeUtc() });
        command.Parameters.Add(new NpgsqlParameter { NpgsqlDbType = NpgsqlDbType.Uuid, Value = (object?)caller.PersonId?.Value ?? DBNull.Value });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = caller.Name });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = booking.Id.Value.ToString() });
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = instrument.InstitutionId.Value });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = booking.OverrideReason! });
        command.Parameters.Add(new NpgsqlParameter { NpgsqlDbType = NpgsqlDbType.Jsonb, Value = After(overridden) });
        await command.ExecuteNonQueryAsync(cancel);
    }

    public static string After(IReadOnlyList<Problem> overridden) => JsonSerializer.Serialize(new { overridden = overridden.Select(p => p.Code) }, Json.Options);
}
