using Microsoft.Extensions.Diagnostics.HealthChecks;
using Npgsql;

namespace InstrumentShare.Persistence;

/// <summary>Loads what a module needs in the database at start; must do nothing when it is there already.</summary>
public interface IStartupLoader
{
    Task LoadAsync(CancellationToken cancel);
}

/// <summary>Ready while the database answers.</summary>
public sealed class DatabaseHealth(NpgsqlDataSource database) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            await using var command = database.CreateCommand("SELECT 1");
            await command.ExecuteScalarAsync(cancellationToken);
            return HealthCheckResult.Healthy();
        }
        catch (NpgsqlException failure)
        {
            return HealthCheckResult.Unhealthy("The database does not answer.", failure);
        }
    }
}
