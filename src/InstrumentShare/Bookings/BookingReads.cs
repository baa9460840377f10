using InstrumentShare.Access;
using InstrumentShare.Persistence;
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
        Add(command.Parameters, instrument.Value, range, except);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var held = new List<HeldUnit>();
        while (await reader.ReadAsync(cancel)) held.Add(new HeldUnit(reader.GetInt16(0), Slot(reader, 1)));
        return held;
    }

    /// <summary>What the rules ask about, in one round trip; used bookings count, cancelled and refused ones do not. Nothing is read that is not needed.</summary>
    /// <param name="alone">Whether to have the locks of <see cref="LockAsync"/> first.</param>
    public static async Task<Neighbours> AroundAsync(
        NpgsqlConnection connection, InstrumentRules instrument, NeighbourNeeds needs, PersonId person, Booker booker, IReadOnlyList<BookingId> except, CancellationToken cancel, bool alone = false)
    {
        if (!needs.Any) return Neighbours.None;
        await using var batch = new NpgsqlBatch(connection);
        if (alone) batch.BatchCommands.Add(AdvisoryLocks.Command(LockNames(needs, instrument.Id, person)));
        if (needs.Own) AddTimes(batch, "person_id", person.Value, needs.Reach, except);
        if (needs.OnInstrument) AddTimes(batch, "instrument_id", instrument.Id.Value, needs.Reach, except);
        await using var reader = await batch.ExecuteReaderAsync(cancel);
        if (alone) await reader.NextResultAsync(cancel);
        var own = new List<OwnTime>();
        while (needs.Own && await reader.ReadAsync(cancel)) own.Add(new OwnTime(Slot(reader, 0), new InstrumentId(reader.GetGuid(2))));
        if (needs.Own) await reader.NextResultAsync(cancel);
        var mine = booker.Groups is [var first, ..] ? first.Value : (Guid?)null;
        var (group, institution, inside) = (new List<TimeSlot>(), new List<TimeSlot>(), new List<TimeSlot>());
        while (needs.OnInstrument && await reader.ReadAsync(cancel))
        {
            var slot = Slot(reader, 0);
            var (ofGroup, of) = (reader.IsDBNull(3) ? (Guid?)null : reader.GetGuid(3), reader.IsDBNull(4) ? (Guid?)null : reader.GetGuid(4));
            if (ofGroup is not null && ofGroup == mine) group.Add(slot);
            if (of is not null && of == booker.InstitutionId?.Value) institution.Add(slot);
            if (of == instrument.InstitutionId.Value) inside.Add(slot);
        }

        return new Neighbours(own, group, institution, inside);
    }

    private static void AddTimes(NpgsqlBatch batch, string column, Guid id, TimeSlot range, IReadOnlyList<BookingId> except)
    {
        var command = new NpgsqlBatchCommand($"""
            SELECT starts_at, ends_at, instrument_id, group_id, institution_id FROM bookings
            WHERE {column} = $1 AND starts_at < $3 AND starts_at > $2 - interval '31 days' AND ends_at > $2
              AND status IN ('requested', 'confirmed', 'inUse', 'completed') AND id <> ALL($4) AND main_id IS NULL
            """);
        Add(command.Parameters, id, range, except);
        batch.BatchCommands.Add(command);
    }

    /// <summary>
    /// Makes this transaction the only one that counts what the needs name, the instrument's time first. In statements of their own,
    /// because the counting statement that follows must begin after the locks are had, to see what the one before has written.
    /// </summary>
    public static async Task LockAsync(NpgsqlConnection connection, NeighbourNeeds needs, InstrumentId instrument, PersonId person, CancellationToken cancel)
    {
        if (needs.Any) await AdvisoryLocks.TakeAsync(connection, cancel, LockNames(needs, instrument, person));
    }

    private static string[] LockNames(NeighbourNeeds needs, InstrumentId instrument, PersonId person) =>
        [.. needs.OnInstrument ? ["instrument-moves:" + instrument.Value] : Array.Empty<string>(), .. needs.Own ? ["person-time:" + person.Value] : Array.Empty<string>()];

    public static async Task<long> RulesVersionAsync(NpgsqlConnection connection, InstrumentId instrument, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand("SELECT rules_version FROM instruments WHERE id = $1", connection);
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = instrument.Value });
        return await command.ExecuteScalarAsync(cancel) as long? ?? 0;
    }

    private static void Add(NpgsqlParameterCollection parameters, Guid id, TimeSlot range, IReadOnlyList<BookingId> except)
    {
        parameters.Add(new NpgsqlParameter<Guid> { TypedValue = id });
        parameters.Add(new NpgsqlParameter<DateTime> { TypedValue = range.StartsAt.ToDateTimeUtc() });
        parameters.Add(new NpgsqlParameter<DateTime> { TypedValue = range.EndsAt.ToDateTimeUtc() });
        parameters.Add(new NpgsqlParameter<Guid[]> { TypedValue = except.Select(b => b.Value).ToArray() });
    }

    private static TimeSlot Slot(NpgsqlDataReader reader, int column) => new(
        Instant.FromDateTimeUtc(reader.GetFieldValue<DateTime>(column)), Instant.FromDateTimeUtc(reader.GetFieldValue<DateTime>(column + 1)));
}
