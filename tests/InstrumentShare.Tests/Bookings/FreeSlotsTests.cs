using InstrumentShare.Bookings;
using InstrumentShare.Catalog;
using InstrumentShare.Kernel;
using NodaTime;
using static InstrumentShare.Tests.Bookings.RulesOf;

namespace InstrumentShare.Tests.Bookings;

public sealed class FreeSlotsTests
{
    private static readonly Duration Hour = Duration.FromHours(1);

    [Fact]
    public void The_nearest_are_offered_on_both_sides_in_order()
    {
        var free = Search(Instrument(r => r with { GranularityMinutes = 30 }), [Held(3, 10, 60)]);
        free.Nearest(At(3, 10), Around(At(3, 10), 2), Hour).ShouldBe([Slot(3, 8, 30), Slot(3, 9, 0), Slot(3, 11, 0)]);
    }

    [Fact]
    public void Buffers_are_kept_free_on_both_sides()
    {
        var instrument = Instrument(r => r with { SetupMinutes = 15, CoolingMinutes = 30 });
        // Booked 10–11, held 9:45–11:30: the hour before must end, with its cooling, at 9:45; the one after begins, with its setting up, at 11:30.
        var free = Search(instrument, [new HeldUnit(1, Slot(3, 10, 0).Widen(Duration.FromMinutes(15), Duration.FromMinutes(30)))]).Nearest(At(3, 10), Around(At(3, 10), 1), Hour, 2);
        free.ShouldBe([Slot(3, 8, 15), Slot(3, 11, 45)]);
    }

    [Fact]
    public void A_tray_of_two_is_free_while_one_place_is()
    {
        var two = Instrument(capacity: 2);
        Search(two, [Held(3, 10, 60)]).Nearest(At(3, 10), Around(At(3, 10), 1), Hour, 1).ShouldBe([Slot(3, 10, 0)]);
        Search(two, [Held(3, 10, 60), Held(3, 10, 60) with { Unit = 2 }]).Nearest(At(3, 10), Around(At(3, 10), 1), Hour).ShouldNotContain(Slot(3, 10, 0));
    }

    [Fact]
    public void One_slot_after_another_leaves_no_two_overlapping()
    {
        var slots = Search(Instrument(r => r with { CoolingMinutes = 15 }), [Held(3, 12, 60)]).OneAfterAnother(new TimeSlot(At(3, 0), At(4, 0)), Duration.FromHours(2)).ToList();
        slots.Select(s => s.StartsAt).ShouldBe([At(3, 8), At(3, 13), At(3, 15) + Duration.FromMinutes(15), At(3, 17) + Duration.FromMinutes(30)]);
    }

    [Fact]
    public void No_slot_is_offered_to_who_may_not_book() =>
        Search(Instrument(sharing: Sharing.Internal), [], new Booker(null)).Starting(new TimeSlot(At(3, 0), At(4, 0)), Hour).ShouldBeEmpty();

    [Fact]
    public void Gaps_are_open_time_without_closures_and_full_time()
    {
        var instrument = Instrument(capacity: 2, closures: [new TimeSlot(At(3, 18), At(3, 19))]);
        FreeSlots.Gaps(instrument, new TimeSlot(At(3, 0), At(4, 0)), [Held(3, 9, 120), Held(3, 10, 120) with { Unit = 2 }])
            .ShouldBe([new TimeSlot(At(3, 8), At(3, 10)), new TimeSlot(At(3, 11), At(3, 18)), new TimeSlot(At(3, 19), At(3, 20))]);
    }

    /// <summary>Against every start of the grid, each put before the rules one by one.</summary>
    [Theory]
    [InlineData("Asia/Shanghai")]
    [InlineData("America/New_York")]
    [InlineData("Australia/Lord_Howe")]
    public void The_search_finds_exactly_what_the_rules_allow(string zone)
    {
        var random = new Random(20260302);
        for (var round = 0; round < 20; round++)
        {
            var granularity = new[] { 15, 30, 60 }[random.Next(3)];
            var instrument = Instrument(
                r => r with { GranularityMinutes = granularity, LeadMinutes = 600, CoolingMinutes = random.Next(2) * 15, PersonDayMinutes = 180, PersonWeekMinutes = 400, HorizonDays = 50 }, zone, random.Next(0, 9), random.Next(15, 25),
                closures: [new TimeSlot(At(4, random.Next(0, 20)), At(5, 3))]);
            var from = Instant.FromUtc(2026, zone == "Australia/Lord_Howe" ? 4 : 3, random.Next(3, 7), random.Next(24), 0);
            var range = new TimeSlot(from, from + Duration.FromDays(4));
            var taken = Enumerable.Range(0, 8).Select(_ => from + Duration.FromMinutes(15 * random.Next(-10, 400))).Select(s => new HeldUnit(1, new TimeSlot(s, s + Duration.FromMinutes(15 * random.Next(1, 30))))).ToList();
            var own = Own(new TimeSlot(from + Duration.FromHours(30), from + Duration.FromHours(32)));
            var length = Duration.FromMinutes(granularity * random.Next(1, 5));

            var expected = new List<TimeSlot>();
            for (var start = range.StartsAt; start < range.EndsAt; start += Duration.FromMinutes(15))
            {
                var slot = new TimeSlot(start, start + length);
                if (taken.All(t => !t.Held.Overlaps(BookingRules.Held(instrument, slot, Insider.Audience))) && BookingRules.Judge(instrument, WantedTime.Of(slot), Insider, own, Now).Count == 0) expected.Add(slot);
            }

            new FreeSlots(instrument, Insider, taken, own, Now).Starting(range, length).ShouldBe(expected, $"{zone}, round {round}");
        }
    }

    [Fact]
    public void A_tray_is_free_where_one_of_its_units_is()
    {
        var random = new Random(20260303);
        var instrument = Instrument(r => r with { CoolingMinutes = 15 }, capacity: 3);
        var range = new TimeSlot(At(3, 0), At(6, 0));
        for (var round = 0; round < 20; round++)
        {
            var taken = Enumerable.Range(0, 40).Select(_ => Held(random.Next(3, 6), random.Next(7, 20), 15 * random.Next(1, 12)) with { Unit = random.Next(1, 4) }).ToList();
            var search = Search(instrument, taken);
            search.Starting(range, Hour).ShouldBe(Search(instrument, []).Starting(range, Hour).Where(s => search.FreeUnit(s) is not null), $"round {round}");
        }
    }

    [Fact]
    public void Two_months_full_to_the_last_place_are_searched_at_once_in_steps_of_a_minute()
    {
        var instrument = Instrument(r => r with { GranularityMinutes = 1, HorizonDays = 60 }, opensHour: 0, closesHour: 24, capacity: 10);
        var taken = Enumerable.Range(1, 10).SelectMany(unit => Enumerable.Range(0, 66 * 96).Select(n => At(3, 0) + Duration.FromMinutes((15 * n) - (33 * 1440))).Select(s => new HeldUnit(unit, new TimeSlot(s, s + Duration.FromMinutes(15))))).ToList();
        var watch = System.Diagnostics.Stopwatch.StartNew();
        Search(instrument, taken).Nearest(At(3, 10), Around(At(3, 10), 31), Hour).ShouldBeEmpty();
        watch.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(30), "every start against every booking would take minutes");
    }

    private static FreeSlots Search(InstrumentRules instrument, IReadOnlyList<HeldUnit> taken, Booker? booker = null) => new(instrument, booker ?? Insider, taken, Neighbours.None, Now);

    private static Instant At(int day, int hour) => Day.At(new LocalDate(2026, 3, day), hour);

    private static TimeSlot Slot(int day, int hour, int minute) => new(At(day, hour) + Duration.FromMinutes(minute), At(day, hour) + Duration.FromMinutes(minute) + Hour);

    private static HeldUnit Held(int day, int hour, int minutes) => new(1, new TimeSlot(At(day, hour), At(day, hour) + Duration.FromMinutes(minutes)));

    private static TimeSlot Around(Instant at, int days) => new(at - Duration.FromDays(days), at + Duration.FromDays(days));
}
