using InstrumentShare.Access;
using InstrumentShare.Catalog;
using InstrumentShare.Integrity;
using InstrumentShare.Kernel;
using NodaTime;

namespace InstrumentShare.Demo;

/// <summary>
/// What a region and an institution say beside the rules of each instrument: since when late cancellation is allowed in the region,
/// what faults cost there and at the home institution, and three instruments of it that look at credit.
/// </summary>
internal sealed class DemoRules
{
    private const string Province = "CN-34";
    private const int AllowedSinceDays = 120;

    public List<BookingRuleSet> RuleSets { get; } = [];

    public List<CreditRule> CreditRules { get; } = [];

    public List<CreditThreshold> Thresholds { get; } = [];

    /// <summary>How much later than the notice a cancelled booking was given back, in minutes; null where it was in time, or not allowed to be late.</summary>
    public static int? MinutesLate(DemoBooking booking, LocalDate anchor)
    {
        var day = booking.Slot.StartsAt.InZone(DemoInstrument.Zone).Date;
        if (booking.Instrument.Style.Approval || day < anchor.PlusDays(-AllowedSinceDays) || day >= anchor || !new Region(Province).Covers(booking.Instrument.Owner.Entity.Region)) return null;
        var lead = booking.Instrument.RuleSets.First(r => r.HoldsOn(day)).CancelLeadMinutes ?? 0;
        var minutes = lead - (lead / 3);
        // One in three, by their ids, so that no draw of anything else changes.
        return minutes > 0 && booking.Id.ToByteArray()[15] % 3 == 0 && booking.CreatedAt < booking.Slot.StartsAt - Duration.FromMinutes(lead) ? minutes : null;
    }

    public static DemoRules Make(DemoRandom random, DemoPeople people, IReadOnlyList<DemoInstrument> instruments, LocalDate anchor, Instant founded)
    {
        var made = new DemoRules();
        var (officer, administrator, manager) = (people.Named("officer"), people.Named("institution"), people.Named("manager"));
        made.RuleSets.Add(Regional(random, officer, anchor.PlusDays(-AllowedSinceDays - 180), false, "统一口径：逾期不得自行取消", founded).EndingOn(anchor.PlusDays(-AllowedSinceDays - 1)));
        made.RuleSets.Add(Regional(random, officer, anchor.PlusDays(-AllowedSinceDays), true, "逾期也可取消，以便他人及时接用", founded));

        var (home, from) = (instruments.First(i => i.Owner.Key == DemoInstitutions.Home).Owner, anchor.PlusDays(-AllowedSinceDays));
        made.AddRule(random, officer, CreditEvent.CancelledLate, -3, new Region(Province), null, 1, from, founded);
        var first = made.AddRule(random, administrator, CreditEvent.NoShow, -8, null, home.Entity.Id, 1, from, founded);
        first.EndOn(anchor.PlusDays(-31));
        made.AddRule(random, administrator, CreditEvent.NoShow, -6, null, home.Entity.Id, 2, anchor.PlusDays(-30), founded);

        var careful = instruments.Where(i => i.Owner == home && i.IsBooked && i.Entity.IsVisible && !i.Style.Approval).OrderByDescending(i => i.Entity.InnerId, StringComparer.Ordinal).Take(3).ToList();
        made.AddThreshold(random, manager, careful[0], CreditEffect.Warn, 95, from, founded);
        made.AddThreshold(random, manager, careful[0], CreditEffect.NeedsApproval, 85, from, founded);
        made.AddThreshold(random, manager, careful[0], CreditEffect.Refuse, 70, from, founded);
        made.AddThreshold(random, manager, careful[1], CreditEffect.NeedsApproval, 90, from, founded);
        made.AddThreshold(random, manager, careful[2], CreditEffect.Warn, 100, from, founded);
        return made;
    }

    private static BookingRuleSet Regional(DemoRandom random, DemoPerson by, LocalDate from, bool lateCancel, string reason, Instant founded) => new()
    {
        Id = new BookingRuleSetId(random.Id(founded)), Region = new Region(Province), ValidFrom = from, LateCancel = lateCancel, Reason = reason, CreatedBy = by.Id, CreatedAt = founded,
    };

    private CreditRule AddRule(DemoRandom random, DemoPerson by, CreditEvent what, int points, Region? region, InstitutionId? institution, int version, LocalDate from, Instant founded)
    {
        var rule = new CreditRule { Id = random.Id(founded), Region = region, InstitutionId = institution, Event = what, Version = version, Points = points, ExpiresDays = 90, ValidFrom = from, CreatedBy = by.Id, CreatedAt = founded };
        CreditRules.Add(rule);
        return rule;
    }

    private void AddThreshold(DemoRandom random, DemoPerson by, DemoInstrument instrument, CreditEffect effect, int threshold, LocalDate from, Instant founded) => Thresholds.Add(new CreditThreshold
    {
        Id = random.Id(founded), InstrumentId = instrument.Entity.Id, Effect = effect, Threshold = threshold, ValidFrom = from, CreatedBy = by.Id, CreatedAt = founded,
    });
}
