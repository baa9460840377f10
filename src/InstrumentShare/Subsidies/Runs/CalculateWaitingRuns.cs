using InstrumentShare.Persistence;
using Microsoft.EntityFrameworkCore;
using NodaTime;
using Quartz;

namespace InstrumentShare.Subsidies;

/// <summary>Takes long runs that wait, and those whose node fell silent, one at a time; another node takes others.</summary>
[DisallowConcurrentExecution]
public sealed class CalculateWaitingRuns(AppDb db, CalculateRun calculate, IClock clock) : IJob
{
    /// <summary>A run whose node was not heard of for this long is begun anew.</summary>
    public static readonly Duration Silence = Duration.FromMinutes(2);

    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken) => await RunAsync(cancellationToken);

    /// <returns>How many runs were ended.</returns>
    public async Task<int> RunAsync(CancellationToken cancel)
    {
        var done = 0;
        while (await TakeAsync(cancel) is { } run)
        {
            await calculate.RunAsync(run, cancel);
            db.ChangeTracker.Clear();
            done++;
        }

        return done;
    }

    private async Task<SubsidyRun?> TakeAsync(CancellationToken cancel)
    {
        var now = clock.GetCurrentInstant();
        var silent = (now - Silence).ToDateTimeUtc();
        await using var transaction = await db.Database.BeginTransactionAsync(cancel);
        var run = await db.Set<SubsidyRun>().FromSql($"""
            SELECT * FROM subsidy_runs WHERE status = 'calculating' AND (started_at IS NULL OR seen_at < {silent})
            ORDER BY created_at LIMIT 1 FOR UPDATE SKIP LOCKED
            """).SingleOrDefaultAsync(cancel);
        if (run is null) return null;
        if (run.CancelAskedAt is null) run.Start(now);
        else run.Cancelled(now);
        await db.SaveChangesAsync(cancel);
        await transaction.CommitAsync(cancel);
        return run.Status == RunStatus.Calculating ? run : await TakeAsync(cancel);
    }
}
