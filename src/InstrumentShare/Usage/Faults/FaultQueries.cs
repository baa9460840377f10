using InstrumentShare.Access;
using InstrumentShare.Access.Accounts;
using InstrumentShare.Catalog;
using InstrumentShare.Persistence;
using InstrumentShare.Web;
using Microsoft.EntityFrameworkCore;
using NodaTime;
using Npgsql;
using NpgsqlTypes;

namespace InstrumentShare.Usage.Faults;

/// <param name="Status">Null: all that are not resolved.</param>
public sealed record FaultFilter(Guid? Instrument = null, FaultStatus? Status = null, bool OnlyOwn = false);

/// <summary>Faults as the reader may see them: their own reports, and those about instruments that a role covers.</summary>
public sealed class FaultQueries(AppDb db, NpgsqlDataSource database, Caller caller) : IPersonalDataSource
{
    private const int MostStanding = 200;

    private const string Seen = "(@everything OR f.reported_by = @self OR f.instrument_id = ANY(@instruments) OR i.institution_id = ANY(@owners))";

    private const string Where = $"WHERE {Seen} AND (@instrument IS NULL OR f.instrument_id = @instrument) AND (f.status = @status OR (@status IS NULL AND f.status <> 'resolved'))";

    // Ids grow with time.
    private const string Page = $"SELECT {FaultRow.Columns} {FaultRow.From} {Where} AND (@after IS NULL OR f.id < @after) ORDER BY f.id DESC LIMIT @limit";

    private const string Count = $"SELECT count(*)::integer FROM (SELECT 1 {FaultRow.From} {Where} LIMIT 10001) AS counted";

    private const string One = $"SELECT {FaultRow.Columns} {FaultRow.From} WHERE f.id = @id AND {Seen}";

    string IPersonalDataSource.Name => "faults";

    public async Task<PageOf<FaultRow>> ListAsync(FaultFilter filter, int limit, string? cursor, CancellationToken cancel)
    {
        var sight = filter.OnlyOwn ? Sight.OnlyOwn(caller) : await Sight.OfAsync(db, caller, FaultPermissions.View, cancel);
        await using var batch = database.CreateBatch();
        Add(batch, Page, filter, sight, ("after", NpgsqlDbType.Uuid, Guid.TryParse(cursor, out var after) ? after : null), ("limit", NpgsqlDbType.Integer, limit + 1));
        Add(batch, Count, filter, sight);
        await using var reader = await batch.ExecuteReaderAsync(cancel);
        var rows = new List<FaultRow>();
        while (await reader.ReadAsync(cancel)) rows.Add(FaultRow.Read(reader));
        await reader.NextResultAsync(cancel);
        await reader.ReadAsync(cancel);
        var total = PageOf<FaultRow>.TotalOf(reader.GetInt32(0));
        if (rows.Count <= limit) return new PageOf<FaultRow>(rows, null, total);
        rows.RemoveAt(limit);
        return new PageOf<FaultRow>(rows, ListQuery.Encode(rows[^1].Id.ToString()), total);
    }

    /// <summary>Null when there is none, or it is not the reader's to know.</summary>
    public async Task<FaultRow?> OneAsync(FaultId id, CancellationToken cancel)
    {
        await using var command = database.CreateCommand(One);
        command.Parameters.AddWithValue("id", id.Value);
        (await Sight.OfAsync(db, caller, FaultPermissions.View, cancel)).AddTo(command.Parameters);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        return await reader.ReadAsync(cancel) ? FaultRow.Read(reader) : null;
    }

    /// <summary>A picture of a fault that the reader may see; null when there is none such.</summary>
    public async Task<(byte[] Content, string MediaType)?> PhotoAsync(FaultId id, int number, CancellationToken cancel) =>
        number is >= 1 and <= FaultPhotoRules.MostPhotos && await OneAsync(id, cancel) is { } row && row.Photos >= number
            && await db.Set<FaultPhoto>().AsNoTracking().SingleOrDefaultAsync(p => p.InstrumentId == new InstrumentId(row.Instrument.Id) && p.FaultId == id && p.Number == (short)number, cancel) is { } photo ? (photo.Content, photo.MediaType) : null;

    /// <summary>What is acknowledged and not yet resolved of these instruments, the gravest first: for everyone.</summary>
    public async Task<IReadOnlyList<StandingFault>> StandingAsync(IReadOnlyCollection<InstrumentId> instruments, CancellationToken cancel)
    {
        var standing = await db.Set<Fault>().AsNoTracking().Where(f => instruments.Contains(f.InstrumentId) && f.Status == FaultStatus.Acknowledged)
            .OrderByDescending(f => f.AcknowledgedAt).ThenBy(f => f.Id).Take(MostStanding).Select(f => new { f.InstrumentId, f.Severity, f.Notice, f.AcknowledgedAt }).ToListAsync(cancel);
        return [.. standing.Select(f => new StandingFault(f.InstrumentId.Value, f.Severity, f.Notice!, f.AcknowledgedAt!.Value)).OrderByDescending(f => f.Severity)];
    }

    async Task<object> IPersonalDataSource.OfAsync(PersonId personId, CancellationToken cancel) => await db.Set<Fault>().AsNoTracking().Where(f => f.ReportedBy == personId).OrderByDescending(f => f.ReportedAt).Take(PageOf<object>.CountedUpTo)
        .Select(f => new { f.Id, f.InstrumentId, f.ReportedAt, f.Severity, f.Text, f.Status, f.Resolution }).ToListAsync(cancel);

    private static void Add(NpgsqlBatch batch, string sql, FaultFilter filter, Sight sight, params (string Name, NpgsqlDbType Type, object? Value)[] more)
    {
        var command = new NpgsqlBatchCommand(sql);
        sight.AddTo(command.Parameters);
        (string Name, NpgsqlDbType Type, object? Value)[] all =
            [("instrument", NpgsqlDbType.Uuid, filter.Instrument), ("status", NpgsqlDbType.Text, filter.Status is { } status ? Word.Of(status) : null), .. more];
        foreach (var (name, type, value) in all) command.Parameters.Add(new NpgsqlParameter(name, type) { Value = value ?? DBNull.Value });
        batch.BatchCommands.Add(command);
    }
}
