using System.Security.Cryptography;
using System.Text;
using Npgsql;

namespace InstrumentShare.Persistence;

/// <summary>
/// Applies the numbered SQL files in order, each in its own transaction, under an advisory lock so that nodes that start
/// together do it once. A file that was applied and has since changed stops the start. Needs a direct connection, not a
/// pooler in transaction mode.
/// </summary>
public static class Migrator
{
    private const long LockKey = 7_210_405_118;

    public static async Task MigrateAsync(string connectionString, CancellationToken cancel = default)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync(cancel);
        await ExecuteAsync(connection, $"SELECT pg_advisory_lock({LockKey})", cancel);
        try
        {
            await ExecuteAsync(connection, "CREATE TABLE IF NOT EXISTS schema_migrations (name text PRIMARY KEY, checksum text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now())", cancel);
            var applied = await AppliedAsync(connection, cancel);
            foreach (var (name, sql) in Files())
            {
                var checksum = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(sql)));
                if (!applied.TryGetValue(name, out var known)) await ApplyAsync(connection, name, sql, checksum, cancel);
                else if (known != checksum) throw new StartRefusedException($"Migration {name} was changed after it had been applied. Undo the change and add a new file instead.");
            }
        }
        finally
        {
            await ExecuteAsync(connection, $"SELECT pg_advisory_unlock({LockKey})", CancellationToken.None);
        }
    }

    /// <summary>The migrations that this build carries, in the order in which they are applied.</summary>
    public static IEnumerable<(string Name, string Sql)> Files()
    {
        var assembly = typeof(Migrator).Assembly;
        foreach (var resource in assembly.GetManifestResourceNames().Where(n => n.StartsWith("migrations/", StringComparison.Ordinal)).Order(StringComparer.Ordinal))
        {
            using var reader = new StreamReader(assembly.GetManifestResourceStream(resource)!);
            yield return (resource["migrations/".Length..], reader.ReadToEnd().ReplaceLineEndings("\n"));
        }
    }

    private static async Task<Dictionary<string, string>> AppliedAsync(NpgsqlConnection connection, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand("SELECT name, checksum FROM schema_migrations", connection);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var applied = new Dictionary<string, string>(StringComparer.Ordinal);
        while (await reader.ReadAsync(cancel)) applied.Add(reader.GetString(0), reader.GetString(1));
        return applied;
    }

    private static async Task ApplyAsync(NpgsqlConnection connection, string name, string sql, string checksum, CancellationToken cancel)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        await ExecuteAsync(connection, sql, cancel);
        await using var record = new NpgsqlCommand("INSERT INTO schema_migrations (name, checksum) VALUES ($1, $2)", connection)
        {
            Parameters = { new() { Value = name }, new() { Value = checksum } },
        };
        await record.ExecuteNonQueryAsync(cancel);
        await transaction.CommitAsync(cancel);
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        await command.ExecuteNonQueryAsync(cancel);
    }
}
