using InstrumentShare.Catalog;
using InstrumentShare.Persistence;
using InstrumentShare.Web;
using Microsoft.EntityFrameworkCore;
using NodaTime;
using NodaTime.Text;

namespace InstrumentShare.Usage.Chain;

/// <summary>A seal as everyone may read it, its hash in lower-case hexadecimal.</summary>
public sealed record SealRow(LocalDate SealedOn, Instant SealedAt, int Instruments, long Links, string Hash);

/// <summary>A record's place in its chain.</summary>
public sealed record LinkRow(long Number, string Digest, string Hash, bool IsAdopted, Instant LinkedAt, LocalDate? SealedOn);

public sealed class ChainQueries(AppDb db)
{
    /// <summary>Seals, the newest first.</summary>
    /// <param name="cursor">The day of the last seal seen.</param>
    public async Task<PageOf<SealRow>> SealsAsync(int limit, string? cursor, CancellationToken cancel)
    {
        var before = DayOf(cursor);
        var rows = await db.Set<UsageSeal>().AsNoTracking().Where(s => before == null || s.SealedOn < before).OrderByDescending(s => s.SealedOn).Take(limit + 1).ToListAsync(cancel);
        var total = PageOf<SealRow>.TotalOf(await db.Set<UsageSeal>().OrderBy(s => s.SealedOn).Take(10_001).CountAsync(cancel));
        var shown = rows.Take(limit).Select(s => new SealRow(s.SealedOn, s.SealedAt, s.Heads, s.Links, Convert.ToHexStringLower(s.Hash))).ToList();
        return new PageOf<SealRow>(shown, rows.Count > limit ? ListQuery.Encode(LocalDatePattern.Iso.Format(shown[^1].SealedOn)) : null, total);
    }

    public static bool IsCursor(string cursor) => DayOf(cursor) is not null;

    /// <summary>Null where a record has no link: it is open, or nobody linked it.</summary>
    public async Task<LinkRow?> OfAsync(InstrumentId instrument, UsageId usage, CancellationToken cancel)
    {
        var link = await db.Set<UsageLink>().AsNoTracking().SingleOrDefaultAsync(l => l.InstrumentId == instrument && l.UsageId == usage, cancel);
        if (link is null) return null;
        var day = await db.Set<UsageSealHead>().Where(h => h.InstrumentId == instrument && h.Number >= link.Number).OrderBy(h => h.SealedOn).Select(h => (LocalDate?)h.SealedOn).FirstOrDefaultAsync(cancel);
        return new LinkRow(link.Number, Convert.ToHexStringLower(link.RecordDigest), Convert.ToHexStringLower(link.Hash), link.IsAdopted, link.LinkedAt, day);
    }

    private static LocalDate? DayOf(string? cursor) => cursor is not null && LocalDatePattern.Iso.Parse(cursor) is { Success: true } day ? day.Value : null;
}
