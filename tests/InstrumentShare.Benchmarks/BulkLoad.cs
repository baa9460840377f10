using Npgsql;

namespace InstrumentShare.Benchmarks;

/// <summary>
/// Loads millions of rows as an import would: indexes that serve reading are dropped before and built after, references are
/// not looked up row by row. The exclusion constraint stays: finished bookings are outside of it.
/// </summary>
internal static class BulkLoad
{
    public static async Task RunAsync(Bench bench, string table, string[] kept, Func<NpgsqlConnection, Task> load)
    {
        await using var connection = await bench.Database.OpenConnectionAsync();
        var (drops, builds) = (new List<string>(), new List<string>());
        await using (var command = new NpgsqlCommand("""
            SELECT CASE WHEN c.conname IS NULL THEN format('DROP INDEX %I', r.relname) ELSE format('ALTER TABLE %I DROP CONSTRAINT %I', $1, c.conname) END,
                   CASE WHEN c.conname IS NULL THEN pg_get_indexdef(i.indexrelid) ELSE format('ALTER TABLE %I ADD CONSTRAINT %I %s', $1, c.conname, pg_get_constraintdef(c.oid)) END
            FROM pg_index i JOIN pg_class r ON r.oid = i.indexrelid LEFT JOIN pg_constraint c ON c.conindid = i.indexrelid AND c.conrelid = i.indrelid
            WHERE i.indrelid = $1::regclass AND r.relname <> ALL ($2)
            """, connection) { Parameters = { new() { Value = table }, new() { Value = kept } } })
        {
            await using var reader = await command.ExecuteReaderAsync();
            while (await reader.ReadAsync())
            {
                drops.Add(reader.GetString(0));
                builds.Add(reader.GetString(1));
            }
        }

        foreach (var drop in drops) await ExecuteAsync(connection, drop);
        await ExecuteAsync(connection, "SET session_replication_role = replica");
        await load(connection);
        await ExecuteAsync(connection, "SET session_replication_role = origin");
        await ExecuteAsync(connection, "SET maintenance_work_mem = '1GB'");
        foreach (var build in builds) await ExecuteAsync(connection, build);
        await ExecuteAsync(connection, "RESET maintenance_work_mem");
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        await command.ExecuteNonQueryAsync();
    }
}
