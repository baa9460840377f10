using InstrumentShare.Access;
using InstrumentShare.Catalog;
using InstrumentShare.Kernel;
using InstrumentShare.Persistence;
using InstrumentShare.Web;
using Microsoft.EntityFrameworkCore;
using NodaTime;

namespace InstrumentShare.Usage.Chain;

/// <param name="Instruments">Whose chains; null for those of all instruments there are.</param>
/// <param name="Links">How many links were read and found to follow.</param>
/// <param name="Adopted">Of them, how many vouch for records older than the chain.</param>
/// <param name="Seals">How many seals were made anew and compared.</param>
/// <param name="Break">The first place that does not hold; null when the period is proven.</param>
public sealed record ChainProof(LocalDate From, LocalDate To, int? Instruments, long Links, long Adopted, int Seals, ChainBreak? Break)
{
    public bool Holds => Break is null;
}

/// <summary>
/// Proves what was entered of usage in a period, or names the first place where it no longer is what was entered: every record read
/// again, every hash made again, every closed record looked for in its chain, every seal of the period compared.
/// </summary>
public sealed class VerifyUsage(AppDb db, Caller caller, IClock clock)
{
    /// <summary>More in one go is refused: a narrower period or one instrument at a time.</summary>
    public const long MostLinks = 500_000;

    /// <param name="From">The first day, in China, on which what is proven was entered; with <paramref name="To"/>, both included.</param>
    public sealed record Request(Guid? Instrument, Guid? Institution, LocalDate? From, LocalDate? To);

    public async Task<Outcome<ChainProof>> RunAsync(Request request, CancellationToken cancel)
    {
        var today = clock.GetCurrentInstant().InZone(Words.DefaultZone).Date;
        var (from, to) = (request.From ?? today.PlusDays(-30), request.To ?? today);
        if (to < from) return Problem.Invalid("usage.chain-period", "to", ("from", from), ("to", to));
        var instruments = await InstrumentsAsync(request, cancel);
        if (instruments is []) return Problem.NotFound() with { Field = request.Instrument is null ? "institution" : "instrument" };
        var (start, end) = (Words.DefaultZone.AtStartOfDay(from).ToInstant(), Words.DefaultZone.AtStartOfDay(to.PlusDays(1)).ToInstant());
        var links = db.Set<UsageLink>().AsNoTracking().Where(l => (instruments == null || instruments.Contains(l.InstrumentId)) && l.LinkedAt >= start && l.LinkedAt < end);
        var count = await links.LongCountAsync(cancel);
        if (count > MostLinks) return Problem.Refused("usage.chain-too-long", "from", ("count", count), ("most", MostLinks));

        // By number, so that a link whose date was moved away is read all the same.
        var spans = links.GroupBy(l => l.InstrumentId).Select(g => new { InstrumentId = g.Key, First = g.Min(l => l.Number), Last = g.Max(l => l.Number) });
        var all = db.Set<UsageLink>().AsNoTracking().Where(l => spans.Any(s => s.InstrumentId == l.InstrumentId && l.Number >= s.First && l.Number <= s.Last));
        var (adopted, broken) = await LinksAsync(all, cancel);
        broken ??= await UnlinkedAsync(instruments, start, end, cancel);
        var (seals, brokenSeal) = await SealsAsync(instruments, from, to, cancel);
        return new ChainProof(from, to, instruments?.Length, count, adopted, seals, broken ?? brokenSeal);
    }

    // Null for all there are, since an array of them is no filter.
    private async Task<InstrumentId[]?> InstrumentsAsync(Request request, CancellationToken cancel)
    {
        var sight = await Sight.OfAsync(db, caller, UsagePermissions.View, cancel);
        if (sight.Everything && request.Instrument is null && request.Institution is null) return null;
        var (instrument, institution) = (request.Instrument is { } i ? new InstrumentId(i) : (InstrumentId?)null, request.Institution is { } n ? new InstitutionId(n) : (InstitutionId?)null);
        var (seen, owners) = (sight.Instruments.Select(x => new InstrumentId(x)).ToArray(), sight.Owners.Select(x => new InstitutionId(x)).ToArray());
        return await db.Set<Instrument>()
            .Where(x => (instrument == null || x.Id == instrument) && (institution == null || x.InstitutionId == institution) && (sight.Everything || seen.Contains(x.Id) || owners.Contains(x.InstitutionId)))
            .Select(x => x.Id).ToArrayAsync(cancel);
    }

    private async Task<(long Adopted, ChainBreak? Break)> LinksAsync(IQueryable<UsageLink> links, CancellationToken cancel)
    {
        var read = links.OrderBy(l => l.InstrumentId).ThenBy(l => l.Number).Select(l => new
        {
            Link = l,
            Record = db.Set<UsageRecord>().AsNoTracking().FirstOrDefault(r => r.InstrumentId == l.InstrumentId && r.Id == l.UsageId),
            Before = db.Set<UsageLink>().Where(b => b.InstrumentId == l.InstrumentId && b.Number == l.Number - 1).Select(b => b.Hash).FirstOrDefault(),
        });
        var adopted = 0L;
        await foreach (var row in read.AsAsyncEnumerable().WithCancellation(cancel))
        {
            if (ChainRules.Judge(row.Link, row.Before, row.Record) is { } broken) return (adopted, broken);
            if (row.Link.IsAdopted) adopted++;
        }

        return (adopted, null);
    }

    // A link of another time than its record's closing was moved, so that no proof of the record's time would read it.
    private async Task<ChainBreak?> UnlinkedAsync(InstrumentId[]? instruments, Instant start, Instant end, CancellationToken cancel)
    {
        var late = end + Duration.FromHours(1);
        return await db.Set<UsageRecord>().Where(r => (instruments == null || instruments.Contains(r.InstrumentId)) && r.Status == UsageStatus.Closed && r.ClosedAt >= start && r.ClosedAt < end
                && !db.Set<UsageLink>().Any(l => l.InstrumentId == r.InstrumentId && l.UsageId == r.Id && (l.IsAdopted || (l.LinkedAt >= start && l.LinkedAt < late))))
            .OrderBy(r => r.ClosedAt).Select(r => new { r.InstrumentId, r.Id }).FirstOrDefaultAsync(cancel) is { } record
            ? new ChainBreak(BreakKind.RecordUnlinked, record.InstrumentId, UsageId: record.Id) : null;
    }

    private async Task<(int Seals, ChainBreak? Break)> SealsAsync(InstrumentId[]? instruments, LocalDate from, LocalDate to, CancellationToken cancel)
    {
        var seals = await db.Set<UsageSeal>().AsNoTracking().Where(s => s.SealedOn >= from && s.SealedOn <= to).OrderBy(s => s.SealedOn).ToListAsync(cancel);
        var before = await db.Set<UsageSeal>().Where(s => s.SealedOn < from).OrderByDescending(s => s.SealedOn).Select(s => s.Hash).FirstOrDefaultAsync(cancel);
        foreach (var seal in seals)
        {
            // One day's heads at a time: they are as many as instruments were used.
            var heads = await db.Set<UsageSealHead>().AsNoTracking().Where(h => h.SealedOn == seal.SealedOn).ToListAsync(cancel);
            if (!ChainRules.Holds(seal, before, heads)) return (seals.Count, new ChainBreak(BreakKind.SealChanged, SealedOn: seal.SealedOn));
            before = seal.Hash;
        }

        var other = await db.Set<UsageSealHead>().AsNoTracking().Where(h => h.SealedOn >= from && h.SealedOn <= to && (instruments == null || instruments.Contains(h.InstrumentId)))
            .Select(h => new { h.InstrumentId, h.SealedOn, h.Number, h.Hash, Link = db.Set<UsageLink>().Where(l => l.InstrumentId == h.InstrumentId && l.Number == h.Number).Select(l => l.Hash).FirstOrDefault() })
            .Where(h => h.Link == null || h.Link != h.Hash).OrderBy(h => h.SealedOn).ThenBy(h => h.InstrumentId).FirstOrDefaultAsync(cancel);
        return (seals.Count, other is null ? null : new ChainBreak(other.Link is null ? BreakKind.LinkMissing : BreakKind.SealedOtherwise, other.InstrumentId, other.Number, SealedOn: other.SealedOn));
    }
}
