using InstrumentShare.Access;
using InstrumentShare.Billing.Funds;
using InstrumentShare.Billing.Ledger;
using InstrumentShare.Catalog;
using InstrumentShare.Kernel;
using InstrumentShare.Persistence;
using Microsoft.EntityFrameworkCore;
using NodaTime;

namespace InstrumentShare.Billing.Disputes;

/// <summary>Who pays a charge says what is wrong with it; who manages the instrument lets it stand or adjusts it. Nobody decides on their own.</summary>
public sealed class DisputeCharge(AppDb db, PostCharges post, Caller caller, InstrumentRulesQuery instruments, IClock clock)
{
    public async Task<Outcome<ChargeDispute>> StateAsync(ChargeId id, string? reason, CancellationToken cancel)
    {
        await using var transaction = await db.BeginAsync(cancel);
        if (await LockAsync(id, cancel) is not var (charge, instrument)) return Problem.NotFound();
        if (!Pays(charge)) return caller.May(BillingPermissions.View, instrument.Scope) ? Problem.Forbidden() : Problem.NotFound();
        var now = clock.GetCurrentInstant();
        var wasDisputed = await db.Set<ChargeDispute>().AnyAsync(d => d.ChargeId == id, cancel);
        var until = await UntilAsync(charge, instrument.InstitutionZone, cancel);
        if (DisputeRules.State(charge, wasDisputed, until, now.InZone(instrument.InstitutionZone).Date, reason) is { Count: > 0 } problems) return problems;

        var dispute = new ChargeDispute { InstrumentId = charge.InstrumentId, ChargeId = id, InstitutionId = charge.InstitutionId, PersonId = caller.PersonId!.Value, Reason = reason!.Trim(), StatedAt = now };
        charge.Dispute(true);
        db.Add(dispute);
        Tell("charge.disputed", charge, now, new { disputeId = dispute.Id });
        caller.Audit(db, now, "charge.dispute", "charge", id.Value.ToString(), reason: dispute.Reason, institutionId: charge.InstitutionId);
        if (await db.TrySaveAsync(cancel) is { } problem) return problem;
        await transaction.CommitAsync(cancel);
        return dispute;
    }

    /// <param name="uphold">True: the charge is taken back and entered again at the amount. False: it stands.</param>
    public async Task<Outcome<ChargeDispute>> DecideAsync(ChargeDisputeId id, bool uphold, Money? amount, string? reason, CancellationToken cancel)
    {
        await using var transaction = await db.BeginAsync(cancel);
        var dispute = await db.Set<ChargeDispute>().FromSql($"SELECT * FROM charge_disputes WHERE id = {id.Value} FOR UPDATE").SingleOrDefaultAsync(cancel);
        if (dispute is null || await LockAsync(dispute.ChargeId, cancel) is not var (charge, instrument)) return Problem.NotFound();
        if (!caller.May(BillingPermissions.Decide, instrument.Scope)) return Pays(charge) || caller.May(BillingPermissions.View, instrument.Scope) ? Problem.Forbidden() : Problem.NotFound();
        var isOwn = caller.PersonId == dispute.PersonId || Pays(charge);
        if (DisputeRules.Decide(dispute.Status == DisputeStatus.Open, isOwn, uphold, amount, charge.Amount, reason) is { Count: > 0 } problems) return problems;

        var (now, why) = (clock.GetCurrentInstant(), reason!.Trim());
        charge.Dispute(false);
        // What was corrected meanwhile has been taken back already; the decision is kept all the same.
        var again = uphold && charge.Status == ChargeStatus.Issued ? await AdjustAsync(charge, amount!.Value, why, now, cancel) : null;
        dispute.Decide(uphold ? DisputeStatus.Upheld : DisputeStatus.Rejected, caller.PersonId!.Value, why, again?.Id, now);
        Tell("charge.dispute-decided", charge, now, new { disputeId = id, dispute.Status, dispute.ReplacedBy });
        caller.Audit(db, now, "charge.decide", "charge", charge.Id.Value.ToString(), new { charge.Amount }, new { dispute.Status, amount = again?.Amount }, why, charge.InstitutionId);
        if (await db.TrySaveAsync(cancel) is { } problem) return problem;
        await transaction.CommitAsync(cancel);
        return dispute;
    }

    /// <summary>The last day of a charge's review in the owner's zone.</summary>
    internal async Task<LocalDate> UntilAsync(Charge charge, DateTimeZone zone, CancellationToken cancel)
    {
        var issued = (charge.IssuedAt ?? charge.CreatedAt).InZone(zone).Date;
        var days = await db.Set<BillingTerms>().Where(t => t.InstitutionId == charge.InstitutionId && t.ValidFrom <= issued && (t.ValidTo == null || t.ValidTo >= issued)).Select(t => (int?)t.ReviewDays).SingleOrDefaultAsync(cancel);
        return DisputeRules.Until(issued, days ?? BillingTerms.DefaultReviewDays);
    }

    /// <summary>Whether the caller pays it: who used the instrument, or who leads their group.</summary>
    internal bool Pays(Charge charge) => Pays(charge.PersonId.Value, charge.GroupId?.Value);

    internal bool Pays(Guid person, Guid? group) => caller.PersonId is { } me && (person == me.Value || (group is { } of && caller.May(BillingPermissions.Dispute, new Scope(GroupId: of))));

    private async Task<Charge> AdjustAsync(Charge charge, Money amount, string reason, Instant now, CancellationToken cancel)
    {
        var reversal = charge.Reverse(reason, caller.PersonId, now)!;
        db.Add(reversal);
        await post.ReverseAsync(charge, reason, cancel);
        Tell("charge.reversed", reversal, now, new { reversal.Amount, reversal.Status, reversal.UsageId, reversal.ReversesId });
        await db.SaveChangesAsync(cancel); // what stands no longer, before what takes its place
        var again = charge.Again(amount, reason, caller.PersonId, now).Issue(now);
        db.Add(again);
        await post.IssueAsync(again, cancel);
        Tell("charge.issued", again, now, new { again.Amount, again.Status, again.UsageId });
        return again;
    }

    // The charge before anything that is decided by it, so that a correction and a decision wait for each other.
    private async Task<(Charge Charge, InstrumentRules Instrument)?> LockAsync(ChargeId id, CancellationToken cancel)
    {
        var charge = (await db.Set<Charge>().FromSql($"SELECT * FROM charges WHERE id = {id.Value} FOR UPDATE").ToListAsync(cancel)).SingleOrDefault();
        return charge is not null && await instruments.OfAsync(charge.InstrumentId, cancel: cancel) is { } instrument ? (charge, instrument) : null;
    }

    private void Tell(string name, Charge charge, Instant now, object payload) => db.AddEvent(name, now, charge.Id.Value, charge.InstrumentId.Value, charge.InstitutionId.Value, charge.PersonId.Value, payload);
}
