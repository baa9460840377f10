using InstrumentShare.Persistence;
using NodaTime;
using Npgsql;
using Quartz;

namespace InstrumentShare.Billing.Funds;

/// <summary>
/// Releases what past bookings still hold that nobody used: late records have three days, what waits for somebody's look at its
/// charge has longer. A late run finds all that is due, a second finds nothing.
/// </summary>
public sealed class ReleaseHolds(NpgsqlDataSource database, IClock clock)
{
    public const int BatchSize = 500;

    public static readonly Duration KeptFor = Duration.FromDays(3);

    /// <summary>How many holds were released.</summary>
    public Task<int> RunAsync(CancellationToken cancel = default) => Batches.RunAsync(BatchSize, ReleaseBatchAsync, cancel);

    private async Task<int> ReleaseBatchAsync(CancellationToken cancel)
    {
        await using var command = database.CreateCommand("""
            WITH due AS MATERIALIZED (
                SELECT h.booking_id, h.account_id FROM fund_holds h JOIN bookings b ON b.id = h.booking_id
                WHERE b.status = 'completed' AND b.ends_at < $1 AND NOT EXISTS (SELECT FROM charges c WHERE c.booking_id = b.id AND c.status = 'estimated') LIMIT $2
            ), locked AS MATERIALIZED (
                SELECT a.id FROM ledger_accounts a WHERE a.id IN (SELECT account_id FROM due) ORDER BY a.id FOR NO KEY UPDATE
            ), gone AS (
                DELETE FROM fund_holds h USING due d, locked l WHERE h.booking_id = d.booking_id AND h.account_id = d.account_id AND l.id = h.account_id RETURNING h.account_id, h.fen
            ), released AS (
                UPDATE ledger_accounts a SET held_fen = a.held_fen - g.fen FROM (SELECT account_id, sum(fen)::bigint AS fen FROM gone GROUP BY account_id) g WHERE a.id = g.account_id
            )
            SELECT count(*)::integer FROM gone
            """);
        command.Parameters.Add(new NpgsqlParameter<DateTime> { TypedValue = (clock.GetCurrentInstant() - KeptFor).ToDateTimeUtc() });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = BatchSize });
        return (int)(await command.ExecuteScalarAsync(cancel))!;
    }
}

public sealed class ReleaseHoldsJob(ReleaseHolds release) : IJob
{
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken) => await release.RunAsync(cancellationToken);
}
