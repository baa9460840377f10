using InstrumentShare.Access;
using InstrumentShare.Catalog;
using InstrumentShare.Kernel;
using InstrumentShare.Persistence;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Caching.Memory;
using NodaTime;

namespace InstrumentShare.Pricing;

/// <summary>
/// An instrument's price policies. A change of prices raises the instrument's rules version in its own transaction, so what
/// was read for a version stays right for it.
/// </summary>
public sealed class PricePolicies(IDbContextFactory<AppDb> databases, IMemoryCache cache)
{
    private static readonly TimeSpan Kept = TimeSpan.FromMinutes(5);

    /// <summary>All policies, ascending by class and first day.</summary>
    /// <param name="rulesVersion">The version of the instrument's rules that the decision stands on.</param>
    public async Task<IReadOnlyList<PricePolicy>> OfAsync(InstrumentId instrument, long rulesVersion, CancellationToken cancel = default) =>
        (await cache.GetOrCreateAsync(("price-policies", instrument, rulesVersion), entry =>
        {
            entry.AbsoluteExpirationRelativeToNow = Kept;
            return LoadAsync(instrument, cancel);
        }))!;

    /// <summary>The policy in force for a class on a date; <c>price.none-in-force</c> when there is none: never free by silence.</summary>
    public async Task<Outcome<PricePolicy>> InForceAsync(InstrumentId instrument, long rulesVersion, UserClass userClass, LocalDate on, CancellationToken cancel = default) =>
        InForce(await OfAsync(instrument, rulesVersion, cancel), userClass, on);

    /// <summary>What a booking of this slot would cost; a charge by samples is estimated for one sample.</summary>
    public async Task<Outcome<Price>> EstimateAsync(InstrumentRules rules, UserClass userClass, TimeSlot slot, CancellationToken cancel = default)
    {
        var policy = await InForceAsync(rules.Id, rules.RulesVersion, userClass, slot.StartsAt.InZone(rules.InstitutionZone).Date, cancel);
        return policy.IsOk ? ChargeCalculator.Compute(policy.Value, ChargeBasis.Estimate(slot)) : Outcome<Price>.Refuse(policy.Problems);
    }

    public static Outcome<PricePolicy> InForce(IEnumerable<PricePolicy> policies, UserClass userClass, LocalDate on) =>
        policies.FirstOrDefault(p => p.UserClass == userClass && p.HoldsOn(on)) is { } policy
            ? policy
            : Problem.Refused("price.none-in-force", null, ("userClass", userClass), ("on", on));

    private async Task<IReadOnlyList<PricePolicy>> LoadAsync(InstrumentId instrument, CancellationToken cancel)
    {
        await using var db = await databases.CreateDbContextAsync(cancel);
        return await db.Set<PricePolicy>().AsNoTracking().Where(p => p.InstrumentId == instrument).OrderBy(p => p.UserClass).ThenBy(p => p.ValidFrom).ToListAsync(cancel);
    }
}
