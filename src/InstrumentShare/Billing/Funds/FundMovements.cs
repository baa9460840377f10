using InstrumentShare.Access;
using InstrumentShare.Billing.Ledger;
using InstrumentShare.Kernel;
using InstrumentShare.Persistence;
using InstrumentShare.Web;
using NodaTime;
using Npgsql;
using NpgsqlTypes;

namespace InstrumentShare.Billing.Funds;

/// <summary>One movement of a fund's money, with what it came to be for.</summary>
public sealed record FundMovement(Guid EntryId, LedgerEntryKind Kind, LocalDate BookedOn, Money Amount, Guid? ChargeId, Guid? BookingId, string? Instrument, string? InstrumentEn, string? Person, string? Reason, string? Problem);

/// <summary>What a booking holds of a fund now.</summary>
public sealed record FundHold(Guid BookingId, string Instrument, string InstrumentEn, string? Person, Instant StartsAt, Instant EndsAt, string TimeZone, Money Amount);

/// <summary>What moved in and out of a fund, the latest first, and what is held of it. Who may see the fund is asked before.</summary>
public sealed class FundMovements(NpgsqlDataSource database, Caller caller)
{
    public const int MostHolds = 100;

    public async Task<PageOf<FundMovement>> ListAsync(FundRow fund, Guid? after, int limit, CancellationToken cancel)
    {
        await using var command = database.CreateCommand("""
            SELECT e.id, e.kind, e.booked_on, l.fen, CASE WHEN told THEN e.charge_id END, CASE WHEN told THEN e.booking_id END, CASE WHEN told THEN i.name END, CASE WHEN told THEN i.name_en END,
                   CASE WHEN told THEN p.name END, CASE WHEN told THEN e.reason END, e.problem
            FROM ledger_lines l JOIN ledger_entries e ON e.id = l.entry_id LEFT JOIN charges c ON c.id = e.charge_id LEFT JOIN instruments i ON i.id = c.instrument_id LEFT JOIN people p ON p.id = coalesce(c.person_id, e.entered_by)
            CROSS JOIN LATERAL (SELECT $4 OR e.charge_id IS NULL OR c.person_id IS NOT DISTINCT FROM $5 AS told) s
            WHERE l.account_id = $1 AND ($2 IS NULL OR l.entry_id < $2) ORDER BY l.entry_id DESC LIMIT $3
            """);
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = fund.Id });
        command.Parameters.Add(new NpgsqlParameter { NpgsqlDbType = NpgsqlDbType.Uuid, Value = after is { } a ? a : DBNull.Value });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = limit + 1 });
        AddReader(command, fund);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var rows = new List<FundMovement>();
        while (await reader.ReadAsync(cancel))
            rows.Add(new FundMovement(
                reader.GetGuid(0), Word.Parse<LedgerEntryKind>(reader.GetString(1)), LocalDate.FromDateOnly(reader.GetFieldValue<DateOnly>(2)), new Money(reader.GetInt64(3)), IdAt(reader, 4), IdAt(reader, 5), TextAt(reader, 6), TextAt(reader, 7),
                TextAt(reader, 8), TextAt(reader, 9), TextAt(reader, 10)));
        if (rows.Count <= limit) return new PageOf<FundMovement>(rows, null, null);
        rows.RemoveAt(limit);
        return new PageOf<FundMovement>(rows, ListQuery.Encode(rows[^1].EntryId.ToString()), null);
    }

    public async Task<IReadOnlyList<FundHold>> HoldsAsync(FundRow fund, CancellationToken cancel)
    {
        await using var command = database.CreateCommand("""
            SELECT h.booking_id, i.name, i.name_en, CASE WHEN $3 OR b.person_id = $4 THEN p.name END, b.starts_at, b.ends_at, i.time_zone, h.fen
            FROM fund_holds h JOIN bookings b ON b.id = h.booking_id JOIN instruments i ON i.id = b.instrument_id JOIN people p ON p.id = b.person_id WHERE h.account_id = $1 ORDER BY b.starts_at, b.id LIMIT $2
            """);
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = fund.Id });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = MostHolds });
        AddReader(command, fund);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var rows = new List<FundHold>();
        while (await reader.ReadAsync(cancel))
            rows.Add(new FundHold(reader.GetGuid(0), reader.GetString(1), reader.GetString(2), TextAt(reader, 3), At(reader, 4), At(reader, 5), reader.GetString(6), new Money(reader.GetInt64(7))));
        return rows;
    }

    // Who sees the whole fund is told who and why; another member of the group only of what is their own.
    private void AddReader(NpgsqlCommand command, FundRow fund)
    {
        command.Parameters.Add(new NpgsqlParameter<bool> { TypedValue = caller.May(FundPermissions.View, SaveFund.ScopeOf(new InstitutionId(fund.Institution.Id), new GroupId(fund.Group.Id))) });
        command.Parameters.Add(new NpgsqlParameter { NpgsqlDbType = NpgsqlDbType.Uuid, Value = caller.PersonId is { } me ? me.Value : DBNull.Value });
    }

    private static Guid? IdAt(NpgsqlDataReader r, int column) => r.IsDBNull(column) ? null : r.GetGuid(column);

    private static string? TextAt(NpgsqlDataReader r, int column) => r.IsDBNull(column) ? null : r.GetString(column);

    private static Instant At(NpgsqlDataReader r, int column) => Instant.FromDateTimeUtc(r.GetFieldValue<DateTime>(column));
}
