using InstrumentShare.Access;
using InstrumentShare.Billing.Disputes;
using InstrumentShare.Billing.Ledger;
using InstrumentShare.Bookings;
using InstrumentShare.Catalog;
using InstrumentShare.Kernel;
using InstrumentShare.Orders.Samples;
using InstrumentShare.Persistence;
using InstrumentShare.Pricing;
using InstrumentShare.Usage;
using Microsoft.EntityFrameworkCore;
using NodaTime;

namespace InstrumentShare.Billing;

/// <summary>
/// Charges every use in the transaction that records it, at the price in force on its first day. A use with a problem is
/// computed but not issued; one without a price has no charge and goes to the problem queue. A correction takes the charge
/// back and enters another.
/// </summary>
public sealed class ChargeUsage(AppDb db, InstrumentRulesQuery instruments, PostCharges post, Caller caller, IClock clock) : IEventHandler<UsageRecorded>, IEventHandler<UsageCorrected>
{
    public async Task HandleAsync(UsageRecorded happened, CancellationToken cancel) => await EnterAsync(happened.Record, happened.Booked, null, cancel);

    public async Task HandleAsync(UsageCorrected happened, CancellationToken cancel)
    {
        // Locked before it is read, so that a note written meanwhile goes with the charge that is entered again.
        await db.Database.ExecuteSqlAsync($"SELECT 1 FROM charges WHERE instrument_id = {happened.First.InstrumentId.Value} AND usage_id = {happened.First.Id.Value} FOR UPDATE", cancel);
        var earlier = await db.Set<Charge>().SingleOrDefaultAsync(
            c => c.InstrumentId == happened.First.InstrumentId && c.UsageId == happened.First.Id && c.Kind == ChargeKind.Charge && c.Status != ChargeStatus.Reversed, cancel);
        var now = clock.GetCurrentInstant();
        if (earlier?.Reverse(happened.Second.Reason!, caller.PersonId, now) is { } reversal)
        {
            db.Add(reversal);
            await post.ReverseAsync(earlier, happened.Second.Reason, cancel);
            Tell("charge.reversed", reversal, now);
        }

        await EnterAsync(happened.Second, happened.Booked, earlier, cancel);
    }

    private async Task EnterAsync(UsageRecord record, Booking? booking, Charge? earlier, CancellationToken cancel)
    {
        // What is done for orders is charged by their quotes, not to who ran the batch.
        if (booking is { ServiceMode: ServiceMode.Entrusted } && await db.Set<Batch>().AnyAsync(b => b.InstrumentId == booking.InstrumentId && b.BookingId == booking.Id, cancel)) return;
        var instrument = (await instruments.OfAsync(record.InstrumentId, cancel: cancel))!;
        var userClass = booking?.UserClass ?? UserClassRules.Of(instrument.InstitutionId, record.InstitutionId, await KindAsync(record.InstitutionId, cancel));
        var on = (booking?.StartsAt ?? record.StartedAt).InZone(instrument.InstitutionZone).Date;

        // From the database, not from memory: this transaction shares the instrument's row, so no change of prices passes it.
        var policies = await db.Set<PricePolicy>().AsNoTracking().Where(p => p.InstrumentId == record.InstrumentId && p.UserClass == userClass).ToListAsync(cancel);
        var policy = PricePolicies.InForce(policies, userClass, on);
        if (!policy.IsOk)
        {
            record.HasProblem(UsageProblem.NoPrice);
            return;
        }

        var price = ChargeCalculator.Compute(policy.Value, new ChargeBasis(booking?.Slot, record.Slot, record.Samples)).Value!;
        var now = clock.GetCurrentInstant();
        var charge = NewCharge(record, booking, instrument, userClass, on, policy.Value, price, now);
        if (earlier is not null) charge.WithFactsOf(earlier);
        if (earlier is { IsDisputed: true }) await MoveDisputeAsync(earlier, charge, cancel);
        if (record.Problem is null) charge.Issue(now);
        db.Add(charge);
        if (charge.Status == ChargeStatus.Issued) await post.IssueAsync(charge, cancel);
        Tell(charge.Status == ChargeStatus.Issued ? "charge.issued" : "charge.estimated", charge, now);
    }

    // What is disputed stays so, whatever else is corrected meanwhile: neither invoiced nor claimed until somebody has decided.
    private async Task MoveDisputeAsync(Charge earlier, Charge charge, CancellationToken cancel)
    {
        if (await db.Set<ChargeDispute>().SingleOrDefaultAsync(d => d.ChargeId == earlier.Id && d.Status == DisputeStatus.Open, cancel) is not { } dispute) return;
        dispute.ChargeId = charge.Id;
        earlier.Dispute(false);
        charge.Dispute(true);
    }

    private Charge NewCharge(UsageRecord record, Booking? booking, InstrumentRules instrument, UserClass userClass, LocalDate on, PricePolicy policy, Price price, Instant now) => new()
    {
        InstrumentId = record.InstrumentId,
        Kind = ChargeKind.Charge,
        UsageId = record.Id,
        BookingId = record.BookingId,
        PersonId = record.PersonId,
        GroupId = record.GroupId,
        InstitutionId = instrument.InstitutionId,
        UserInstitutionId = record.InstitutionId,
        UserClass = userClass,
        ServiceMode = record.ServiceMode,
        Amount = price.Amount,
        PricePolicyId = policy.Id,
        ServedOn = on,
        Seconds = price.Seconds,
        Samples = price.Samples,
        Inputs = new ChargeInputs(
            userClass, booking?.StartsAt, booking?.EndsAt, record.StartedAt, record.EndedAt!.Value, record.Samples, on, policy.ChargeFor, policy.ValidFrom,
            policy.RatePerHour, policy.RatePerSample, policy.StartUpFee, policy.MinimumFee),
        Explanation = price.Explanation,
        Reason = record.Reason,
        CreatedBy = caller.PersonId,
        CreatedAt = now,
    };

    private void Tell(string name, Charge charge, Instant now) => db.AddEvent(
        name, now, charge.Id.Value, charge.InstrumentId.Value, charge.InstitutionId.Value, charge.PersonId.Value, new { charge.Amount, charge.Status, charge.UsageId, charge.ReversesId });

    private async Task<InstitutionKind?> KindAsync(InstitutionId? id, CancellationToken cancel) =>
        id is null ? null : await db.Set<Institution>().Where(i => i.Id == id).Select(i => (InstitutionKind?)i.Kind).SingleAsync(cancel);
}
