namespace InstrumentShare.Subsidies;

/// <summary>Begins a long run at once on the node that took the request; what it misses the job finds a little later.</summary>
public sealed class WaitingRuns(IServiceScopeFactory scopes, ILogger<WaitingRuns> log) : BackgroundService
{
    private readonly SemaphoreSlim told = new(0);

    /// <summary>A run may be waiting.</summary>
    public void Tell() => told.Release();

    public override void Dispose()
    {
        told.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await told.WaitAsync(stoppingToken);
                await using var scope = scopes.CreateAsyncScope();
                await scope.ServiceProvider.GetRequiredService<CalculateWaitingRuns>().RunAsync(stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception failure)
            {
                log.LogError(failure, "A subsidy run could not be calculated; the job will try again.");
            }
        }
    }
}
