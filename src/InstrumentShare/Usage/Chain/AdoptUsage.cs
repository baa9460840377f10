using InstrumentShare.Persistence;
using Microsoft.EntityFrameworkCore;
using NodaTime;
using Npgsql;

namespace InstrumentShare.Usage.Chain;

/// <summary>
/// Links the records of a database that is older than the chains, once, in the order they were closed. Later a closed record without
/// a link is a finding, never adopted in silence.
/// </summary>
public sealed class AdoptUsage(IDbContextFactory<AppDb> databases, IClock clock) : IStartupLoader
{
    private const string Name = "usage-chains";

    public async Task LoadAsync(CancellationToken cancel)
    {
        await using var db = await databases.CreateDbContextAsync(cancel);
        await using var transaction = await db.BeginAsync(cancel);
        await AdvisoryLocks.TakeAsync(db, cancel, Name);
        var known = await db.Database.SqlQuery<int>($"SELECT 1 AS \"Value\" FROM loaded_data WHERE name = {Name}").AnyAsync(cancel);
        if (known) return;
        var now = clock.GetCurrentInstant();
        if (!await db.Set<UsageLink>().AnyAsync(cancel))
        {
            var records = await db.Set<UsageRecord>().AsNoTracking().Where(r => r.Status == UsageStatus.Closed).OrderBy(r => r.ClosedAt).ThenBy(r => r.Id).ToListAsync(cancel);
            if (records.Count > 0) await CopyTable.Of(db, ChainRules.Of(records, _ => now, isAdopted: true)).WriteAsync((NpgsqlConnection)db.Database.GetDbConnection(), cancel);
        }

        await db.Database.ExecuteSqlAsync($"INSERT INTO loaded_data (name, digest, loaded_at) VALUES ({Name}, '', {now.ToDateTimeUtc()})", cancel);
        await transaction.CommitAsync(cancel);
    }
}
