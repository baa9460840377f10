using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace InstrumentShare.Persistence;

/// <summary>Locks on names, had until the transaction ends: one after another in the order given, so that all who take several should give one order.</summary>
public static class AdvisoryLocks
{
    public static NpgsqlBatchCommand Command(params string[] names) =>
        new("SELECT pg_advisory_xact_lock(hashtextextended(name, 0)) FROM (SELECT name FROM unnest($1) WITH ORDINALITY AS u (name, n) ORDER BY n) names")
        {
            Parameters = { new NpgsqlParameter<string[]> { TypedValue = names } },
        };

    /// <summary>The same in the context's own transaction.</summary>
    public static Task TakeAsync(AppDb db, CancellationToken cancel, params string[] names) => TakeAsync((NpgsqlConnection)db.Database.GetDbConnection(), cancel, names);

    public static async Task TakeAsync(NpgsqlConnection connection, CancellationToken cancel, params string[] names)
    {
        await using var batch = new NpgsqlBatch(connection) { BatchCommands = { Command(names) } };
        await batch.ExecuteNonQueryAsync(cancel);
    }
}
