using InstrumentShare.Catalog;
using NodaTime;

namespace InstrumentShare.Demo;

/// <summary>Opening hours, closures and rules of booking of a demo instrument.</summary>
internal static class DemoSchedule
{
    private static readonly (ClosureKind Kind, string Title)[] Reasons =
    [
        (ClosureKind.Maintenance, "季度保养"), (ClosureKind.Maintenance, "更换灯丝与校准"), (ClosureKind.Maintenance, "厂家工程师维修"), (ClosureKind.Closure, "楼宇停电检修"), (ClosureKind.Closure, "用户培训专场"), (ClosureKind.Maintenance, "软件升级"),
    ];

    public static void Fill(DemoRandom random, DemoInstrument instrument, DemoPerson manager, LocalDate anchor, Instant founded)
    {
        instrument.Manager = manager;
        var (style, id, from) = (instrument.Style, instrument.Entity.Id, anchor.PlusYears(-3));
        foreach (var hours in style.Hours)
        {
            for (var day = hours.FirstDay; day <= hours.LastDay; day++)
                instrument.Hours.Add(new OpeningHours
                {
                    Id = random.Id(founded), InstrumentId = id, Weekday = (short)day, OpensMinute = (short)hours.Opens, ClosesMinute = (short)hours.Closes, ValidFrom = from,
                });
        }

        // A third had tighter rules until the turn of the demo's year.
        var changed = random.Chance(330) ? anchor.PlusMonths(-5) : (LocalDate?)null;
        if (changed is { } day1) instrument.RuleSets.Add(Rules(random, instrument, manager, from, founded, style.Max / 2, style.Horizon).EndingOn(day1.PlusDays(-1)));
        instrument.RuleSets.Add(Rules(random, instrument, manager, changed ?? from, founded, style.Max, style.Horizon));
        AddClosures(random, instrument, manager, anchor, founded);
    }

    private static BookingRuleSet Rules(DemoRandom random, DemoInstrument instrument, DemoPerson manager, LocalDate from, Instant founded, int max, int horizon)
    {
        var style = instrument.Style;
        return new BookingRuleSet
        {
            Id = new BookingRuleSetId(random.Id(founded)), InstrumentId = instrument.Entity.Id, ValidFrom = from, MinMinutes = style.Min, MaxMinutes = Math.Max(max, style.Min), GranularityMinutes = style.Granularity,
            LeadMinutes = style.Lead, HorizonDays = horizon, CancelLeadMinutes = style.CancelLead, SetupMinutes = style.Setup, CoolingMinutes = style.Cooling,
            PersonDayMinutes = style.PersonDay, PersonWeekMinutes = style.PersonWeek, ApprovalRequired = style.Approval, CreatedBy = manager.Id, CreatedAt = founded,
        };
    }

    private static void AddClosures(DemoRandom random, DemoInstrument instrument, DemoPerson manager, LocalDate anchor, Instant founded)
    {
        var days = Enumerable.Range(0, random.Between(2, 5)).Select(_ => -random.Between(5, 360)).ToList();
        if (random.Chance(300)) days.Add(random.Between(2, 26));
        foreach (var day in days.Distinct().Order())
        {
            var (kind, title) = random.Pick(Reasons);
            var start = anchor.PlusDays(day).AtMidnight().PlusHours(random.Pick([8, 9, 13])).InZoneStrictly(DemoInstrument.Zone).ToInstant();
            instrument.Closures.Add(new Closure
            {
                Id = new ClosureId(random.Id(founded)), InstrumentId = instrument.Entity.Id, Kind = kind, Title = title, StartsAt = start,
                EndsAt = start + Duration.FromHours(random.Pick([3, 4, 9, 33])), CreatedBy = manager.Id, CreatedAt = Instant.Min(start - Duration.FromDays(7), founded + Duration.FromDays(1000)),
            });
        }
    }
}
