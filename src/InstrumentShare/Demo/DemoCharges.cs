using System.Globalization;
using InstrumentShare.Billing;
using InstrumentShare.Bookings;
using InstrumentShare.Catalog;
using InstrumentShare.Kernel;
using InstrumentShare.Pricing;
using NodaTime;

namespace InstrumentShare.Demo;

/// <summary>
/// The charge of every use by the program's own calculator, with the invoices, evidence, claims and facts that subsidies ask
/// for, so that each reason to exclude occurs, and with charges taken back and entered again.
/// </summary>
internal sealed class DemoCharges(DemoPeople people, LocalDate anchor)
{
    // What a policy may exclude by; services to outside users get them in turn.
    private static readonly string[] Excluding =
    [
        "relatedParty", "statutoryCertification", "enforcementInspection", "tradeInspection", "commercialFilming", "medicalService", "telecomBilling", "batchTesting", "statutoryDuty", "alreadyFunded", "duplicateClaim",
    ];

    private static readonly string[][] EvidenceSets =
    [
        ["contract", "invoice", "report", "payment"], ["contract", "invoice", "report", "payment"], ["contract", "invoice", "report", "payment", "projectBook"], ["invoice", "payment"], ["contract", "report"], [],
    ];

    private readonly Instant now = anchor.AtStartOfDayInZone(DemoInstrument.Zone).ToInstant();
    private readonly Dictionary<Guid, Charge> ofUse = [];
    private int excluded;
    private int invoices;
    private int claims;

    public List<Charge> Make(DemoRandom random, IReadOnlyList<DemoUse> uses)
    {
        var charges = new List<Charge>();
        foreach (var use in uses.OrderBy(u => u.Record.CreatedAt).ThenBy(u => u.Record.Id.Value)) charges.AddRange(Of(random, use));
        return charges;
    }

    private IEnumerable<Charge> Of(DemoRandom random, DemoUse use)
    {
        var recorded = use.Record.ClosedAt!.Value;
        if (use.Corrects is { } first && ofUse.TryGetValue(first.Record.Id.Value, out var wrong)) yield return TakeBack(random, wrong, use.Record.Reason!, recorded);

        var charge = New(random, use, recorded);
        ofUse[use.Record.Id.Value] = charge;
        charge.Issue(recorded);
        yield return charge;
        if (!use.Record.IsCurrent) yield break;

        if (use.Corrects is null && random.Chance(6) && recorded + Duration.FromDays(3) < now)
        {
            yield return TakeBack(random, charge, "价目类别有误，重新计费", recorded + Duration.FromDays(2));
            charge = New(random, use, recorded + Duration.FromDays(2)).Issue(recorded + Duration.FromDays(2));
            yield return charge;
        }

        Annotate(random, charge, use);
    }

    private static Charge New(DemoRandom random, DemoUse use, Instant at)
    {
        var (record, booking) = (use.Record, use.Booking);
        var on = (use.Booked?.StartsAt ?? record.StartedAt).InZone(DemoInstrument.Zone).Date;
        var policy = booking.Instrument.Prices.First(p => p.UserClass == booking.UserClass && p.HoldsOn(on));
        var price = ChargeCalculator.Compute(policy, new ChargeBasis(use.Booked, record.Slot, record.Samples)).Value!;
        return new Charge
        {
            Id = new ChargeId(random.Id(at)), InstrumentId = record.InstrumentId, Kind = ChargeKind.Charge, UsageId = record.Id, BookingId = record.BookingId, PersonId = record.PersonId, GroupId = record.GroupId,
            InstitutionId = booking.Instrument.Owner.Entity.Id, UserInstitutionId = record.InstitutionId, UserClass = booking.UserClass, ServiceMode = record.ServiceMode, Amount = price.Amount,
            PricePolicyId = policy.Id, ServedOn = on, Seconds = price.Seconds, Samples = price.Samples, Explanation = price.Explanation, Reason = record.Reason, CreatedBy = record.EnteredBy, CreatedAt = at,
            Inputs = new ChargeInputs(
                booking.UserClass, use.Booked?.StartsAt, use.Booked?.EndsAt, record.StartedAt, record.EndedAt!.Value, record.Samples, on, policy.ChargeFor, policy.ValidFrom,
                policy.RatePerHour, policy.RatePerSample, policy.StartUpFee, policy.MinimumFee),
        };
    }

    private Charge TakeBack(DemoRandom random, Charge charge, string reason, Instant at)
    {
        var by = people.All.First(p => p.Id == charge.CreatedBy).Id;
        var opposite = charge.Reverse(reason, by, at)!;

        // The same reversal with an id that the seed decides.
        return new Charge
        {
            Id = new ChargeId(random.Id(at)), InstrumentId = opposite.InstrumentId, Kind = opposite.Kind, ReversesId = opposite.ReversesId, UsageId = opposite.UsageId, BookingId = opposite.BookingId,
            PersonId = opposite.PersonId, GroupId = opposite.GroupId, InstitutionId = opposite.InstitutionId, UserInstitutionId = opposite.UserInstitutionId, UserClass = opposite.UserClass,
            ServiceMode = opposite.ServiceMode, Amount = opposite.Amount, PricePolicyId = opposite.PricePolicyId, ServedOn = opposite.ServedOn, Inputs = opposite.Inputs,
            Explanation = opposite.Explanation, Reason = opposite.Reason, CreatedBy = opposite.CreatedBy, CreatedAt = opposite.CreatedAt,
        }.Issue(at);
    }

    private void Annotate(DemoRandom random, Charge charge, DemoUse use)
    {
        if (charge.UserInstitutionId == charge.InstitutionId) return;
        var tags = new List<string>();
        if (random.Chance(70)) tags.Add(Excluding[excluded++ % Excluding.Length]);

        // A team without a legal person of its own is of the same legal person as its university.
        if (use.Booking.Person.Institution?.Key == "team" && use.Booking.Instrument.Owner.Key == DemoInstitutions.Home && random.Chance(300)) tags.Add("sameEntity");
        var project = random.Weighted(700, 180, 120);
        if (project == 1) tags.Add("project:research");
        if (project == 2) tags.Add("project:city");
        var claim = project == 0 ? null : string.Create(CultureInfo.InvariantCulture, $"SQ-{charge.ServedOn.Year}-{(claims++ / 6) + 1:0000}");
        var invoiced = charge.ServedOn.PlusDays(random.Between(3, 45));
        var hasInvoice = random.Chance(880) && invoiced < anchor;
        charge.Annotate(new ChargeNotes(
            tags, random.Pick(EvidenceSets), claim, hasInvoice ? string.Create(CultureInfo.InvariantCulture, $"DEMO{++invoices:00000000}") : null, hasInvoice ? invoiced : null), null);
    }
}
