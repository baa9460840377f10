using System.Text.Json;
using InstrumentShare.Access;
using InstrumentShare.Kernel;
using InstrumentShare.Persistence;
using InstrumentShare.Web;
using Microsoft.EntityFrameworkCore;
using NodaTime;
using NodaTime.Text;
using Npgsql;
using NpgsqlTypes;

namespace InstrumentShare.Billing.Ledger;

/// <summary>An account with the name of whom it is kept for; income and tax have none.</summary>
public sealed record LedgerAccountRow(Guid Id, LedgerAccountKind Kind, Guid? HolderId, string? Name, string? NameEn, Money Balance, Money Held, Money? Limit);

public sealed record LedgerLineRow(Guid AccountId, LedgerAccountKind Kind, string? Name, string? NameEn, Money Amount);

public sealed record LedgerEntryRow(
    Guid Id, LedgerEntryKind Kind, LocalDate BookedOn, Guid? ChargeId, Guid? BookingId, Guid? ReversesId, Guid? ReversedById, string? Problem, string? Reason, string? EnteredBy, Instant EnteredAt, IReadOnlyList<LedgerLineRow> Lines);

/// <summary>Which entries; null means any. Dates are of entry, both included.</summary>
public sealed record LedgerFilter(Guid Institution, Guid? Account = null, LedgerEntryKind? Kind = null, LocalDate? From = null, LocalDate? To = null, Guid? Charge = null, bool? Problem = null);

/// <summary>Reads ledgers; who may, is asked by <see cref="MayView"/>.</summary>
public sealed class LedgerQueries(AppDb db, NpgsqlDataSource database, Caller caller)
{
    private const int MostChoices = 500;

    // Whom an account is kept for.
    private const string Holder = """
        LEFT JOIN groups hg ON a.kind IN ('group', 'deposit', 'voucher') AND hg.id = a.holder_id LEFT JOIN people hp ON a.kind IN ('person', 'deposit', 'voucher') AND hp.id = a.holder_id
        LEFT JOIN funds hf ON a.kind = 'fund' AND hf.id = a.holder_id LEFT JOIN institutions hi ON a.kind = 'institution' AND hi.id = a.holder_id
        """;

    private const string HolderName = "coalesce(hg.name, hp.name, hf.number || ' ' || hf.name, hi.name)";
    private const string HolderNameEn = "coalesce(hg.name_en, hp.name_en, hf.number || ' ' || hf.name_en, hi.name_en)";

    private const string Entries = $"""
        SELECT e.id, e.kind, e.booked_on, e.charge_id, e.booking_id, e.reverses_id, (SELECT r.id FROM ledger_entries r WHERE r.reverses_id = e.id), e.problem, e.reason, p.name, e.entered_at,
               (SELECT jsonb_agg(jsonb_build_object('accountId', a.id, 'kind', a.kind, 'name', {HolderName}, 'nameEn', {HolderNameEn}, 'amount', jsonb_build_object('amount', to_char(l.fen / 100.0, 'FM999999999999990.00'), 'currency', a.currency)) ORDER BY l.fen, a.id)
                FROM ledger_lines l JOIN ledger_accounts a ON a.id = l.account_id {Holder} WHERE l.entry_id = e.id)
        FROM ledger_entries e LEFT JOIN people p ON p.id = e.entered_by
        WHERE e.institution_id = @institution AND (@account IS NULL OR EXISTS (SELECT FROM ledger_lines x WHERE x.entry_id = e.id AND x.account_id = @account))
          AND (@kind IS NULL OR e.kind = @kind) AND (@from IS NULL OR e.booked_on >= @from) AND (@to IS NULL OR e.booked_on <= @to) AND (@charge IS NULL OR e.charge_id = @charge)
          AND (@problem IS NULL OR (e.problem IS NOT NULL) = @problem) AND (@after IS NULL OR (e.booked_on, e.id) < (@after, @afterId))
        ORDER BY e.booked_on DESC, e.id DESC LIMIT @limit
        """;

    private const string Accounts = $"""
        SELECT a.id, a.kind, a.holder_id, {HolderName}, {HolderNameEn}, a.currency, a.balance_fen, a.held_fen, a.limit_fen FROM ledger_accounts a {Holder}
        WHERE a.institution_id = @institution AND (@kind IS NULL OR a.kind = @kind) AND (@afterId IS NULL OR (a.kind, a.id) > ((SELECT x.kind FROM ledger_accounts x WHERE x.id = @afterId), @afterId)) ORDER BY a.kind, a.id LIMIT @limit
        """;

    public bool MayView(Institution institution) => caller.May(LedgerPermissions.View, institution.LedgerScope());

    public bool MayEnter(Institution institution) => caller.May(LedgerPermissions.Enter, institution.LedgerScope());

    /// <summary>The institution whose ledger is read: the one asked for, else the reader's own; null when it is not theirs to know.</summary>
    public async Task<Institution?> InstitutionAsync(Guid? asked, CancellationToken cancel)
    {
        var first = caller.GrantsOf(LedgerPermissions.View).FirstOrDefault(g => g.ScopeKind == ScopeKind.Institution)?.ScopeId;
        if ((asked ?? first ?? caller.InstitutionId?.Value) is not { } id) return null;
        return await db.Set<Institution>().AsNoTracking().SingleOrDefaultAsync(i => i.Id == new InstitutionId(id), cancel) is { } found && MayView(found) ? found : null;
    }

    /// <summary>Whose ledgers the reader may choose from; empty for who has one.</summary>
    public async Task<IReadOnlyList<Institution>> ChoicesAsync(CancellationToken cancel)
    {
        var grants = caller.GrantsOf(LedgerPermissions.View).ToList();
        if (grants.TrueForAll(g => g.ScopeKind == ScopeKind.Institution) && grants.Select(g => g.ScopeId).Distinct().Count() < 2) return [];
        return (await db.Set<Institution>().AsNoTracking().Where(i => db.Set<LedgerAccount>().Any(a => a.InstitutionId == i.Id)).OrderBy(i => i.Id).Take(MostChoices).ToListAsync(cancel)).Where(MayView).ToList();
    }

    public async Task<PageOf<LedgerAccountRow>> AccountsAsync(Guid institution, LedgerAccountKind? kind, Guid? after, int limit, CancellationToken cancel)
    {
        await using var command = database.CreateCommand(Accounts);
        Add(command, ("institution", NpgsqlDbType.Uuid, institution), ("kind", NpgsqlDbType.Text, kind is { } k ? Word.Of(k) : null), ("afterId", NpgsqlDbType.Uuid, after), ("limit", NpgsqlDbType.Integer, limit + 1));
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var rows = new List<LedgerAccountRow>();
        while (await reader.ReadAsync(cancel))
        {
            var currency = reader.GetString(5);
            rows.Add(new LedgerAccountRow(
                reader.GetGuid(0), Word.Parse<LedgerAccountKind>(reader.GetString(1)), IdAt(reader, 2), TextAt(reader, 3), TextAt(reader, 4), new Money(reader.GetInt64(6), currency), new Money(reader.GetInt64(7), currency),
                reader.IsDBNull(8) ? null : new Money(reader.GetInt64(8), currency)));
        }

        if (rows.Count <= limit) return new PageOf<LedgerAccountRow>(rows, null, null);
        rows.RemoveAt(limit);
        return new PageOf<LedgerAccountRow>(rows, ListQuery.Encode(rows[^1].Id.ToString()), null);
    }

    /// <summary>What each kind of account comes to.</summary>
    public async Task<IReadOnlyList<(LedgerAccountKind Kind, long Accounts, Money Balance, Money Held)>> TotalsAsync(Guid institution, CancellationToken cancel)
    {
        await using var command = database.CreateCommand("SELECT kind, count(*), sum(balance_fen)::bigint, sum(held_fen)::bigint FROM ledger_accounts WHERE institution_id = $1 AND currency = 'CNY' GROUP BY kind ORDER BY kind");
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = institution });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var rows = new List<(LedgerAccountKind, long, Money, Money)>();
        while (await reader.ReadAsync(cancel)) rows.Add((Word.Parse<LedgerAccountKind>(reader.GetString(0)), reader.GetInt64(1), new Money(reader.GetInt64(2)), new Money(reader.GetInt64(3))));
        return rows;
    }

    /// <summary>Entries, the latest first.</summary>
    public async Task<PageOf<LedgerEntryRow>> EntriesAsync(LedgerFilter f, int limit, string? cursor, CancellationToken cancel)
    {
        var (after, afterId) = ReadCursor(cursor);
        await using var command = database.CreateCommand(Entries);
        Add(command, ("institution", NpgsqlDbType.Uuid, f.Institution), ("account", NpgsqlDbType.Uuid, f.Account), ("kind", NpgsqlDbType.Text, f.Kind is { } kind ? Word.Of(kind) : null),
            ("from", NpgsqlDbType.Date, f.From?.ToDateOnly()), ("to", NpgsqlDbType.Date, f.To?.ToDateOnly()), ("charge", NpgsqlDbType.Uuid, f.Charge), ("problem", NpgsqlDbType.Boolean, f.Problem),
            ("after", NpgsqlDbType.Date, after?.ToDateOnly()), ("afterId", NpgsqlDbType.Uuid, afterId), ("limit", NpgsqlDbType.Integer, limit + 1));
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var rows = new List<LedgerEntryRow>();
        while (await reader.ReadAsync(cancel))
            rows.Add(new LedgerEntryRow(
                reader.GetGuid(0), Word.Parse<LedgerEntryKind>(reader.GetString(1)), LocalDate.FromDateOnly(reader.GetFieldValue<DateOnly>(2)), IdAt(reader, 3), IdAt(reader, 4), IdAt(reader, 5), IdAt(reader, 6),
                TextAt(reader, 7), TextAt(reader, 8), TextAt(reader, 9), Instant.FromDateTimeUtc(reader.GetFieldValue<DateTime>(10)), JsonSerializer.Deserialize<List<LedgerLineRow>>(reader.GetString(11), Json.Options)!));
        if (rows.Count <= limit) return new PageOf<LedgerEntryRow>(rows, null, null);
        rows.RemoveAt(limit);
        return new PageOf<LedgerEntryRow>(rows, ListQuery.Encode($"{LocalDatePattern.Iso.Format(rows[^1].BookedOn)}|{rows[^1].Id}"), null);
    }

    public static bool IsCursor(string cursor) => ReadCursor(cursor).After is not null;

    public async Task<IReadOnlyList<LedgerPeriod>> PeriodsAsync(InstitutionId institution, CancellationToken cancel) =>
        await db.Set<LedgerPeriod>().AsNoTracking().Where(p => p.InstitutionId == institution).OrderByDescending(p => p.Month).Take(120).ToListAsync(cancel);

    public Task<LocalDate?> NextMonthAsync(InstitutionId institution, CancellationToken cancel) => ClosePeriod.NextAsync(db, institution, cancel);

    /// <summary>The last proof with what it found in this ledger; null before the first.</summary>
    public async Task<LedgerProof?> ProofAsync(InstitutionId institution, CancellationToken cancel)
    {
        var last = await db.Set<LedgerProof>().AsNoTracking().OrderByDescending(p => p.ProvedAt).ThenByDescending(p => p.Id).FirstOrDefaultAsync(cancel);
        if (last is null) return null;
        var own = last.Findings.Where(f => f.InstitutionId == institution.Value).ToList();
        return new LedgerProof { Id = last.Id, ProvedAt = last.ProvedAt, Accounts = last.Accounts, Entries = last.Entries, IsSound = own.Count == 0, Findings = own };
    }

    private static (LocalDate? After, Guid? Id) ReadCursor(string? cursor)
    {
        var parts = cursor?.Split('|') ?? [];
        return parts.Length == 2 && LocalDatePattern.Iso.Parse(parts[0]) is { Success: true } on && Guid.TryParse(parts[1], out var id) ? (on.Value, id) : (null, null);
    }

    private static void Add(NpgsqlCommand command, params (string Name, NpgsqlDbType Type, object? Value)[] parameters)
    {
        foreach (var (name, type, value) in parameters) command.Parameters.Add(new NpgsqlParameter(name, type) { Value = value ?? DBNull.Value });
    }

    private static Guid? IdAt(NpgsqlDataReader r, int column) => r.IsDBNull(column) ? null : r.GetGuid(column);

    private static string? TextAt(NpgsqlDataReader r, int column) => r.IsDBNull(column) ? null : r.GetString(column);
}
