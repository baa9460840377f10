using Npgsql;

namespace InstrumentShare.Catalog.Search;

/// <summary>
/// Keeps this node's <see cref="SearchIndex"/> as the database is: rows know the transaction that wrote them last, so those
/// that the snapshot of the last look did not see are read. A change by this node is found at once, one by another node
/// within <see cref="Age"/>.
/// </summary>
public sealed class CatalogIndex(NpgsqlDataSource database, SearchCache cache) : IDisposable
{
    public static readonly TimeSpan Age = TimeSpan.FromSeconds(1);

    private const int Chunk = 5_000;

    // Rows of a restored dump carry transactions of another server, which may be ahead of this one's.
    private const string Changed = """
        WHERE changed_in >= pg_snapshot_xmin($1::pg_snapshot) AND changed_in < pg_snapshot_xmax(pg_current_snapshot()) AND NOT pg_visible_in_snapshot(changed_in, $1::pg_snapshot)
        """;

    private const string Institutions = "SELECT id, name, name_en FROM institutions";
    private const string Instruments = "SELECT id, institution_id, name, name_en, model, manufacturer, classification, region, sharing, is_visible FROM instruments";

    private readonly SearchIndex index = new();
    private readonly SemaphoreSlim refreshing = new(1);
    private string? snapshot;
    private long lookedAt;
    private long generation = -1;

    public async ValueTask<SearchIndex> CurrentAsync(CancellationToken cancel)
    {
        if (IsCurrent) return index;
        await refreshing.WaitAsync(cancel);
        try
        {
            if (!IsCurrent) await RefreshAsync(cancel);
            return index;
        }
        finally
        {
            refreshing.Release();
        }
    }

    public void Dispose()
    {
        index.Dispose();
        refreshing.Dispose();
    }

    private bool IsCurrent => Interlocked.Read(ref generation) == cache.Generation && TimeProvider.System.GetElapsedTime(Interlocked.Read(ref lookedAt)) < Age;

    private async Task RefreshAsync(CancellationToken cancel)
    {
        var (now, seen) = (TimeProvider.System.GetTimestamp(), cache.Generation);
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(System.Data.IsolationLevel.RepeatableRead, cancel);
        await using var current = new NpgsqlCommand("SELECT pg_current_snapshot()::text", connection);
        var looked = (string)(await current.ExecuteScalarAsync(cancel))!;
        await ReadAsync(connection, Institutions, r => (r.GetGuid(0), r.GetString(1), r.GetString(2)), named => index.Put(named, []), cancel);
        await ReadAsync(connection, Instruments, r => new IndexedInstrument(
            r.GetGuid(0), r.GetGuid(1), r.GetString(2), r.GetString(3), r.GetString(4), r.GetString(5), r.GetString(6), r.GetString(7), r.GetString(8), r.GetBoolean(9)), found => index.Put([], found), cancel);
        (snapshot, lookedAt, generation) = (looked, now, seen);
    }

    private async Task ReadAsync<T>(NpgsqlConnection connection, string select, Func<NpgsqlDataReader, T> read, Action<List<T>> put, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand($"{select} {(snapshot is null ? string.Empty : Changed)} ORDER BY id", connection) { CommandTimeout = 0 };
        if (snapshot is not null) command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = snapshot });
        var rows = new List<T>();
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            rows.Add(read(reader));
            if (rows.Count < Chunk) continue;
            put(rows);
            rows.Clear();
        }

        if (rows.Count > 0) put(rows);
    }
}
