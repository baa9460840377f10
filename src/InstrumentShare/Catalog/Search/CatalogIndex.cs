using Npgsql;

namespace InstrumentShare.Catalog.Search;

/// <summary>
/// Keeps this node's <see cref="SearchIndex"/> as the database is: rows know the transaction that wrote them last, so those
/// that the snapshot of the last look did not see are read. Every search looks, those that wait at the same time together;
/// so what was saved before, on whichever node, is found.
/// </summary>
public sealed class CatalogIndex(NpgsqlDataSource database) : IDisposable
{
    private const int Chunk = 5_000;

    // Rows of a restored dump carry transactions of another server, which may be ahead of this one's.
    private const string Changed = """
        WHERE changed_in >= pg_snapshot_xmin($1::pg_snapshot) AND changed_in < pg_snapshot_xmax(pg_current_snapshot()) AND NOT pg_visible_in_snapshot(changed_in, $1::pg_snapshot)
        """;

    private const string Institutions = "SELECT id, name, name_en FROM institutions";
    private const string Instruments = "SELECT id, institution_id, name, name_en, model, manufacturer, classification, region, sharing, is_visible FROM instruments";

    private const string Look = $"SELECT pg_current_snapshot()::text, EXISTS (SELECT 1 FROM institutions {Changed}) OR EXISTS (SELECT 1 FROM instruments {Changed})";

    private readonly SearchIndex index = new();
    private readonly SemaphoreSlim refreshing = new(1);
    private string? snapshot;
    private long asked;
    private long answered;

    public async Task<SearchIndex> CurrentAsync(CancellationToken cancel)
    {
        var turn = Interlocked.Increment(ref asked);
        await refreshing.WaitAsync(cancel);
        try
        {
            if (answered >= turn) return index;
            var upTo = Interlocked.Read(ref asked);
            await RefreshAsync(cancel);
            answered = upTo;
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

    private async Task RefreshAsync(CancellationToken cancel)
    {
        await using var look = database.CreateCommand(snapshot is null ? "SELECT pg_current_snapshot()::text, true" : Look);
        if (snapshot is not null) look.Parameters.Add(new NpgsqlParameter<string> { TypedValue = snapshot });
        string looked;
        bool changed;
        await using (var seen = await look.ExecuteReaderAsync(cancel))
        {
            await seen.ReadAsync(cancel);
            (looked, changed) = (seen.GetString(0), seen.GetBoolean(1));
        }

        if (changed) await ReadChangesAsync(cancel);
        snapshot = looked;
    }

    // What is committed between the look and the reading is read again the next time.
    private async Task ReadChangesAsync(CancellationToken cancel)
    {
        await using var batch = database.CreateBatch();
        batch.Timeout = 0;
        foreach (var rows in new[] { Institutions, Instruments })
        {
            var command = new NpgsqlBatchCommand(snapshot is null ? $"{rows} ORDER BY id" : $"{rows} {Changed} ORDER BY id");
            if (snapshot is not null) command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = snapshot });
            batch.BatchCommands.Add(command);
        }

        await using var reader = await batch.ExecuteReaderAsync(cancel);
        await ReadAsync(reader, r => (r.GetGuid(0), r.GetString(1), r.GetString(2)), named => index.Put(named, []), cancel);
        await reader.NextResultAsync(cancel);
        await ReadAsync(reader, r => new IndexedInstrument(
            r.GetGuid(0), r.GetGuid(1), r.GetString(2), r.GetString(3), r.GetString(4), r.GetString(5), r.GetString(6), r.GetString(7), r.GetString(8), r.GetBoolean(9)), found => index.Put([], found), cancel);
    }

    private static async Task ReadAsync<T>(NpgsqlDataReader reader, Func<NpgsqlDataReader, T> read, Action<List<T>> put, CancellationToken cancel)
    {
        var rows = new List<T>();
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
