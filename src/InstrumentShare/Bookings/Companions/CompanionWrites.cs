using InstrumentShare.Access;
using InstrumentShare.Catalog;
using InstrumentShare.Kernel;
using NodaTime;
using Npgsql;

namespace InstrumentShare.Bookings.Companions;

/// <summary>Holds what a booking takes along, in the booking's own transaction: all of it or nothing.</summary>
internal static class CompanionWrites
{
    /// <summary>Units beyond any instrument's, above this one: where bookings that move wait, out of each other's way, until each has its new time.</summary>
    public const int Parked = 20_000;

    /// <summary>Writes a booking and its companions, in ascending order of their instruments, then rooms and technician.</summary>
    /// <returns>False when one of them is taken or its rules have a newer version; then nothing of them is written.</returns>
    public static async Task<bool> InsertAsync(NpgsqlConnection connection, Booking main, CompanionPlan plan, BookingNews.Recipient to, string payload, string mail, CancellationToken cancel)
    {
        await ExecuteAsync(connection, "SAVEPOINT companions", cancel);
        var all = plan.Instruments.Select(p => CompanionOf(main, p)).Append(main).OrderBy(b => b.InstrumentId.Value.ToString(), StringComparer.Ordinal);
        foreach (var booking in all)
        {
            var written = booking == main
                ? await InsertBooking.RunAsync(connection, main, to, payload, mail, cancel)
                : await InsertBooking.RunAllAsync(connection, [booking], to, cancel) == 1;
            if (written) continue;
            await ExecuteAsync(connection, "ROLLBACK TO SAVEPOINT companions", cancel);
            return false;
        }

        if (await HoldAsync(connection, [(main, plan)], cancel)) return true;
        await ExecuteAsync(connection, "ROLLBACK TO SAVEPOINT companions", cancel);
        return false;
    }

    /// <summary>Writes many bookings with all that they take along, without mail.</summary>
    /// <returns>False when something is taken or rules have a newer version; then the caller gives up what was written.</returns>
    public static async Task<bool> InsertAllAsync(NpgsqlConnection connection, IReadOnlyList<(Booking Main, CompanionPlan Plan)> all, BookingNews.Recipient to, CancellationToken cancel)
    {
        var bookings = all.SelectMany(a => a.Plan.Instruments.Select(p => CompanionOf(a.Main, p)).Prepend(a.Main)).OrderBy(b => b.InstrumentId.Value.ToString(), StringComparer.Ordinal).ToList();
        return await InsertBooking.RunAllAsync(connection, bookings, to, cancel) == bookings.Count && await HoldAsync(connection, all, cancel);
    }

    /// <summary>
    /// The same as <see cref="ReplaceAsync"/> for many bookings of one instrument at once: what they held is out of the way first, so
    /// that one may have what another lets go.
    /// </summary>
    public static async Task<bool> ReplaceAllAsync(NpgsqlConnection connection, IReadOnlyList<(Booking Main, CompanionPlan Plan)> all, CancellationToken cancel)
    {
        var ids = all.Select(a => a.Main.Id.Value).ToArray();
        await ExecuteAsync(connection, "DELETE FROM technician_holds WHERE booking_id = ANY($1)", cancel, ids);
        await ExecuteAsync(connection, "DELETE FROM room_holds WHERE booking_id = ANY($1)", cancel, ids);
        await ExecuteAsync(connection, """
            UPDATE bookings b SET unit = p.place FROM (
                SELECT instrument_id, id, $2 + row_number() OVER (ORDER BY id) AS place FROM bookings WHERE main_id = ANY($1) AND status IN ('requested', 'confirmed', 'inUse')) p
            WHERE b.instrument_id = p.instrument_id AND b.id = p.id
            """, cancel, ids, Parked);
        foreach (var (main, plan) in all)
            if (!await ReplaceAsync(connection, main, plan, cancel)) return false;
        return true;
    }

    /// <summary>Puts in place of what a booking held what its new time needs; companions that stay keep their ids.</summary>
    /// <returns>False when something is taken after all or the rules of a linked instrument have changed; then the transaction must be given up.</returns>
    public static async Task<bool> ReplaceAsync(NpgsqlConnection connection, Booking main, CompanionPlan plan, CancellationToken cancel)
    {
        await ExecuteAsync(connection, "DELETE FROM technician_holds WHERE booking_id = $1", cancel, main.Id.Value);
        await ExecuteAsync(connection, "DELETE FROM room_holds WHERE booking_id = $1", cancel, main.Id.Value);
        await ExecuteAsync(connection, """
            UPDATE bookings SET status = 'cancelled', cancelled_at = now(), version = version + 1 WHERE main_id = $1 AND instrument_id <> ALL($2) AND status IN ('requested', 'confirmed', 'inUse')
            """, cancel, main.Id.Value, plan.Instruments.Select(p => p.Instrument.Id.Value).ToArray());
        try
        {
            foreach (var planned in plan.Instruments.OrderBy(p => p.Instrument.Id.Value.ToString(), StringComparer.Ordinal))
            {
                if (await MoveAsync(connection, main, planned, cancel)) continue;
                if (await InsertBooking.RunAllAsync(connection, [CompanionOf(main, planned)], new BookingNews.Recipient(main.PersonId, string.Empty, null, "en"), cancel) != 1) return false;
            }

            return await HoldAsync(connection, [(main, plan)], cancel);
        }
        catch (PostgresException failure) when (failure.SqlState == PostgresErrorCodes.ExclusionViolation)
        {
            return false;
        }
    }

    /// <summary>What was held along with an offer is booked along with what the offer became.</summary>
    public static Task<int> AcceptAsync(NpgsqlConnection connection, BookingId main, CancellationToken cancel) =>
        ExecuteAsync(connection, "UPDATE bookings SET status = 'confirmed', offered_until = NULL WHERE main_id = $1 AND offered_until IS NOT NULL", cancel, main.Value);

    /// <summary>Gives the booking's assistance to somebody else.</summary>
    public static Task<int> ReassignAsync(NpgsqlConnection connection, BookingId booking, PersonId technician, CancellationToken cancel) =>
        ExecuteAsync(connection, "UPDATE technician_holds SET technician_id = $2 WHERE booking_id = $1 AND is_held", cancel, booking.Value, technician.Value);

    private static Booking CompanionOf(Booking main, PlannedInstrument planned) => new Booking
    {
        InstrumentId = planned.Instrument.Id, PersonId = main.PersonId, GroupId = main.GroupId, InstitutionId = main.InstitutionId, ServiceMode = main.ServiceMode, Purpose = main.Purpose,
        UserClass = main.UserClass, MainId = main.Id, CreatedBy = main.CreatedBy, CreatedAt = main.CreatedAt,
    }.At(planned.Slot, planned.Held, planned.Unit, BookingStatus.Confirmed, planned.Instrument.RulesVersion);

    private static async Task<bool> MoveAsync(NpgsqlConnection connection, Booking main, PlannedInstrument planned, CancellationToken cancel) => await ExecuteAsync(connection, """
        WITH instrument AS (SELECT id, institution_id FROM instruments WHERE id = $2 AND rules_version = $3 FOR SHARE), moved AS (
            UPDATE bookings b SET starts_at = $4, ends_at = $5, held = tstzrange($6, $7), unit = $8, rules_version = $3, version = b.version + 1
            FROM instrument i WHERE b.main_id = $1 AND b.instrument_id = i.id AND b.status IN ('requested', 'confirmed', 'inUse')
            RETURNING b.id, b.instrument_id, b.person_id, b.status, b.unit, i.institution_id)
        INSERT INTO events (name, occurred_at, subject_id, instrument_id, institution_id, person_id, payload)
        SELECT 'booking.rescheduled', now(), id, instrument_id, institution_id, person_id, jsonb_build_object('status', status, 'startsAt', $4, 'endsAt', $5, 'unit', unit) FROM moved
        """, cancel, main.Id.Value, planned.Instrument.Id.Value, planned.Instrument.RulesVersion, Utc(planned.Slot.StartsAt), Utc(planned.Slot.EndsAt), Utc(planned.Held.StartsAt), Utc(planned.Held.EndsAt), planned.Unit) == 1;

    /// <summary>Holds rooms and a technician for a booking that stands already.</summary>
    /// <returns>False when one of them is taken.</returns>
    public static Task<bool> HoldAsync(NpgsqlConnection connection, BookingId booking, InstrumentId instrument, TimeSlot slot, CompanionPlan plan, CancellationToken cancel) =>
        HoldAsync(connection, [new Holding(booking, instrument, slot, plan)], cancel);

    private static Task<bool> HoldAsync(NpgsqlConnection connection, IReadOnlyList<(Booking Main, CompanionPlan Plan)> all, CancellationToken cancel) =>
        HoldAsync(connection, all.Select(a => new Holding(a.Main.Id, a.Main.InstrumentId, a.Main.Slot, a.Plan)).ToList(), cancel);

    private sealed record Holding(BookingId Id, InstrumentId InstrumentId, TimeSlot Slot, CompanionPlan Plan);

    // Rooms and technicians, in one round trip; all of them or it did not succeed.
    private static async Task<bool> HoldAsync(NpgsqlConnection connection, List<Holding> all, CancellationToken cancel)
    {
        await using var batch = new NpgsqlBatch(connection);
        var wanted = 0;
        foreach (var (room, main) in all.SelectMany(a => a.Plan.Rooms.Select(r => (Room: r, Main: a))).OrderBy(r => r.Room.RoomId.Value.ToString(), StringComparer.Ordinal))
        {
            wanted += room.Units.Count;
            batch.BatchCommands.Add(Command("""
                INSERT INTO room_holds (booking_id, room_id, unit, instrument_id, held) SELECT $1, $2, u, $3, tstzrange($4, $5) FROM unnest($6) u ON CONFLICT ON CONSTRAINT "booking.room-taken" DO NOTHING
                """, main.Id.Value, room.RoomId.Value, main.InstrumentId.Value, Utc(room.Held.StartsAt), Utc(room.Held.EndsAt), room.Units.ToArray()));
        }

        foreach (var main in all.Where(a => a.Plan.TechnicianId is not null))
        {
            wanted++;
            batch.BatchCommands.Add(Command("""
                INSERT INTO technician_holds (booking_id, instrument_id, technician_id, held) VALUES ($1, $2, $3, tstzrange($4, $5)) ON CONFLICT ON CONSTRAINT "booking.technician-busy" DO NOTHING
                """, main.Id.Value, main.InstrumentId.Value, main.Plan.TechnicianId!.Value.Value, Utc(main.Slot.StartsAt), Utc(main.Slot.EndsAt)));
        }

        return wanted == 0 || await batch.ExecuteNonQueryAsync(cancel) == wanted;
    }

    private static NpgsqlBatchCommand Command(string sql, params object[] values)
    {
        var command = new NpgsqlBatchCommand(sql);
        foreach (var value in values) command.Parameters.Add(new NpgsqlParameter { Value = value });
        return command;
    }

    private static DateTime Utc(Instant instant) => instant.ToDateTimeUtc();

    private static async Task<int> ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancel, params object[] values)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        foreach (var value in values) command.Parameters.Add(new NpgsqlParameter { Value = value });
        return await command.ExecuteNonQueryAsync(cancel);
    }
}
