using InstrumentShare.Access;
using InstrumentShare.Catalog;
using InstrumentShare.Persistence;
using InstrumentShare.Web;
using Microsoft.EntityFrameworkCore;
using NodaTime;

namespace InstrumentShare.Pricing;

/// <summary>On the cards of the catalogue: the rate for the reader's own user class, as it holds today.</summary>
public sealed class PriceNotes(AppDb db, Caller caller, IClock clock) : ICardNotes
{
    public async Task<IReadOnlyDictionary<InstrumentId, CardNote>> OfAsync(IReadOnlyList<InstrumentId> ids, Words words, CancellationToken cancel)
    {
        var today = clock.GetCurrentInstant().InZone(Words.DefaultZone).Date;
        var found = await db.Set<PricePolicy>().AsNoTracking()
            .Where(p => ids.Contains(p.InstrumentId) && p.ValidFrom <= today && (p.ValidTo == null || p.ValidTo >= today))
            .Join(db.Set<Instrument>(), p => p.InstrumentId, i => i.Id, (p, i) => new { Policy = p, i.InstitutionId }).ToListAsync(cancel);
        return found.Where(f => f.Policy.UserClass == UserClassRules.Of(f.InstitutionId, caller.InstitutionId, caller.InstitutionKind))
            .GroupBy(f => f.Policy.InstrumentId).ToDictionary(g => g.Key, g => new CardNote("coin", TextOf(g.First().Policy, words)));
    }

    private static string TextOf(PricePolicy policy, Words words) => policy.ChargeFor == ChargeFor.Samples
        ? words["price.per-sample", ("amount", policy.RatePerSample)]
        : words["price.per-hour", ("amount", policy.RatePerHour)];
}
