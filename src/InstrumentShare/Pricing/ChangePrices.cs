using InstrumentShare.Access;
using InstrumentShare.Catalog;
using InstrumentShare.Kernel;
using InstrumentShare.Persistence;
using Microsoft.EntityFrameworkCore;
using NodaTime;

namespace InstrumentShare.Pricing;

/// <summary>Sets a new price from a day on, without touching a day that was charged.</summary>
public sealed class ChangePrices(AppDb db, Caller caller, IEnumerable<IPriceUse> uses, InstrumentRulesQuery rules, IClock clock)
{
    public async Task<Outcome<PricePolicy>> RunAsync(InstrumentId id, PriceChange change, CancellationToken cancel)
    {
        await using var transaction = await db.BeginAsync(cancel);
        // Issuing a charge shares this row, so no charge passes between the look and the change.
        await db.Database.ExecuteSqlAsync($"SELECT 1 FROM instruments WHERE id = {id.Value} FOR NO KEY UPDATE", cancel);
        var found = await db.FindManagedInstrumentAsync(id, caller, cancel, PricingPermissions.Change);
        if (!found.IsOk) return Outcome<PricePolicy>.Refuse(found.Problems);
        var instrument = found.Value;
        if (PriceChangeRules.Wrong(change) is { Count: > 0 } wrong) return wrong;

        var policies = await db.Set<PricePolicy>().Where(p => p.InstrumentId == id && p.UserClass == change.UserClass).ToListAsync(cancel);
        if (PriceChangeRules.Against(change, policies, await UseAsync(id, change, cancel)) is { Count: > 0 } against) return against;

        var now = clock.GetCurrentInstant();
        var policy = NewPolicy(id, change, now);
        if (policies.SingleOrDefault(p => p.HoldsOn(change.ValidFrom)) is { } running) await MakeRoomAsync(running, policy, now, cancel);
        db.Add(policy);
        instrument.Changed(now, rules: true);
        db.AddEvent("price.changed", now, policy.Id.Value, id.Value, instrument.InstitutionId.Value, caller.PersonId?.Value);
        caller.Audit(db, now, "price.change", "instrument", id.Value.ToString(), policies.Select(Facts), Facts(policy), institutionId: instrument.InstitutionId);
        if (await db.TrySaveAsync(cancel) is { } problem) return problem;
        await transaction.CommitAsync(cancel);
        rules.Forget(id);
        return policy;
    }

    private async Task<PriceUse> UseAsync(InstrumentId id, PriceChange change, CancellationToken cancel)
    {
        var use = new PriceUse(null, 0);
        foreach (var source in uses)
        {
            var told = await source.OfAsync(id, change.UserClass, change.ValidFrom, cancel);
            use = new PriceUse(told.LastChargedOn > use.LastChargedOn || use.LastChargedOn is null ? told.LastChargedOn ?? use.LastChargedOn : use.LastChargedOn, use.Bookings + told.Bookings);
        }

        return use;
    }

    // The running policy ends the day before; a change with a last day is followed by a copy of what it interrupted.
    private async Task MakeRoomAsync(PricePolicy running, PricePolicy policy, Instant now, CancellationToken cancel)
    {
        var until = running.ValidTo;
        if (policy.ValidTo is { } last && (until is null || until > last)) db.Add(running.ResumedOn(last.PlusDays(1), now));
        running.EndingOn(policy.ValidFrom.PlusDays(-1));
        await db.SaveChangesAsync(cancel);
    }

    private PricePolicy NewPolicy(InstrumentId id, PriceChange change, Instant now) => new PricePolicy
    {
        InstrumentId = id,
        UserClass = change.UserClass,
        ValidFrom = change.ValidFrom,
        ChargeFor = change.ChargeFor,
        RatePerHourFen = change.RatePerHour.Fen,
        RatePerSampleFen = change.RatePerSample.Fen,
        StartUpFeeFen = change.StartUpFee.Fen,
        MinimumFeeFen = change.MinimumFee.Fen,
        Note = change.Note,
        CreatedBy = caller.PersonId,
        CreatedAt = now,
    }.EndingOn(change.ValidTo);

    private static object Facts(PricePolicy p) =>
        new { p.Id, p.UserClass, p.ValidFrom, p.ValidTo, p.ChargeFor, p.RatePerHour, p.RatePerSample, p.StartUpFee, p.MinimumFee };
}
