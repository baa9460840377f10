using InstrumentShare.Access;
using InstrumentShare.Catalog;
using InstrumentShare.Kernel;
using NodaTime;
using Npgsql;

namespace InstrumentShare.Bookings;

/// <summary>What decisions read of the bookings that stand, on the connection of the write they precede.</summary>
internal static class BookingReads
{
    /// <summary>The units held anywhere in the range.</summary>
    public static async Task<List<HeldUnit>> HeldAsync(NpgsqlConnection connection, InstrumentId instrument, TimeSlot range, BookingId? except, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand("""
            SELECT unit, lower(held), upper(held) FROM bookings
            WHERE instrument_id = $1 AND held && tstzrange($2, $3) AND status IN ('requested', 'confirmed', 'inUse') AND id <> $4
            """, connection);
        Add(command, instrument.Value, range, except);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var held = new List<HeldUnit>();
        while (await reader.ReadAsync(cancel)) held.Add(new HeldUnit(reader.GetInt16(0), Slot(reader, 1)));
        return held;
    }

    /// <summary>The slots a person has in the range, on any instrument; used ones count, cancelled and refused ones do not.</summary>
    public static async Task<List<TimeSlot>> OwnAsync(NpgsqlConnection connection, PersonId person, TimeSlot range, BookingId? except, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand("""
            SELECT starts_at, ends_at FROM bookings
            WHERE person_id = $1 AND starts_at < $3 AND starts_at > $2 - interval '31 days' AND ends_at > $2
              AND status IN ('requested', 'confirmed', 'inUse', 'completed') AND id <> $4
            """, connection);
        Add(command, person.Value, range, except);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var own = new List<TimeSlot>();
        while (await reader.ReadAsync(cancel)) own.Add(Slot(reader, 0));
        return own;
    }

    /// <summary>
    /// Makes this transaction the only one that counts this person's time. In a statement of its own, because the counting
    /// statement that follows must begin after the lock is had, to see what the one before has written.
    /// </summary>
    public static async Task LockPersonAsync(NpgsqlConnection connection, PersonId person, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand("SELECT pg_advisory_xact_lock(hashtextextended('person-time:' || $1::text, 0))", connection);
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = person.Value });
        await command.ExecuteNonQueryAsync(cancel);
    }

    public static async Task<long> RulesVersionAsync(NpgsqlConnection connection, InstrumentId instrument, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand("SELECT rules_version FROM instruments WHERE id = $1", connection);
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = instrument.Value });
        return await command.ExecuteScalarAsync(cancel) as long? ?? 0;
    }

    private static void Add(NpgsqlCommand command, Guid id, TimeSlot range, BookingId? except)
    {
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = id });
        command.Parameters.Add(new NpgsqlParameter<DateTime> { TypedValue = range.StartsAt.ToDateTimeUtc() });
        command.Parameters.Add(new NpgsqlParameter<DateTime> { TypedValue = range.EndsAt.ToDateTimeUtc() });
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = except?.Value ?? Guid.Empty });
    }

    private static TimeSlot Slot(NpgsqlDataReader reader, int column) => new(
        Instant.FromDateTimeUtc(reader.GetFieldValue<DateTime>(column)), Instant.FromDateTimeUtc(reader.GetFieldValue<DateTime>(column + 1)));
}
