using InstrumentShare.Access;
using InstrumentShare.Catalog;
using InstrumentShare.Kernel;
using InstrumentShare.Persistence;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Caching.Memory;
using NodaTime;

namespace InstrumentShare.Billing.Funds;

/// <summary>The terms of an instrument's institution, for decisions. A change raises the rules versions of its instruments, so what was read for a version stays right.</summary>
public sealed class TermsOfInstrument(IDbContextFactory<AppDb> databases, IMemoryCache cache)
{
    private static readonly TimeSpan Kept = TimeSpan.FromMinutes(5);

    public async Task<IReadOnlyList<BillingTerms>> OfAsync(InstrumentRules instrument, CancellationToken cancel) =>
        (await cache.GetOrCreateAsync(("billing-terms", instrument.Id, instrument.RulesVersion), async entry =>
        {
            entry.AbsoluteExpirationRelativeToNow = Kept;
            await using var db = await databases.CreateDbContextAsync(cancel);
            return await db.Set<BillingTerms>().AsNoTracking().Where(t => t.InstitutionId == instrument.InstitutionId).ToListAsync(cancel);
        }))!;

    /// <summary>Whether a booking that starts at an instant names a fund.</summary>
    public async Task<bool> DemandsFundAsync(InstrumentRules instrument, Instant startsAt, CancellationToken cancel)
    {
        var on = startsAt.InZone(instrument.InstitutionZone).Date;
        return (await OfAsync(instrument, cancel)).Any(t => t.DemandsFund && t.HoldsOn(on));
    }
}

/// <summary>Puts an institution's terms in force from a date on, today or later.</summary>
public sealed class ChangeTerms(AppDb db, InstrumentRulesQuery rules, Caller caller, IClock clock)
{
    public const int MaxReviewDays = 60;

    public const int MaxTaxBasisPoints = 5000;

    public sealed record Change(InstitutionId InstitutionId, bool? DemandsFund, int? ReviewDays, decimal? TaxPercent, LocalDate? ValidFrom);

    public async Task<Outcome<BillingTerms>> RunAsync(Change change, CancellationToken cancel)
    {
        await using var transaction = await db.BeginAsync(cancel);
        if (await db.Set<Institution>().AsNoTracking().SingleOrDefaultAsync(i => i.Id == change.InstitutionId, cancel) is not { } institution) return Problem.NotFound();
        if (!caller.May(FundPermissions.Manage, Ledger.LedgerPermissions.LedgerScope(institution))) return Problem.Forbidden();
        var now = clock.GetCurrentInstant();
        var today = now.InZone(DateTimeZoneProviders.Tzdb[institution.TimeZone]).Date;
        var from = change.ValidFrom ?? today;
        if (Wrong(change, from, today) is { Count: > 0 } problems) return problems;

        // Taken in this order by every change, so that two at once wait here and not in the middle.
        await db.Database.ExecuteSqlAsync($"SELECT 1 FROM institutions WHERE id = {institution.Id.Value} FOR NO KEY UPDATE", cancel);
        var standing = await db.Set<BillingTerms>().Where(t => t.InstitutionId == institution.Id && (t.ValidTo == null || t.ValidTo >= from)).ToListAsync(cancel);
        foreach (var old in standing)
        {
            if (old.ValidFrom >= from) db.Remove(old);
            else old.EndOn(from.PlusDays(-1));
        }

        if (await db.TrySaveAsync(cancel) is { } stale) return stale;
        var terms = new BillingTerms
        {
            InstitutionId = institution.Id, DemandsFund = change.DemandsFund!.Value, ReviewDays = change.ReviewDays!.Value, TaxBasisPoints = (int)(change.TaxPercent!.Value * 100), ValidFrom = from,
            CreatedBy = caller.PersonId, CreatedAt = now,
        };
        db.Add(terms);
        caller.Audit(db, now, "billing-terms.change", "institution", institution.Id.Value.ToString(), standing.Select(Facts), Facts(terms), institutionId: institution.Id);
        if (await db.TrySaveAsync(cancel) is { } problem) return problem;
        var instruments = await db.Set<Instrument>().Where(i => i.InstitutionId == institution.Id).Select(i => i.Id.Value).ToListAsync(cancel);
        await RulesVersions.RaiseAsync(db, instruments, cancel);
        await transaction.CommitAsync(cancel);
        rules.Forget(instruments);
        return terms;
    }

    private static List<Problem> Wrong(Change change, LocalDate from, LocalDate today)
    {
        var problems = new List<Problem>();
        if (change.DemandsFund is null) problems.Add(Problem.Invalid("billing-terms.demands-fund", "demandsFund"));
        if (change.ReviewDays is null or < 0 or > MaxReviewDays) problems.Add(Problem.Invalid("billing-terms.review-days", "reviewDays", ("most", MaxReviewDays)));
        if (change.TaxPercent is not { } tax || tax is < 0 or > MaxTaxBasisPoints / 100m || tax * 100 != decimal.Truncate(tax * 100)) problems.Add(Problem.Invalid("billing-terms.tax", "taxPercent", ("most", MaxTaxBasisPoints / 100)));
        if (from < today) problems.Add(Problem.Invalid("billing-terms.past", "validFrom", ("today", today)));
        return problems;
    }

    private static object Facts(BillingTerms t) => new { t.DemandsFund, t.ReviewDays, t.TaxBasisPoints, t.ValidFrom };
}
