using InstrumentShare.Catalog;
using InstrumentShare.Usage;
using InstrumentShare.Usage.Chain;
using InstrumentShare.Web;
using NodaTime;

namespace InstrumentShare.Demo;

/// <summary>The chains that the year's uses would have made, and the seal of each day that has ended.</summary>
internal sealed record DemoChain(IReadOnlyList<UsageLink> Links, IReadOnlyList<UsageSeal> Seals, IReadOnlyList<UsageSealHead> Heads)
{
    public static DemoChain Make(IEnumerable<DemoUse> uses, LocalDate anchor)
    {
        var closed = uses.Select(u => u.Record).Where(r => r.Status == UsageStatus.Closed).OrderBy(r => r.ClosedAt).ThenBy(r => r.Id.Value);
        var links = ChainRules.Of(closed, r => r.ClosedAt!.Value).ToList();
        var (seals, heads, sealedTo) = (new List<UsageSeal>(), new List<UsageSealHead>(), new Dictionary<InstrumentId, long>());
        foreach (var day in links.GroupBy(l => l.LinkedAt.InZone(Words.DefaultZone).Date).Where(d => d.Key < anchor).OrderBy(d => d.Key))
        {
            var grown = day.GroupBy(l => l.InstrumentId).Select(i => i.MaxBy(l => l.Number)!).Select(l => new UsageSealHead { SealedOn = day.Key, InstrumentId = l.InstrumentId, Number = l.Number, Hash = l.Hash }).ToList();
            var at = Words.DefaultZone.AtStartOfDay(day.Key.PlusDays(1)).ToInstant() + Duration.FromMinutes(5);
            seals.Add(ChainRules.Seal(seals.Count == 0 ? null : seals[^1].Hash, day.Key, at, grown, grown.Sum(h => h.Number - sealedTo.GetValueOrDefault(h.InstrumentId))));
            heads.AddRange(grown);
            foreach (var head in grown) sealedTo[head.InstrumentId] = head.Number;
        }

        return new DemoChain(links, seals, heads);
    }
}
