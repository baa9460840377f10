using InstrumentShare.Access;
using InstrumentShare.Persistence;
using InstrumentShare.Catalog;
using InstrumentShare.Kernel;
using NodaTime;
using Npgsql;

namespace InstrumentShare.Bookings.Companions;

/// <summary>Finds what bookings take along.</summary>
public sealed class Companions(CompanionNeedsQuery needs, InstrumentRulesQuery rules)
{
    /// <param name="moved">The booking that is moved: what it holds itself is not in its way.</param>
    /// <returns>Null where a booking in this mode takes nothing along.</returns>
    public async Task<Along?> OfAsync(InstrumentRules instrument, ServiceMode mode, PersonId? technician = null, BookingId? moved = null, CancellationToken cancel = default)
    {
        var found = await needs.OfAsync(instrument, cancel);
        if (!found.AnyFor(mode)) return null;
        var linked = await rules.ManyAsync(found.LinksFor(mode).Select(l => l.LinkedInstrumentId).OfType<InstrumentId>(), cancel);
        return new Along(instrument, mode, found, linked, technician) { Moved = moved is { } id ? [id] : [] };
    }

    /// <summary>Reads the linked instruments anew when next they are asked for: one of them was not as it was known.</summary>
    public void Forget(Along along) => rules.Forget(along.Linked.Keys.Select(i => i.Value));
}

/// <summary>What the bookings of an instrument in one mode take along, to be looked at, locked and held.</summary>
public sealed record Along(InstrumentRules Instrument, ServiceMode Mode, CompanionNeeds Needs, IReadOnlyDictionary<InstrumentId, InstrumentRules> Linked, PersonId? Wanted)
{
    /// <summary>Bookings that are moved: what they hold is not in their way.</summary>
    public IReadOnlyList<BookingId> Moved { get; init; } = [];

    /// <summary>Names a technician who does not assist here.</summary>
    public Problem? Unknown => Mode == ServiceMode.Assisted && Wanted is { } wanted && Needs.Technicians.All(t => t.Id != wanted) ? Problem.Invalid("booking.technician-unknown", "technicianId", ("value", wanted.Value)) : null;

    /// <summary>
    /// Makes this transaction the only one that takes any of it, always in one order: instruments, the person, rooms, technicians,
    /// each kind ascending. So two that need the same things wait for one another and never in a circle.
    /// </summary>
    public async Task LockAsync(NpgsqlConnection connection, PersonId person, CancellationToken cancel)
    {
        string[] keys =
        [
            .. Linked.Keys.Append(Instrument.Id).Select(i => "instrument-moves:" + i.Value).Order(StringComparer.Ordinal), "person-time:" + person.Value,
            .. Needs.Rooms.Keys.Select(r => "room-time:" + r.Value).Order(StringComparer.Ordinal), .. Mode == ServiceMode.Assisted ? Needs.Technicians.Select(t => LockOf(t.Id)).Order(StringComparer.Ordinal) : Enumerable.Empty<string>(),
        ];
        await AdvisoryLocks.TakeAsync(connection, cancel, keys);
    }

    public static string LockOf(PersonId technician) => "technician-time:" + technician.Value;

    /// <summary>What stands on all of it in and around a range, in one round trip.</summary>
    public async Task<CompanionTimes> TimesAsync(NpgsqlConnection connection, Booker booker, TimeSlot range, CancellationToken cancel)
    {
        var wide = range.Widen(Duration.FromDays(3), Duration.FromDays(3));
        await using var batch = new NpgsqlBatch(connection);
        Add(batch, "SELECT instrument_id, unit, lower(held), upper(held) FROM bookings WHERE instrument_id = ANY($1) AND held && tstzrange($2, $3) AND status IN ('requested', 'confirmed', 'inUse') AND (main_id IS NULL OR main_id <> ALL($4))", Linked.Keys.Select(i => i.Value), wide);
        Add(batch, "SELECT room_id, unit, lower(held), upper(held) FROM room_holds WHERE room_id = ANY($1) AND held && tstzrange($2, $3) AND is_held AND booking_id <> ALL($4)", Needs.Rooms.Keys.Select(r => r.Value), wide);
        var technicians = Mode == ServiceMode.Assisted ? Needs.Technicians.Select(t => t.Id.Value).ToList() : [];
        Add(batch, """
            SELECT technician_id, 1::smallint, lower(held), upper(held) FROM technician_holds WHERE technician_id = ANY($1) AND held && tstzrange($2, $3) AND is_held AND booking_id <> ALL($4)
            UNION ALL SELECT person_id, 0::smallint, starts_at, ends_at FROM technician_absences WHERE person_id = ANY($1) AND tstzrange(starts_at, ends_at) && tstzrange($2, $3) AND cancelled_at IS NULL
            """, technicians, wide);
        batch.BatchCommands.Add(new NpgsqlBatchCommand("SELECT booking_id, technician_id FROM technician_holds WHERE booking_id = ANY($1) AND is_held AND technician_id = ANY($2)")
        {
            Parameters = { new NpgsqlParameter<Guid[]> { TypedValue = [.. Moved.Select(m => m.Value)] }, new NpgsqlParameter<Guid[]> { TypedValue = [.. technicians] } },
        });
        await using var reader = await batch.ExecuteReaderAsync(cancel);
        var (instruments, rooms, busy, present) = (await ReadAsync(reader, cancel), await ReadAsync(reader, cancel), await ReadAsync(reader, cancel), new Dictionary<BookingId, PersonId>());
        while (await reader.ReadAsync(cancel)) present[new BookingId(reader.GetGuid(0))] = new PersonId(reader.GetGuid(1));
        return new CompanionTimes(Instrument, booker, Mode, Needs, Linked,
            instruments.ToLookup(r => new InstrumentId(r.Id), r => r.Held), rooms.ToLookup(r => new RoomId(r.Id), r => r.Held), busy.ToLookup(r => new PersonId(r.Id), r => new BusyTime(r.Held.Held, r.Held.Unit == 1)),
            Wanted, present);
    }

    private void Add(NpgsqlBatch batch, string sql, IEnumerable<Guid> ids, TimeSlot range) => batch.BatchCommands.Add(new NpgsqlBatchCommand(sql)
    {
        Parameters =
        {
            new NpgsqlParameter<Guid[]> { TypedValue = [.. ids] }, new NpgsqlParameter<DateTime> { TypedValue = range.StartsAt.ToDateTimeUtc() }, new NpgsqlParameter<DateTime> { TypedValue = range.EndsAt.ToDateTimeUtc() },
            new NpgsqlParameter<Guid[]> { TypedValue = [.. Moved.Select(m => m.Value)] },
        },
    });

    private static async Task<List<(Guid Id, HeldUnit Held)>> ReadAsync(NpgsqlDataReader reader, CancellationToken cancel)
    {
        var rows = new List<(Guid, HeldUnit)>();
        while (await reader.ReadAsync(cancel))
            rows.Add((reader.GetGuid(0), new HeldUnit(reader.GetInt16(1), new TimeSlot(Instant.FromDateTimeUtc(reader.GetFieldValue<DateTime>(2)), Instant.FromDateTimeUtc(reader.GetFieldValue<DateTime>(3))))));
        await reader.NextResultAsync(cancel);
        return rows;
    }
}
