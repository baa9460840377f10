using InstrumentShare.Access;
using InstrumentShare.Kernel;
using InstrumentShare.Persistence;
using InstrumentShare.Web;
using NodaTime;
using NodaTime.Text;
using Npgsql;
using NpgsqlTypes;

namespace InstrumentShare.Usage;

/// <summary>Which records; null means any. Records are found by their start, in [From, To).</summary>
public sealed record UsageFilter(
    Guid? Instrument = null, Guid? Institution = null, Guid? Person = null, Instant? From = null, Instant? To = null, UsageStatus? Status = null, bool? Problem = null, bool? Current = true);

/// <summary>Reads usage records within what the caller may see, newest first.</summary>
public sealed class UsageQueries(AppDb db, NpgsqlDataSource database, Caller caller)
{
    private const string Where = $"""
        WHERE {Sight.OfUsage}
          AND (@instrument IS NULL OR r.instrument_id = @instrument) AND (@institution IS NULL OR i.institution_id = @institution) AND (@person IS NULL OR r.person_id = @person)
          AND (@from IS NULL OR r.started_at >= @from) AND (@to IS NULL OR r.started_at < @to)
          AND (@status IS NULL OR r.status = @status) AND (@problem IS NULL OR (r.problem IS NOT NULL) = @problem) AND (@current IS NULL OR r.is_current = @current)
        """;

    private const string Page = $"SELECT {UsageRow.Columns} {UsageRow.From} {Where} AND (@after IS NULL OR (r.started_at, r.id) < (@after, @afterId)) ORDER BY r.started_at DESC, r.id DESC LIMIT @limit";

    private const string Count = $"SELECT count(*)::integer FROM (SELECT 1 FROM usage_records r JOIN instruments i ON i.id = r.instrument_id {Where} LIMIT 10001) AS counted";

    private const string History = $"""
        WITH RECURSIVE line AS (
            SELECT instrument_id, id, corrects_id FROM usage_records WHERE id = @id
            UNION ALL SELECT u.instrument_id, u.id, u.corrects_id FROM usage_records u JOIN line ON u.id = line.corrects_id AND u.instrument_id = line.instrument_id)
        SELECT {UsageRow.Columns} {UsageRow.From} WHERE (r.instrument_id, r.id) IN (SELECT instrument_id, id FROM line) AND {Sight.OfUsage} ORDER BY r.id DESC
        """;

    /// <param name="cursor">The start and id of the last row seen, as <see cref="CursorOf"/> writes them.</param>
    /// <param name="onlyOwn">Leave out what only a role lets the caller see.</param>
    public async Task<PageOf<UsageRow>> ListAsync(UsageFilter filter, int limit, string? cursor, bool onlyOwn, CancellationToken cancel)
    {
        var sight = onlyOwn ? Sight.OnlyOwn(caller) : await Sight.OfAsync(db, caller, UsagePermissions.View, cancel);
        var (after, afterId) = ReadCursor(cursor);
        await using var batch = database.CreateBatch();
        Add(batch, Page, filter, sight, ("after", NpgsqlDbType.TimestampTz, after?.ToDateTimeUtc()), ("afterId", NpgsqlDbType.Uuid, afterId), ("limit", NpgsqlDbType.Integer, limit + 1));
        Add(batch, Count, filter, sight);
        await using var reader = await batch.ExecuteReaderAsync(cancel);
        var rows = new List<UsageRow>();
        while (await reader.ReadAsync(cancel)) rows.Add(UsageRow.Read(reader));
        await reader.NextResultAsync(cancel);
        await reader.ReadAsync(cancel);
        var total = PageOf<UsageRow>.TotalOf(reader.GetInt32(0));
        if (rows.Count <= limit) return new PageOf<UsageRow>(rows, null, total);
        rows.RemoveAt(limit);
        return new PageOf<UsageRow>(rows, ListQuery.Encode(CursorOf(rows[^1])), total);
    }

    /// <summary>A record and all it corrects, newest first; empty when the caller may not know of it.</summary>
    public async Task<IReadOnlyList<UsageRow>> HistoryAsync(UsageId id, CancellationToken cancel)
    {
        await using var command = database.CreateCommand(History);
        command.Parameters.AddWithValue("id", id.Value);
        (await Sight.OfAsync(db, caller, UsagePermissions.View, cancel)).AddTo(command.Parameters);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var rows = new List<UsageRow>();
        while (await reader.ReadAsync(cancel)) rows.Add(UsageRow.Read(reader));
        return rows.Count > 0 && rows[0].Id == id.Value ? rows : [];
    }

    public static bool IsCursor(string cursor) => ReadCursor(cursor).After is not null;

    private static string CursorOf(UsageRow row) => $"{InstantPattern.ExtendedIso.Format(row.StartedAt)}|{row.Id}";

    private static (Instant? After, Guid? Id) ReadCursor(string? cursor)
    {
        var parts = cursor?.Split('|') ?? [];
        return parts.Length == 2 && InstantPattern.ExtendedIso.Parse(parts[0]) is { Success: true } at && Guid.TryParse(parts[1], out var id) ? (at.Value, id) : (null, null);
    }

    private static void Add(NpgsqlBatch batch, string sql, UsageFilter f, Sight sight, params (string Name, NpgsqlDbType Type, object? Value)[] more)
    {
        var command = new NpgsqlBatchCommand(sql);
        sight.AddTo(command.Parameters);
        (string Name, NpgsqlDbType Type, object? Value)[] all =
        [
            ("instrument", NpgsqlDbType.Uuid, f.Instrument), ("institution", NpgsqlDbType.Uuid, f.Institution), ("person", NpgsqlDbType.Uuid, f.Person),
            ("from", NpgsqlDbType.TimestampTz, f.From?.ToDateTimeUtc()), ("to", NpgsqlDbType.TimestampTz, f.To?.ToDateTimeUtc()),
            ("status", NpgsqlDbType.Text, f.Status is { } status ? Word.Of(status) : null), ("problem", NpgsqlDbType.Boolean, f.Problem), ("current", NpgsqlDbType.Boolean, f.Current), .. more,
        ];
        foreach (var (name, type, value) in all) command.Parameters.Add(new NpgsqlParameter(name, type) { Value = value ?? DBNull.Value });
        batch.BatchCommands.Add(command);
    }
}
