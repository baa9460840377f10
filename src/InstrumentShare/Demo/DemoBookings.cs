using InstrumentShare.Access;
using InstrumentShare.Bookings;
using InstrumentShare.Catalog;
using InstrumentShare.Kernel;
using InstrumentShare.Pricing;
using NodaTime;

namespace InstrumentShare.Demo;

/// <summary>
/// A year of bookings behind the anchor day and four weeks ahead of it, each within its instrument's hours, rules and person
/// limits, none over another. The further ahead the week, the more of it is free.
/// </summary>
internal sealed class DemoBookings(DemoPeople people, LocalDate anchor)
{
    public const int DaysBack = 364;
    public const int WeeksAhead = 4;
    private const int TriesPerBooking = 6;

    private static readonly string[] Purposes =
    [
        "样品形貌表征", "物相分析", "成分定量", "方法摸索", "新产品性能测试", "论文补充实验", "蛋白结构解析", "电池材料失效分析", "水样有机污染物检测", "催化剂表征", "学生毕业论文", "项目验收测试",
        "高分子分子量测定", "代谢组学样品检测", "薄膜厚度与应力", "细胞表型分析", "药物含量测定", "海水样品元素分析", "半导体器件表征", "合作研究", "Method development", "Thin film characterisation", "Catalyst screening", "Protein purification check",
    ];

    private readonly Instant now = anchor.AtStartOfDayInZone(DemoInstrument.Zone).ToInstant();
    private readonly HashSet<(PersonId Person, long HalfHour)> busy = [];

    public List<DemoBooking> Make(DemoRandom random, IReadOnlyList<DemoInstrument> instruments)
    {
        var bookings = new List<DemoBooking>();
        foreach (var instrument in instruments.Where(i => i.IsBooked))
        {
            var candidates = CandidatesFor(instrument);
            bookings.AddRange(OfInstrument(random.Fork(instrument.Entity.Id.ToString()!), instrument, candidates).Select(b => b.Status == BookingStatus.Cancelled ? b with { MinutesLate = DemoRules.MinutesLate(b, anchor) } : b));
        }

        return bookings;
    }

    private IEnumerable<DemoBooking> OfInstrument(DemoRandom random, DemoInstrument instrument, List<DemoPerson>[] candidates)
    {
        var made = new List<DemoBooking>();
        for (var week = anchor.PlusDays(-DaysBack); week < anchor.PlusWeeks(WeeksAhead); week = week.PlusDays(7))
        {
            var last = LocalDate.Min(week.PlusDays(6), anchor.PlusWeeks(WeeksAhead).PlusDays(-1));
            var ahead = Period.Between(anchor, week, PeriodUnits.Days).Days / 7;
            var permille = week < anchor ? instrument.WeeklyPermille : instrument.WeeklyPermille * Math.Max(1, 8 - (2 * ahead)) / 9;
            var count = (permille / 1000) + (random.Chance(permille % 1000) ? 1 : 0);
            if (count == 0) continue;
            var spans = instrument.BookableSpans(week, last);
            if (spans.Count == 0) continue;
            for (var i = 0; i < count; i++)
            {
                for (var attempt = 0; attempt < TriesPerBooking; attempt++)
                {
                    if (Try(random, instrument, candidates, spans, made) is not { } booking) continue;
                    made.Add(booking);
                    break;
                }
            }
        }

        return made.OrderBy(b => b.Slot.StartsAt);
    }

    private DemoBooking? Try(DemoRandom random, DemoInstrument instrument, List<DemoPerson>[] candidates, IReadOnlyList<TimeSlot> spans, List<DemoBooking> made)
    {
        var span = random.Pick(spans);
        var day = span.StartsAt.InZone(DemoInstrument.Zone).Date;
        if (instrument.RuleSets.FirstOrDefault(r => r.HoldsOn(day)) is not { } set || BookingTerms.Of([set]) is not { } rules || SlotIn(random, rules, span) is not { } slot) return null;
        if (instrument.RuleSets.First(r => r.HoldsOn(slot.StartsAt.InZone(DemoInstrument.Zone).Date)) != set) return null;
        var isPast = slot.EndsAt <= now;
        if (!isPast && (slot.StartsAt < now || slot.StartsAt > now + Duration.FromDays(rules.HorizonDays))) return null;
        var held = slot.Widen(Duration.FromMinutes(rules.SetupMinutes), Duration.FromMinutes(rules.CoolingMinutes));
        var unit = (short)random.Between(1, instrument.Entity.Capacity);
        if (made.AsEnumerable().Reverse().Take(60).Any(b => b.Unit == unit && b.Held.Overlaps(held))) return null;
        var person = PersonFor(random, candidates);
        if (!WithinLimits(rules, person, slot, made) || !Reserve(person, slot)) return null;

        var status = StatusOf(random, rules, isPast);
        var earliest = slot.StartsAt - Duration.FromDays(Math.Min(rules.HorizonDays, 40));
        var latest = Instant.Min(slot.StartsAt - Duration.FromMinutes(Math.Max(rules.LeadMinutes, 20)), now - Duration.FromMinutes(30));
        if (latest <= earliest) return null;
        var created = earliest + Duration.FromSeconds(random.Between(0, (int)(latest - earliest).TotalSeconds));
        return new DemoBooking(
            random.Id(created), instrument, unit, person, UserClassRules.Of(instrument.Owner.Entity.Id, person.Institution?.Entity.Id, person.Institution?.Entity.Kind), slot, held, status,
            ModeOf(random, instrument), random.Pick(Purposes), created, IsWalkIn: status == BookingStatus.Completed && random.Chance(25));
    }

    private static TimeSlot? SlotIn(DemoRandom random, BookingTerms rules, TimeSlot span)
    {
        var step = Duration.FromMinutes(rules.GranularityMinutes);
        var midnight = span.StartsAt.InZone(DemoInstrument.Zone).Date.AtStartOfDayInZone(DemoInstrument.Zone).ToInstant();
        var first = (long)Math.Ceiling((span.StartsAt - midnight) / step);
        var last = (long)Math.Floor((span.EndsAt - midnight) / step);
        var (shortest, longest) = (Ceiling(rules.MinMinutes, rules.GranularityMinutes), Math.Min(rules.MaxMinutes / rules.GranularityMinutes, last - first));
        if (longest < shortest) return null;
        // Mostly shorter than allowed: the smaller of two draws.
        var length = shortest + Math.Min(random.Below((int)(longest - shortest) + 1), random.Below((int)(longest - shortest) + 1));
        var start = midnight + (step * (first + random.Below((int)(last - first - length) + 1)));
        return new TimeSlot(start, start + (step * length));
    }

    private static int Ceiling(int minutes, int step) => (minutes + step - 1) / step;

    private static bool WithinLimits(BookingTerms rules, DemoPerson person, TimeSlot slot, List<DemoBooking> made)
    {
        if (rules.PersonDayMinutes is null && rules.PersonWeekMinutes is null) return true;
        var day = slot.StartsAt.InZone(DemoInstrument.Zone).Date;
        var monday = day.PlusDays(1 - (int)day.DayOfWeek);
        var minutes = (int)slot.Length.TotalMinutes;
        var (onDay, inWeek) = (minutes, minutes);
        foreach (var other in made.Where(b => b.Person == person))
        {
            var date = other.Slot.StartsAt.InZone(DemoInstrument.Zone).Date;
            if (date == day) onDay += (int)other.Slot.Length.TotalMinutes;
            if (date >= monday && date < monday.PlusDays(7)) inWeek += (int)other.Slot.Length.TotalMinutes;
        }

        return !(onDay > rules.PersonDayMinutes) && !(inWeek > rules.PersonWeekMinutes);
    }

    // Nobody is at two instruments at once; a long booking runs by itself.
    private bool Reserve(DemoPerson person, TimeSlot slot)
    {
        if (slot.Length > Duration.FromHours(10)) return true;
        var (from, to) = (slot.StartsAt.ToUnixTimeSeconds() / 1800, (slot.EndsAt.ToUnixTimeSeconds() - 1) / 1800);
        for (var half = from; half <= to; half++)
            if (busy.Contains((person.Id, half))) return false;
        for (var half = from; half <= to; half++) busy.Add((person.Id, half));
        return true;
    }

    private static BookingStatus StatusOf(DemoRandom random, BookingTerms rules, bool isPast) => (isPast, rules.ApprovalRequired) switch
    {
        (true, true) => random.Weighted(840, 70, 60, 30) switch { 0 => BookingStatus.Completed, 1 => BookingStatus.Cancelled, 2 => BookingStatus.Rejected, _ => BookingStatus.Expired },
        (true, false) => random.Chance(930) ? BookingStatus.Completed : BookingStatus.Cancelled,
        (false, true) => random.Chance(550) ? BookingStatus.Requested : BookingStatus.Confirmed,
        _ => random.Chance(960) ? BookingStatus.Confirmed : BookingStatus.Cancelled,
    };

    private static ServiceMode ModeOf(DemoRandom random, DemoInstrument instrument) => (ServiceMode)(instrument.Style.Key switch
    {
        "samples" => random.Weighted(50, 100, 820, 20, 10),
        "approval" => random.Weighted(150, 550, 250, 40, 10),
        "round" => random.Weighted(600, 50, 50, 290, 10),
        _ => random.Weighted(700, 200, 80, 10, 10),
    });

    // Own people, other research users, everyone else: how each owner's instruments are shared.
    private static DemoPerson PersonFor(DemoRandom random, List<DemoPerson>[] candidates)
    {
        while (true)
        {
            var list = candidates[random.Weighted(58, 22, 20)];
            if (list.Count > 0) return random.Pick(list);
        }
    }

    private List<DemoPerson>[] CandidatesFor(DemoInstrument instrument)
    {
        var lists = new List<DemoPerson>[] { [], [], [] };
        foreach (var person in people.All.Where(p => p.Weight > 0))
        {
            var userClass = UserClassRules.Of(instrument.Owner.Entity.Id, person.Institution?.Entity.Id, person.Institution?.Entity.Kind);
            if (userClass != UserClass.Internal && instrument.Entity.Sharing == Sharing.Internal) continue;
            for (var i = 0; i < person.Weight; i++) lists[(int)userClass].Add(person);
        }

        return lists;
    }
}
