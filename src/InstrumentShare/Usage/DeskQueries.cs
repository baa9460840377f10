using InstrumentShare.Access;
using InstrumentShare.Bookings;
using InstrumentShare.Persistence;
using NodaTime;
using Npgsql;

namespace InstrumentShare.Usage;

/// <summary>What waits at the desk besides the day itself.</summary>
/// <param name="Problems">Records that somebody must look at before they are charged.</param>
/// <param name="Requests">Bookings that wait for a decision.</param>
public sealed record DeskCounts(int Problems, int Requests);

/// <summary>The day of the instruments whose use the caller records.</summary>
public sealed class DeskQueries(AppDb db, NpgsqlDataSource database, Caller caller)
{
    public const int Most = 500;

    private const string Mine = "(@everything OR i.id = ANY(@instruments) OR i.institution_id = ANY(@owners))";

    private const string MainIsMine = "(@everything OR x.id = ANY(@instruments) OR x.institution_id = ANY(@owners))";

    // What is taken along stands with its main booking, and apart only where that is not on the list.
    // A booking lasts 31 days at most, which bounds the search by start; the day itself is the instrument's own.
    private const string Day = $"""
        SELECT {DeskRow.Columns} {DeskRow.FromBookings}
        WHERE {Mine} AND b.status IN ('requested', 'confirmed', 'inUse', 'completed') AND b.offered_until IS NULL
          AND b.starts_at > @date::timestamptz - interval '32 days' AND b.starts_at < (@date + 1)::timestamp AT TIME ZONE i.time_zone AND b.ends_at > @date::timestamp AT TIME ZONE i.time_zone
          AND (b.main_id IS NULL OR NOT EXISTS (SELECT 1 FROM bookings m JOIN instruments x ON x.id = m.instrument_id WHERE m.id = b.main_id AND {MainIsMine}))
        UNION ALL
        SELECT {DeskRow.Columns} {DeskRow.FromUses}
        WHERE {Mine} AND r.is_current AND r.booking_id IS NULL
          AND r.started_at > @date::timestamptz - interval '32 days' AND r.started_at < (@date + 1)::timestamp AT TIME ZONE i.time_zone
          AND (r.ended_at IS NULL OR r.ended_at > @date::timestamp AT TIME ZONE i.time_zone)
        LIMIT 500
        """;

    private const string Counts = $"""
        SELECT (SELECT count(*)::integer FROM (SELECT 1 FROM usage_records r JOIN instruments i ON i.id = r.instrument_id WHERE {Mine} AND r.is_current AND r.problem IS NOT NULL LIMIT 1000) AS x),
               (SELECT count(*)::integer FROM (SELECT 1 FROM bookings b JOIN instruments i ON i.id = b.instrument_id WHERE {Mine} AND b.status = 'requested' AND b.offered_until IS NULL AND b.ends_at > @now LIMIT 1000) AS y)
        """;

    private const string Instruments = $"SELECT i.id, i.name, i.name_en, i.time_zone FROM instruments i WHERE {Mine} ORDER BY i.name, i.id LIMIT 500";

    private const string One = $"SELECT {DeskRow.Columns} {DeskRow.FromBookings} WHERE b.id = @id";

    public async Task<IReadOnlyList<DeskRow>> DayAsync(LocalDate date, CancellationToken cancel)
    {
        await using var command = database.CreateCommand(Day);
        command.Parameters.AddWithValue("date", date.ToDateOnly());
        (await SightAsync(cancel)).AddTo(command.Parameters);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var rows = new List<DeskRow>();
        while (await reader.ReadAsync(cancel)) rows.Add(DeskRow.Read(reader));
        return [.. rows.OrderBy(r => r.Instrument.Name, StringComparer.Ordinal).ThenBy(r => r.Instrument.Id).ThenBy(r => r.StartsAt ?? r.UsedFrom)];
    }

    public async Task<DeskCounts> CountsAsync(Instant now, CancellationToken cancel)
    {
        await using var command = database.CreateCommand(Counts);
        command.Parameters.AddWithValue("now", now.ToDateTimeUtc());
        (await SightAsync(cancel)).AddTo(command.Parameters);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        await reader.ReadAsync(cancel);
        return new DeskCounts(reader.GetInt32(0), reader.GetInt32(1));
    }

    /// <summary>A booking that the caller may check in and out of; null when there is none such.</summary>
    public async Task<DeskRow?> BookingAsync(BookingId id, CancellationToken cancel)
    {
        await using var command = database.CreateCommand(One);
        command.Parameters.AddWithValue("id", id.Value);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        if (!await reader.ReadAsync(cancel)) return null;
        var row = DeskRow.Read(reader);
        var isOwn = row.Person.Id == caller.PersonId?.Value && caller.MayAnywhere(UsagePermissions.Own);
        return isOwn || caller.May(UsagePermissions.Record, row.Scope) ? row : null;
    }

    /// <summary>Instruments whose use the caller records, by name.</summary>
    public async Task<IReadOnlyList<(Guid Id, UsagePlace Name, DateTimeZone Zone)>> InstrumentsAsync(CancellationToken cancel)
    {
        await using var command = database.CreateCommand(Instruments);
        (await SightAsync(cancel)).AddTo(command.Parameters);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var rows = new List<(Guid, UsagePlace, DateTimeZone)>();
        while (await reader.ReadAsync(cancel))
            rows.Add((reader.GetGuid(0), new UsagePlace(reader.GetGuid(0), reader.GetString(1), reader.GetString(2)), DateTimeZoneProviders.Tzdb[reader.GetString(3)]));
        return rows;
    }

    /// <summary>The person behind an e-mail address or an id; null when there is none.</summary>
    public async Task<PersonId?> PersonAsync(string? emailOrId, CancellationToken cancel)
    {
        if (string.IsNullOrWhiteSpace(emailOrId)) return null;
        await using var command = database.CreateCommand("SELECT id FROM people WHERE normalized_email = @email OR id = @id LIMIT 1");
        command.Parameters.AddWithValue("email", emailOrId.Trim().ToUpperInvariant());
        command.Parameters.AddWithValue("id", Guid.TryParse(emailOrId, out var id) ? id : Guid.Empty);
        return await command.ExecuteScalarAsync(cancel) is Guid found ? new PersonId(found) : null;
    }

    private Task<Sight> SightAsync(CancellationToken cancel) => Sight.OfAsync(db, caller, UsagePermissions.Record, cancel);
}
