using InstrumentShare.Access;
using InstrumentShare.Bookings;
using InstrumentShare.Persistence;
using Microsoft.EntityFrameworkCore;
using NodaTime;
using Npgsql;

namespace InstrumentShare.Billing.Ledger;

/// <param name="Lines">By account; they sum to nothing.</param>
public sealed record NewEntry(
    InstitutionId InstitutionId, LedgerEntryKind Kind, IReadOnlyDictionary<Guid, long> Lines, ChargeId? ChargeId = null, BookingId? BookingId = null, LedgerEntryId? ReversesId = null, string? Problem = null, string? Reason = null);

/// <summary>
/// Writes entries within the transaction that is open: the accounts' rows are taken first, in ascending order of their ids, so that
/// what is decided on their balances still holds when it is written. The database moves the balances and refuses what is not whole.
/// </summary>
public sealed class EnterEntries(AppDb db, Caller caller, IClock clock)
{
    private NpgsqlConnection Connection => (NpgsqlConnection)db.Database.GetDbConnection();

    /// <summary>The accounts, made where they are missing, held until the transaction ends.</summary>
    /// <param name="more">Accounts to hold besides.</param>
    public async Task<IReadOnlyDictionary<AccountKey, LedgerAccount>> LockAsync(IEnumerable<AccountKey> keys, IEnumerable<Guid> more, CancellationToken cancel)
    {
        var wanted = keys.Distinct().ToList();
        await MakeAsync(wanted, cancel);
        var institutions = wanted.Select(k => k.InstitutionId.Value).ToArray();
        var (kinds, holders, others) = (wanted.Select(k => Word.Of(k.Kind)).ToArray(), wanted.Select(k => k.HolderId ?? Guid.Empty).ToArray(), more.ToArray());
        var accounts = await db.Set<LedgerAccount>().FromSql($"""
            SELECT a.* FROM ledger_accounts a
            WHERE a.id = ANY({others}) OR a.id IN (
                SELECT x.id FROM unnest({institutions}, {kinds}, {holders}) AS k (institution_id, kind, holder_id)
                JOIN ledger_accounts x ON x.institution_id = k.institution_id AND x.kind = k.kind AND coalesce(x.holder_id, {Guid.Empty}) = k.holder_id AND x.currency = 'CNY')
            ORDER BY a.id FOR NO KEY UPDATE
            """).AsNoTracking().ToListAsync(cancel);
        return accounts.ToDictionary(a => new AccountKey(a.InstitutionId, a.Kind, a.HolderId));
    }

    public async Task<IReadOnlyList<LedgerEntryId>> RunAsync(IReadOnlyList<NewEntry> entries, CancellationToken cancel)
    {
        var ids = entries.Select(_ => LedgerEntryId.From(Guid.CreateVersion7())).ToList();
        if (entries.Count == 0) return ids;
        await using var batch = new NpgsqlBatch(Connection);
        var entry = new NpgsqlBatchCommand("""
            INSERT INTO ledger_entries (id, institution_id, kind, charge_id, booking_id, reverses_id, problem, reason, booked_on, entered_by, entered_at)
            SELECT e.*, ($9 AT TIME ZONE i.time_zone)::date, $10, $9
            FROM unnest($1, $2, $3, $4, $5, $6, $7, $8) AS e (id, institution_id, kind, charge_id, booking_id, reverses_id, problem, reason) JOIN institutions i ON i.id = e.institution_id
            """);
        Add(entry, ids.Select(i => i.Value).ToArray());
        Add(entry, entries.Select(e => e.InstitutionId.Value).ToArray());
        Add(entry, entries.Select(e => Word.Of(e.Kind)).ToArray());
        Add(entry, entries.Select(e => e.ChargeId?.Value).ToArray());
        Add(entry, entries.Select(e => e.BookingId?.Value).ToArray());
        Add(entry, entries.Select(e => e.ReversesId?.Value).ToArray());
        Add(entry, entries.Select(e => e.Problem).ToArray());
        Add(entry, entries.Select(e => e.Reason).ToArray());
        Add(entry, clock.GetCurrentInstant().ToDateTimeUtc());
        entry.Parameters.Add(new NpgsqlParameter { NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Uuid, Value = caller.PersonId is { } by ? by.Value : DBNull.Value });
        batch.BatchCommands.Add(entry);

        var flat = entries.SelectMany((e, at) => e.Lines.Select(l => (e.InstitutionId, Entry: ids[at], Account: l.Key, Fen: l.Value))).ToList();
        var lines = new NpgsqlBatchCommand("INSERT INTO ledger_lines (institution_id, entry_id, account_id, fen) SELECT * FROM unnest($1, $2, $3, $4)");
        Add(lines, flat.Select(l => l.InstitutionId.Value).ToArray());
        Add(lines, flat.Select(l => l.Entry.Value).ToArray());
        Add(lines, flat.Select(l => l.Account).ToArray());
        Add(lines, flat.Select(l => l.Fen).ToArray());
        batch.BatchCommands.Add(lines);
        await batch.ExecuteNonQueryAsync(cancel);
        return ids;
    }

    /// <summary>Takes entries back, each by one with its signs turned; those that were taken back already are left.</summary>
    public async Task<IReadOnlyList<LedgerEntryId>> ReverseAsync(IReadOnlyCollection<LedgerEntryId> ids, string? reason, CancellationToken cancel)
    {
        var keys = ids.Select(i => i.Value).ToArray();
        var standing = await db.Set<LedgerEntry>().FromSql($"SELECT e.* FROM ledger_entries e WHERE e.id = ANY({keys}) AND NOT EXISTS (SELECT FROM ledger_entries r WHERE r.reverses_id = e.id)").AsNoTracking().ToListAsync(cancel);
        var lines = (await db.Set<LedgerLine>().FromSql($"SELECT * FROM ledger_lines WHERE entry_id = ANY({keys})").AsNoTracking().ToListAsync(cancel)).ToLookup(l => l.EntryId);
        await LockAsync([], lines.SelectMany(l => l).Select(l => l.AccountId).Distinct(), cancel);
        return await RunAsync([.. standing.Select(e => new NewEntry(e.InstitutionId, LedgerEntryKind.Reversal, lines[e.Id].ToDictionary(l => l.AccountId, l => -l.Fen), e.ChargeId, e.BookingId is { } b ? new BookingId(b) : null, e.Id, Reason: reason))], cancel);
    }

    // What may not be overspent has its bound from the start. Two that need the same account at once make it once.
    private async Task MakeAsync(List<AccountKey> keys, CancellationToken cancel)
    {
        if (keys.Count == 0) return;
        await using var command = new NpgsqlCommand("""
            INSERT INTO ledger_accounts (id, institution_id, kind, holder_id, limit_fen, created_at)
            SELECT k.id, k.institution_id, k.kind, k.holder_id, CASE WHEN k.kind IN ('deposit', 'voucher') THEN 0 END, $5 FROM unnest($1, $2, $3, $4) AS k (id, institution_id, kind, holder_id)
            WHERE k.kind <> 'fund' AND NOT EXISTS (SELECT FROM ledger_accounts a WHERE a.institution_id = k.institution_id AND a.kind = k.kind AND a.holder_id IS NOT DISTINCT FROM k.holder_id AND a.currency = 'CNY')
            ON CONFLICT ON CONSTRAINT "ledger.account-once" DO NOTHING
            """, Connection);
        command.Parameters.Add(new NpgsqlParameter<Guid[]> { TypedValue = [.. keys.Select(_ => Guid.CreateVersion7())] });
        command.Parameters.Add(new NpgsqlParameter<Guid[]> { TypedValue = [.. keys.Select(k => k.InstitutionId.Value)] });
        command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = [.. keys.Select(k => Word.Of(k.Kind))] });
        command.Parameters.Add(new NpgsqlParameter<Guid?[]> { TypedValue = [.. keys.Select(k => k.HolderId)] });
        command.Parameters.Add(new NpgsqlParameter<DateTime> { TypedValue = clock.GetCurrentInstant().ToDateTimeUtc() });
        await command.ExecuteNonQueryAsync(cancel);
    }

    private static void Add<T>(NpgsqlBatchCommand command, T value) => command.Parameters.Add(new NpgsqlParameter<T> { TypedValue = value });
}
