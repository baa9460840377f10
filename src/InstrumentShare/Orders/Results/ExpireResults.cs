using InstrumentShare.Persistence;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using NodaTime;
using Quartz;

namespace InstrumentShare.Orders.Results;

/// <summary>
/// Reminds customers of results that will be removed, once each, and removes the bytes of those whose last day is over. It takes all
/// that is due by now, so a missed run loses nothing and a second finds nothing.
/// </summary>
public sealed class ExpireResults(IDbContextFactory<AppDb> databases, IOptions<OrderOptions> options, IClock clock)
{
    public const int BatchSize = 100;

    /// <summary>How many were reminded of, and how many removed.</summary>
    public async Task<(int Reminded, int Removed)> RunAsync(CancellationToken cancel = default) => (await Batches.RunAsync(BatchSize, RemindAsync, cancel), await Batches.RunAsync(BatchSize, RemoveAsync, cancel));

    private async Task<int> RemindAsync(CancellationToken cancel)
    {
        await using var db = await databases.CreateDbContextAsync(cancel);
        await using var transaction = await db.Database.BeginTransactionAsync(cancel);
        var now = clock.GetCurrentInstant();
        var (at, soon) = (now.ToDateTimeUtc(), (now + Duration.FromDays(options.Value.RemindDaysBefore)).ToDateTimeUtc());
        var files = await db.Set<ResultFile>().FromSql($"""
            SELECT * FROM result_files WHERE removed_at IS NULL AND reminded_at IS NULL AND expires_at > {at} AND expires_at <= {soon} ORDER BY expires_at LIMIT {BatchSize} FOR UPDATE SKIP LOCKED
            """).ToListAsync(cancel);
        var ids = files.Select(f => f.OrderId).Distinct().ToList();
        var orders = await db.Set<Order>().AsNoTracking().Where(o => ids.Contains(o.Id)).ToDictionaryAsync(o => o.Id, cancel);
        foreach (var file in files) file.RemindedAt = now;
        await new OrderNews(db).TellCustomersAsync("order.result-expires", files.ConvertAll(f => (orders[f.OrderId], (OrderNews.More?)new OrderNews.More(Until: f.ExpiresOn, File: f.Name))), now, cancel);
        await db.SaveChangesAsync(cancel);
        await transaction.CommitAsync(cancel);
        return files.Count;
    }

    private async Task<int> RemoveAsync(CancellationToken cancel)
    {
        await using var db = await databases.CreateDbContextAsync(cancel);
        await using var transaction = await db.Database.BeginTransactionAsync(cancel);
        var now = clock.GetCurrentInstant();
        var at = now.ToDateTimeUtc();
        var files = await db.Set<ResultFile>().FromSql($"SELECT * FROM result_files WHERE removed_at IS NULL AND expires_at <= {at} ORDER BY expires_at LIMIT {BatchSize} FOR UPDATE SKIP LOCKED").ToListAsync(cancel);
        var keys = files.Select(f => f.Id.Value).ToArray();
        await db.Database.ExecuteSqlAsync($"DELETE FROM result_chunks WHERE file_id = ANY({keys})", cancel);
        var ids = files.Select(f => f.OrderId).Distinct().ToList();
        var orders = await db.Set<Order>().AsNoTracking().Where(o => ids.Contains(o.Id)).ToDictionaryAsync(o => o.Id, cancel);
        var news = new OrderNews(db);
        foreach (var file in files)
        {
            file.RemovedAt = now;
            news.Event("order.result-removed", orders[file.OrderId], now);
        }

        await db.SaveChangesAsync(cancel);
        await transaction.CommitAsync(cancel);
        return files.Count;
    }
}

public sealed class ExpireResultsJob(ExpireResults expire) : IJob
{
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken) => await expire.RunAsync(cancellationToken);
}
