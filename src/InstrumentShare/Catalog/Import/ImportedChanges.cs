using InstrumentShare.Persistence;
using Npgsql;

namespace InstrumentShare.Catalog.Import;

/// <summary>Writes many changed instruments at once, each upon the version it was read at.</summary>
internal static class ImportedChanges
{
    private const string Table = "imported_instruments";

    /// <returns>How many rows were written; fewer than were given when another change came between.</returns>
    public static async Task<int> WriteAsync(AppDb db, NpgsqlConnection connection, IEnumerable<Instrument> changed, CancellationToken cancel)
    {
        var table = CopyTable.Of(db, changed) with { Name = Table };
        await ExecuteAsync(connection, $"CREATE TEMP TABLE {Table} (LIKE instruments INCLUDING DEFAULTS) ON COMMIT DROP", cancel);
        await table.WriteAsync(connection, cancel);
        var columns = table.Columns.Select(c => c.Name).Where(c => c is not ("id" or "institution_id" or "created_at")).Select(c => $"\"{c}\" = t.\"{c}\"");
        return await ExecuteAsync(connection, $"UPDATE instruments i SET {string.Join(", ", columns)} FROM {Table} t WHERE i.id = t.id AND i.version = t.version - 1", cancel);
    }

    private static async Task<int> ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteNonQueryAsync(cancel);
    }
}
