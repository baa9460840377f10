using InstrumentShare.Access;
using InstrumentShare.Billing.Ledger;
using InstrumentShare.Bookings;
using InstrumentShare.Catalog;
using InstrumentShare.Kernel;
using InstrumentShare.Persistence;
using InstrumentShare.Web;
using Microsoft.EntityFrameworkCore;
using NodaTime;
using Npgsql;
using NpgsqlTypes;

namespace InstrumentShare.Billing.Funds;

public sealed record FundPlace(Guid Id, string Name, string NameEn);

/// <param name="Used">What charges took, less what was taken back.</param>
/// <param name="Left">What may still be spent: money and credit, less what is held.</param>
public sealed record FundRow(
    Guid Id, FundPlace Institution, FundPlace Group, string Number, string Name, string NameEn, FundPlace Responsible, LocalDate ValidFrom, LocalDate ValidTo, IReadOnlyList<string> Expenses, FundState State,
    Money Balance, Money Held, Money Limit, Money Used, Money Left, bool IsDefault, int Version);

public sealed record SplitShareRow(Guid FundId, string Number, decimal Percent, bool TakesRest);

public sealed record SplitRow(Guid Id, string Name, string NameEn, bool IsActive, bool IsDefault, IReadOnlyList<SplitShareRow> Shares, int Version);

/// <param name="Institution">Null for any that may be seen.</param>
public sealed record FundFilter(Guid? Institution = null, Guid? Group = null, FundState? State = null, Guid? Id = null);

/// <summary>Reads fund cards: those of one's groups, and those that a role's scope covers.</summary>
public sealed class FundQueries(AppDb db, NpgsqlDataSource database, TermsOfInstrument terms, Caller caller, IClock clock) : IBookingFunds
{
    /// <summary>More funds than these no form offers.</summary>
    private const int MostChoices = 100;

    private const string Sql = """
        SELECT f.id, f.institution_id, o.name, o.name_en, f.group_id, g.name, g.name_en, f.number, f.name, f.name_en, f.responsible_id, p.name, p.name_en, f.valid_from, f.valid_to, f.expenses, f.state,
               a.balance_fen, a.held_fen, coalesce(a.limit_fen, 0), (SELECT coalesce(-sum(l.fen), 0)::bigint FROM ledger_lines l JOIN ledger_entries e ON e.id = l.entry_id WHERE l.account_id = f.id AND e.charge_id IS NOT NULL),
               d.fund_id IS NOT NULL, f.version
        FROM funds f JOIN ledger_accounts a ON a.id = f.id JOIN institutions o ON o.id = f.institution_id JOIN groups g ON g.id = f.group_id JOIN people p ON p.id = f.responsible_id
        LEFT JOIN group_funds d ON d.group_id = f.group_id AND d.fund_id = f.id
        WHERE (@everything OR f.group_id = ANY(@groups) OR f.institution_id = ANY(@institutions))
          AND (@institution IS NULL OR f.institution_id = @institution) AND (@group IS NULL OR f.group_id = @group) AND (@state IS NULL OR f.state = @state) AND (@id IS NULL OR f.id = @id) AND (@after IS NULL OR (f.number, f.id) > ((SELECT x.number FROM funds x WHERE x.id = @after), @after))
        ORDER BY f.number, f.id LIMIT @limit
        """;

    private sealed record Choice(Guid Id, string Number, string Name, string NameEn, long? LeftFen, bool IsDefault);

    public async Task<PageOf<FundRow>> ListAsync(FundFilter filter, Guid? after, int limit, CancellationToken cancel)
    {
        var grants = caller.GrantsOf(FundPermissions.View).ToList();
        await using var command = database.CreateCommand(Sql);
        command.Parameters.AddWithValue("everything", caller.IsJob || grants.Any(g => g.ScopeKind == ScopeKind.All));
        command.Parameters.AddWithValue("groups", caller.Groups.Select(g => g.Value).Concat(Of(ScopeKind.Group)).ToArray());
        command.Parameters.AddWithValue("institutions", Of(ScopeKind.Institution).ToArray());
        foreach (var (name, type, value) in new (string, NpgsqlDbType, object?)[]
        {
            ("institution", NpgsqlDbType.Uuid, filter.Institution), ("group", NpgsqlDbType.Uuid, filter.Group), ("state", NpgsqlDbType.Text, filter.State is { } state ? Word.Of(state) : null), ("id", NpgsqlDbType.Uuid, filter.Id),
            ("after", NpgsqlDbType.Uuid, after), ("limit", NpgsqlDbType.Integer, limit + 1),
        }) command.Parameters.Add(new NpgsqlParameter(name, type) { Value = value ?? DBNull.Value });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var rows = new List<FundRow>();
        while (await reader.ReadAsync(cancel)) rows.Add(Read(reader));
        if (rows.Count <= limit) return new PageOf<FundRow>(rows, null, null);
        rows.RemoveAt(limit);
        return new PageOf<FundRow>(rows, ListQuery.Encode(rows[^1].Id.ToString()), null);

        IEnumerable<Guid> Of(ScopeKind kind) => grants.Where(g => g.ScopeKind == kind).Select(g => g.ScopeId!.Value);
    }

    /// <summary>Null when the caller may not know of it.</summary>
    public async Task<FundRow?> OneAsync(Guid id, CancellationToken cancel) => (await ListAsync(new FundFilter(Id: id), null, 1, cancel)).Items.SingleOrDefault();

    /// <summary>Whether the caller may see the funds of a group.</summary>
    public bool MayRead(Group group) => caller.Groups.Contains(group.Id) || caller.May(FundPermissions.View, SaveFund.ScopeOf(group.InstitutionId, group.Id));

    public bool MayManage(Guid institution, Guid group) => caller.May(FundPermissions.Manage, new Scope(InstitutionId: institution, GroupId: group));

    public bool MaySplit(Group group) => caller.May(FundPermissions.Split, SaveFund.ScopeOf(group.InstitutionId, group.Id));

    public async Task<IReadOnlyList<SplitRow>> SplitsAsync(GroupId group, CancellationToken cancel)
    {
        var splits = await db.Set<FundSplit>().AsNoTracking().Where(s => s.GroupId == group).OrderBy(s => s.Id).Take(MostChoices).ToListAsync(cancel);
        var ids = splits.Select(s => s.Id).ToList();
        var shares = (await db.Set<FundSplitShare>().AsNoTracking().Where(s => ids.Contains(s.SplitId)).Join(db.Set<Fund>(), s => s.FundId, f => f.Id, (s, f) => new { s.SplitId, s.FundId, f.Number, s.Share, s.TakesRest }).ToListAsync(cancel)).ToLookup(s => s.SplitId);
        var chosen = await db.Set<GroupFund>().AsNoTracking().SingleOrDefaultAsync(g => g.GroupId == group, cancel);
        return splits.ConvertAll(s => new SplitRow(s.Id, s.Name, s.NameEn, s.IsActive, chosen?.FundId == s.Id, [.. shares[s.Id].OrderBy(x => x.Number, StringComparer.Ordinal).Select(x => new SplitShareRow(x.FundId, x.Number, x.Share / 100m, x.TakesRest))], s.Version));
    }

    public async Task<Guid?> DefaultAsync(InstrumentRules instrument, GroupId? group, Instant startsAt, CancellationToken cancel)
    {
        if (group is null || !await terms.DemandsFundAsync(instrument, startsAt, cancel)) return null;
        return (await db.Set<GroupFund>().AsNoTracking().SingleOrDefaultAsync(g => g.GroupId == group, cancel))?.FundId;
    }

    public async Task<Problem> ShortAsync(Guid fund, long neededFen, CancellationToken cancel)
    {
        await using var command = database.CreateCommand("""
            SELECT f.number, greatest(0, a.balance_fen - a.held_fen + coalesce(a.limit_fen, 0)), x.part FROM fund_parts($1, $2) x JOIN funds f ON f.id = x.account_id JOIN ledger_accounts a ON a.id = f.id
            ORDER BY a.balance_fen - a.held_fen + coalesce(a.limit_fen, 0) - x.part, f.id LIMIT 1
            """);
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = fund });
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = neededFen });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        return await reader.ReadAsync(cancel) ? FundRules.Lacking(reader.GetString(0), reader.GetInt64(1), reader.GetInt64(2)) : Problem.Refused("fund.unknown", "fundId");
    }

    public async Task<FundChoices> ChoicesAsync(InstrumentRules instrument, PersonId person, CancellationToken cancel)
    {
        var (now, today) = (clock.GetCurrentInstant(), clock.GetCurrentInstant().InZone(instrument.InstitutionZone).Date.ToDateOnly());
        var member = clock.GetCurrentInstant().InUtc().Date.ToDateOnly();
        var rows = await db.Database.SqlQuery<Choice>($"""
            WITH mine AS (SELECT m.group_id FROM memberships m WHERE m.person_id = {person.Value} AND m.starts_on <= {member} AND (m.ends_on IS NULL OR m.ends_on >= {member}))
            SELECT f.id AS "Id", f.number AS "Number", f.name AS "Name", f.name_en AS "NameEn", a.balance_fen - a.held_fen + coalesce(a.limit_fen, 0) AS "LeftFen", d.fund_id IS NOT NULL AS "IsDefault"
            FROM funds f JOIN mine m ON m.group_id = f.group_id JOIN ledger_accounts a ON a.id = f.id LEFT JOIN group_funds d ON d.group_id = f.group_id AND d.fund_id = f.id
            WHERE f.state = 'active' AND f.valid_to >= {today}
            UNION ALL
            SELECT s.id, '', s.name, s.name_en, NULL, d.fund_id IS NOT NULL FROM fund_splits s JOIN mine m ON m.group_id = s.group_id LEFT JOIN group_funds d ON d.group_id = s.group_id AND d.fund_id = s.id WHERE s.is_active
            ORDER BY 6 DESC, 2, 3 LIMIT {MostChoices}
            """).ToListAsync(cancel);
        return new FundChoices(await terms.DemandsFundAsync(instrument, now, cancel), rows.ConvertAll(r => new FundChoice(r.Id, r.Number, r.Name, r.NameEn, r.LeftFen is { } left ? new Money(left) : null, r.IsDefault)));
    }

    private static FundRow Read(NpgsqlDataReader r)
    {
        var (balance, held, limit) = (r.GetInt64(17), r.GetInt64(18), r.GetInt64(19));
        return new FundRow(
            r.GetGuid(0), Place(r, 1), Place(r, 4), r.GetString(7), r.GetString(8), r.GetString(9), Place(r, 10), On(r, 13), On(r, 14), r.GetFieldValue<string[]>(15), Word.Parse<FundState>(r.GetString(16)),
            new Money(balance), new Money(held), new Money(limit), new Money(r.GetInt64(20)), new Money(balance - held + limit), r.GetBoolean(21), r.GetInt32(22));
    }

    private static FundPlace Place(NpgsqlDataReader r, int column) => new(r.GetGuid(column), r.GetString(column + 1), r.IsDBNull(column + 2) ? string.Empty : r.GetString(column + 2));

    private static LocalDate On(NpgsqlDataReader r, int column) => LocalDate.FromDateOnly(r.GetFieldValue<DateOnly>(column));
}
