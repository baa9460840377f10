using InstrumentShare.Access;
using InstrumentShare.Bookings;
using InstrumentShare.Kernel;
using InstrumentShare.Persistence;
using InstrumentShare.Usage;
using InstrumentShare.Web;
using Microsoft.EntityFrameworkCore;
using NodaTime;
using NodaTime.Text;
using Npgsql;
using NpgsqlTypes;

namespace InstrumentShare.Billing;

/// <summary>Which charges; null means any. Dates are of service, both included.</summary>
public sealed record ChargeFilter(
    Guid? Instrument = null, Guid? Institution = null, Guid? UserInstitution = null, Guid? Person = null, LocalDate? From = null, LocalDate? To = null, ChargeStatus? Status = null, ChargeKind? Kind = null, bool? Invoiced = null);

/// <summary>Reads charges within what the caller may see, newest service first.</summary>
public sealed class ChargeQueries(AppDb db, NpgsqlDataSource database, Caller caller)
{
    private const string Where = $"""
        WHERE {Sight.OfCharges}
          AND (@instrument IS NULL OR r.instrument_id = @instrument) AND (@institution IS NULL OR r.institution_id = @institution)
          AND (@userInstitution IS NULL OR r.user_institution_id = @userInstitution) AND (@person IS NULL OR r.person_id = @person)
          AND (@from IS NULL OR r.served_on >= @from) AND (@to IS NULL OR r.served_on <= @to)
          AND (@status IS NULL OR r.status = @status) AND (@kind IS NULL OR r.kind = @kind) AND (@invoiced IS NULL OR (r.invoice_number IS NOT NULL) = @invoiced)
        """;

    private const string Page = $"SELECT {ChargeRow.Columns} {ChargeRow.From} {Where} AND (@after IS NULL OR (r.served_on, r.id) < (@after, @afterId)) ORDER BY r.served_on DESC, r.id DESC LIMIT @limit";

    private const string Count = $"SELECT count(*)::integer FROM (SELECT 1 FROM charges r {Where} LIMIT 10001) AS counted";

    private const string Sum = $"SELECT coalesce(sum(r.amount_fen), 0)::bigint FROM charges r {Where} AND r.amount_currency = 'CNY' AND r.status <> 'estimated'";

    private const string One = $"SELECT {ChargeRow.Columns} {ChargeRow.From} WHERE r.id = @id AND {Sight.OfCharges}";

    private const string OfBooking = $"SELECT {ChargeRow.Columns} {ChargeRow.From} WHERE r.booking_id = @id AND r.kind = 'charge' AND r.status <> 'reversed' AND {Sight.OfCharges} LIMIT 1";

    public async Task<PageOf<ChargeRow>> ListAsync(ChargeFilter filter, int limit, string? cursor, bool onlyOwn, CancellationToken cancel)
    {
        var sight = await SightAsync(onlyOwn, cancel);
        var (after, afterId) = ReadCursor(cursor);
        await using var batch = database.CreateBatch();
        Add(batch, Page, filter, sight, ("after", NpgsqlDbType.Date, after?.ToDateOnly()), ("afterId", NpgsqlDbType.Uuid, afterId), ("limit", NpgsqlDbType.Integer, limit + 1));
        Add(batch, Count, filter, sight);
        await using var reader = await batch.ExecuteReaderAsync(cancel);
        var rows = new List<ChargeRow>();
        while (await reader.ReadAsync(cancel)) rows.Add(ChargeRow.Read(reader));
        await reader.NextResultAsync(cancel);
        await reader.ReadAsync(cancel);
        var total = PageOf<ChargeRow>.TotalOf(reader.GetInt32(0));
        if (rows.Count <= limit) return new PageOf<ChargeRow>(rows, null, total);
        rows.RemoveAt(limit);
        return new PageOf<ChargeRow>(rows, ListQuery.Encode(CursorOf(rows[^1])), total);
    }

    /// <summary>What was issued, less what was reversed.</summary>
    public async Task<Money> NetAsync(ChargeFilter filter, bool onlyOwn, CancellationToken cancel)
    {
        await using var batch = database.CreateBatch();
        Add(batch, Sum, filter, await SightAsync(onlyOwn, cancel));
        return new Money((long)(await batch.ExecuteScalarAsync(cancel))!);
    }

    /// <summary>Null when the caller may not know of it.</summary>
    public Task<ChargeRow?> OneAsync(ChargeId id, CancellationToken cancel) => FirstAsync(One, id.Value, cancel);

    /// <summary>The charge that stands for a booking's use.</summary>
    public Task<ChargeRow?> OfBookingAsync(BookingId id, CancellationToken cancel) => FirstAsync(OfBooking, id.Value, cancel);

    private async Task<ChargeRow?> FirstAsync(string sql, Guid id, CancellationToken cancel)
    {
        await using var command = database.CreateCommand(sql);
        command.Parameters.AddWithValue("id", id);
        (await SightAsync(false, cancel)).AddTo(command.Parameters);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        return await reader.ReadAsync(cancel) ? ChargeRow.Read(reader) : null;
    }

    /// <summary>How a charge that the caller may see came about, with the zone its times are read in.</summary>
    public async Task<(Explanation Steps, DateTimeZone Zone)> ExplanationAsync(ChargeId id, CancellationToken cancel)
    {
        var found = await db.Set<Charge>().AsNoTracking().Where(c => c.Id == id)
            .Select(c => new { c.Explanation, Zone = db.Set<Catalog.Instrument>().Where(i => i.Id == c.InstrumentId).Select(i => i.TimeZone).Single() }).SingleAsync(cancel);
        return (found.Explanation, DateTimeZoneProviders.Tzdb[found.Zone]);
    }

    public static bool IsCursor(string cursor) => ReadCursor(cursor).After is not null;

    private async Task<Sight> SightAsync(bool onlyOwn, CancellationToken cancel) => onlyOwn ? Sight.OnlyOwn(caller) : await Sight.OfAsync(db, caller, BillingPermissions.View, cancel);

    private static string CursorOf(ChargeRow row) => $"{LocalDatePattern.Iso.Format(row.ServedOn)}|{row.Id}";

    private static (LocalDate? After, Guid? Id) ReadCursor(string? cursor)
    {
        var parts = cursor?.Split('|') ?? [];
        return parts.Length == 2 && LocalDatePattern.Iso.Parse(parts[0]) is { Success: true } on && Guid.TryParse(parts[1], out var id) ? (on.Value, id) : (null, null);
    }

    private static void Add(NpgsqlBatch batch, string sql, ChargeFilter f, Sight sight, params (string Name, NpgsqlDbType Type, object? Value)[] more)
    {
        var command = new NpgsqlBatchCommand(sql);
        sight.AddTo(command.Parameters);
        (string Name, NpgsqlDbType Type, object? Value)[] all =
        [
            ("instrument", NpgsqlDbType.Uuid, f.Instrument), ("institution", NpgsqlDbType.Uuid, f.Institution), ("userInstitution", NpgsqlDbType.Uuid, f.UserInstitution), ("person", NpgsqlDbType.Uuid, f.Person),
            ("from", NpgsqlDbType.Date, f.From?.ToDateOnly()), ("to", NpgsqlDbType.Date, f.To?.ToDateOnly()), ("status", NpgsqlDbType.Text, f.Status is { } status ? Word.Of(status) : null),
            ("kind", NpgsqlDbType.Text, f.Kind is { } kind ? Word.Of(kind) : null), ("invoiced", NpgsqlDbType.Boolean, f.Invoiced), .. more,
        ];
        foreach (var (name, type, value) in all) command.Parameters.Add(new NpgsqlParameter(name, type) { Value = value ?? DBNull.Value });
        batch.BatchCommands.Add(command);
    }
}
