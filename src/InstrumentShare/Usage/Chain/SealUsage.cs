using InstrumentShare.Catalog;
using InstrumentShare.Persistence;
using InstrumentShare.Web;
using Microsoft.EntityFrameworkCore;
using NodaTime;
using Npgsql;
using Quartz;

namespace InstrumentShare.Usage.Chain;

/// <summary>
/// Seals the chains once a day, after the day in China has ended: the heads of those that grew, under one hash that follows from the
/// seal before. The seals are public, so that whoever noted one down can tell whether history was written anew. A day that no node was
/// up for is covered by the next seal.
/// </summary>
public sealed class SealUsage(AppDb db, IClock clock)
{
    // A transaction that linked before the seal, but ended after it, is looked for again by the next.
    private static readonly Duration Overlap = Duration.FromHours(6);

    /// <returns>The seal made; null when yesterday is sealed already.</returns>
    public async Task<UsageSeal?> RunAsync(CancellationToken cancel = default)
    {
        var now = clock.GetCurrentInstant();
        var day = now.InZone(Words.DefaultZone).Date.PlusDays(-1);
        await using var transaction = await db.BeginAsync(cancel);
        await AdvisoryLocks.TakeAsync(db, cancel, "usage-seals");
        var last = await db.Set<UsageSeal>().AsNoTracking().OrderByDescending(s => s.SealedOn).FirstOrDefaultAsync(cancel);
        if (last is not null && last.SealedOn >= day) return null;
        var grown = await GrownAsync(last is null ? Instant.FromUnixTimeSeconds(0) : last.SealedAt - Overlap, cancel);
        var heads = grown.ConvertAll(g => new UsageSealHead { SealedOn = day, InstrumentId = new InstrumentId(g.InstrumentId), Number = g.Number, Hash = g.Hash });
        var seal = ChainRules.Seal(last?.Hash, day, now, heads, grown.Sum(g => g.Number - g.Sealed));
        db.Add(seal);
        await db.SaveChangesAsync(cancel);
        await CopyTable.Of(db, heads).WriteAsync((NpgsqlConnection)db.Database.GetDbConnection(), cancel);
        await transaction.CommitAsync(cancel);
        return seal;
    }

    private sealed record Grown(Guid InstrumentId, long Number, byte[] Hash, long Sealed);

    private Task<List<Grown>> GrownAsync(Instant since, CancellationToken cancel)
    {
        var from = since.ToDateTimeUtc();
        return db.Database.SqlQuery<Grown>($"""
            SELECT h.instrument_id AS "InstrumentId", h.number AS "Number", h.hash AS "Hash", coalesce(s.number, 0) AS "Sealed"
            FROM (SELECT DISTINCT ON (instrument_id) instrument_id, number, hash FROM usage_links WHERE linked_at >= {from} ORDER BY instrument_id, number DESC) h
            LEFT JOIN LATERAL (SELECT number FROM usage_seal_heads WHERE instrument_id = h.instrument_id ORDER BY sealed_on DESC LIMIT 1) s ON true
            WHERE h.number > coalesce(s.number, 0)
            """).ToListAsync(cancel);
    }
}

public sealed class SealUsageJob(SealUsage seal) : IJob
{
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken) => await seal.RunAsync(cancellationToken);
}
