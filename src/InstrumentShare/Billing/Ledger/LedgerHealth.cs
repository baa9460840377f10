using System.Diagnostics.Metrics;
using InstrumentShare.Web;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Npgsql;

namespace InstrumentShare.Billing.Ledger;

/// <summary>
/// The alarm of the last proof: a ledger that does not add up shows as degraded, which asks for people and takes no node out of
/// service. The same figure goes to the collector of metrics.
/// </summary>
public sealed class LedgerHealth : IHealthCheck
{
    private static readonly Meter Meter = new(Telemetry.SourceName);
    private static int faults;
    private readonly NpgsqlDataSource database;

    static LedgerHealth() => Meter.CreateObservableGauge("ledger.faults", () => faults, description: "What the last proof of the ledgers found not to add up.");

    public LedgerHealth(NpgsqlDataSource database) => this.database = database;

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            await using var command = database.CreateCommand("SELECT jsonb_array_length(findings) FROM ledger_proofs ORDER BY proved_at DESC, id DESC LIMIT 1");
            faults = await command.ExecuteScalarAsync(cancellationToken) as int? ?? 0;
            return faults == 0 ? HealthCheckResult.Healthy() : HealthCheckResult.Degraded("The last proof of the ledgers found faults.", data: new Dictionary<string, object>(StringComparer.Ordinal) { ["faults"] = faults });
        }
        catch (NpgsqlException failure)
        {
            return HealthCheckResult.Unhealthy("The database does not answer.", failure);
        }
    }
}
