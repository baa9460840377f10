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
    public static async Task<List<HeldUnit>> HeldAsync(NpgsqlConnection connection, InstrumentId instrument, TimeSlot range, IReadOnlyList<BookingId> except, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand("""
            SELECT unit, lower(held), upper(held) FROM bookings
            WHERE instrument_id = $1 AND held && tstzrange($2, $3) AND status IN ('requested', 'confirmed', 'inUse') AND id <> ALL($4)
            """, connection);
        Add(command, instrument.Value, range, except);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var held = new List<HeldUnit>();
        while (await reader.ReadAsync(cancel)) held.Add(new HeldUnit(reader.GetInt16(0), Slot(reader, 1)));
        return held;
    }

    /// <summary>What the rules ask about; used bookings count, cancelled and refused ones do not. Nothing is read that is not needed.</summary>
    public static async Task<Neighbours> AroundAsync(NpgsqlConnection connection, InstrumentRules instrument, NeighbourNeeds needs, PersonId person, Booker booker, IReadOnlyList<BookingId> except, CancellationToken cancel)
    {
        var own = needs.Own ? await OwnAsync(connection, person, needs.Reach, except, cancel) : [];
        if (!needs.OnInstrument) return new Neighbours(own, [], [], []);
        await using var command = new NpgsqlCommand("""
            SELECT starts_at, ends_at, group_id, institution_id FROM bookings
            WHERE instrument_id = $1 AND starts_at < $3 AND starts_at > $2 - interval '31 days' AND ends_at > $2
              AND status IN ('requested', 'confirmed', 'inUse', 'completed') AND id <> ALL($4)
            """, connection);
        Add(command, instrument.Id.Value, needs.Reach, except);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var mine = booker.Groups is [var first, ..] ? first.Value : (Guid?)null;
        var (group, institution, inside) = (new List<TimeSlot>(), new List<TimeSlot>(), new List<TimeSlot>());
        while (await reader.ReadAsync(cancel))
        {
            var slot = Slot(reader, 0);
            var (ofGroup, of) = (reader.IsDBNull(2) ? (Guid?)null : reader.GetGuid(2), reader.IsDBNull(3) ? (Guid?)null : reader.GetGuid(3));
            if (ofGroup is not null && ofGroup == mine) group.Add(slot);
            if (of is not null && of == booker.InstitutionId?.Value) institution.Add(slot);
            if (of == instrument.InstitutionId.Value) inside.Add(slot);
        }

        return new Neighbours(own, group, institution, inside);
    }

    private static async Task<List<OwnTime>> OwnAsync(NpgsqlConnection connection, PersonId person, TimeSlot range, IReadOnlyList<BookingId> except, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand("""
            SELECT starts_at, ends_at, instrument_id FROM bookings
            WHERE person_id = $1 AND starts_at < $3 AND starts_at > $2 - interval '31 days' AND ends_at > $2
              AND status IN ('requested', 'confirmed', 'inUse', 'completed') AND id <> ALL($4)
            """, connection);
        Add(command, person.Value, range, except);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var own = new List<OwnTime>();
        while (await reader.ReadAsync(cancel)) own.Add(new OwnTime(Slot(reader, 0), new InstrumentId(reader.GetGuid(2))));
        return own;
    }

    /// <summary>
    /// Makes this transaction the only one that counts what the needs name, the instrument's time first. In statements of their own,
    /// because the counting statement that follows must begin after the locks are had, to see what the one before has written.
    /// </summary>
    public static async Task LockAsync(NpgsqlConnection connection, NeighbourNeeds needs, InstrumentId instrument, PersonId person, CancellationToken cancel)
    {
        if (needs.OnInstrument) await LockAsync(connection, "instrument-moves:", instrument.Value, cancel);
        if (needs.Own) await LockAsync(connection, "person-time:", person.Value, cancel);
    }

    private static async Task LockAsync(NpgsqlConnection connection, string what, Guid id, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand("SELECT pg_advisory_xact_lock(hashtextextended($1 || $2::text, 0))", connection);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = what });
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = id });
        await command.ExecuteNonQueryAsync(cancel);
    }

    public static async Task<long> RulesVersionAsync(NpgsqlConnection connection, InstrumentId instrument, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand("SELECT rules_version FROM instruments WHERE id = $1", connection);
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = instrument.Value });
        return await command.ExecuteScalarAsync(cancel) as long? ?? 0;
    }

    private static void Add(NpgsqlCommand command, Guid id, TimeSlot range, IReadOnlyList<BookingId> except)
    {
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = id });
        command.Parameters.Add(new NpgsqlParameter<DateTime> { TypedValue = range.StartsAt.ToDateTimeUtc() });
        command.Parameters.Add(new NpgsqlParameter<DateTime> { TypedValue = range.EndsAt.ToDateTimeUtc() });
        command.Parameters.Add(new NpgsqlParameter<Guid[]> { TypedValue = except.Select(b => b.Value).ToArray() });
    }

    private static TimeSlot Slot(NpgsqlDataReader reader, int column) => new(
        Instant.FromDateTimeUtc(reader.GetFieldValue<DateTime>(column)), Instant.FromDateTimeUtc(reader.GetFieldValue<DateTime>(column + 1)));
}
