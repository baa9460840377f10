using InstrumentShare.Billing;
using InstrumentShare.Billing.Disputes;
using NodaTime;

namespace InstrumentShare.Demo;

/// <summary>A charge of the last days that is disputed, and an earlier one that was decided on, both at the home institution.</summary>
internal static class DemoDisputes
{
    public static List<ChargeDispute> Make(DemoRandom random, IReadOnlyList<DemoInstitution> institutions, DemoPeople people, IReadOnlyList<Charge> charges, LocalDate anchor)
    {
        var (home, manager) = (institutions.Single(i => i.Key == DemoInstitutions.Home), people.Named("manager").Id);
        var now = anchor.AtStartOfDayInZone(DemoInstrument.Zone).ToInstant();
        var standing = charges.Where(c => c is { Kind: ChargeKind.Charge, Status: ChargeStatus.Issued, Amount.Fen: > 0, InvoiceNumber: null } && c.InstitutionId == home.Entity.Id && c.PersonId != manager)
            .OrderByDescending(c => c.PersonId == people.Named("researcher").Id).ThenByDescending(c => c.IssuedAt).ThenBy(c => c.Id.Value).ToList();
        var recent = standing.FirstOrDefault(c => c.IssuedAt > now - Duration.FromDays(6) && c.IssuedAt < now - Duration.FromHours(2));
        var earlier = standing.FirstOrDefault(c => c.IssuedAt < now - Duration.FromDays(20));
        var disputes = new List<ChargeDispute>();
        if (recent is not null)
        {
            recent.Dispute(true);
            disputes.Add(Of(random, recent, "中途仪器报警停机约二十分钟，应扣除", recent.IssuedAt!.Value + Duration.FromHours(1)));
        }

        if (earlier is not null)
            disputes.Add(Of(random, earlier, "记得提前半小时离开", earlier.IssuedAt!.Value + Duration.FromHours(20)).Decide(DisputeStatus.Rejected, manager, "核对了开机记录，使用到预约结束", null, earlier.IssuedAt.Value + Duration.FromHours(44)));
        return disputes;
    }

    private static ChargeDispute Of(DemoRandom random, Charge charge, string reason, Instant at) => new()
    {
        Id = new ChargeDisputeId(random.Id(at)), InstrumentId = charge.InstrumentId, ChargeId = charge.Id, InstitutionId = charge.InstitutionId, PersonId = charge.PersonId, Reason = reason, StatedAt = at,
    };
}
