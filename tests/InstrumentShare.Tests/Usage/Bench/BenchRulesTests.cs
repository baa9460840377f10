using InstrumentShare.Bookings;
using InstrumentShare.Catalog;
using InstrumentShare.Kernel;
using InstrumentShare.Tests.Bookings;
using InstrumentShare.Usage.Bench;
using NodaTime;

namespace InstrumentShare.Tests.Usage.Bench;

/// <summary>Minutes from 9:00, at which it is now.</summary>
public sealed class BenchRulesTests
{
    [Theory]
    [InlineData(BookingStatus.InUse, -30, 30, BenchStatus.InUse, 30)]
    [InlineData(BookingStatus.InUse, -90, -10, BenchStatus.InUse, -10)]
    [InlineData(BookingStatus.Confirmed, -10, 50, BenchStatus.Reserved, 50)]
    [InlineData(BookingStatus.Requested, 0, 60, BenchStatus.Reserved, 60)]
    [InlineData(BookingStatus.Confirmed, 1, 60, BenchStatus.Free, 1)]
    [InlineData(BookingStatus.Confirmed, -60, 0, BenchStatus.Free, 660)]
    public void What_lies_on_the_calendar_says_how_it_stands_and_until_when(BookingStatus status, int from, int to, BenchStatus expected, int until)
    {
        var state = BenchRules.StateOf(RulesOf.Instrument(), [Item(status, from, to)], RulesOf.Now);
        (state.Status, state.Until).ShouldBe((expected, At(until)));
    }

    [Fact]
    public void Outside_its_hours_it_is_closed_until_they_begin()
    {
        var state = BenchRules.StateOf(RulesOf.Instrument(opensHour: 10), [], RulesOf.Now);
        (state.Status, state.Until).ShouldBe((BenchStatus.Closed, At(60)));
        BenchRules.StateOf(RulesOf.Instrument(closures: [new TimeSlot(At(-10), At(20))]), [], RulesOf.Now).ShouldBe(new BenchState(BenchStatus.Closed, At(20), 0));
        BenchRules.StateOf(RulesOf.Instrument(status: InstrumentStatus.AwaitingRepair), [], RulesOf.Now).Status.ShouldBe(BenchStatus.OutOfOrder);
    }

    [Fact]
    public void A_tray_is_free_while_one_of_its_units_is()
    {
        var tray = RulesOf.Instrument(capacity: 2);
        BenchRules.StateOf(tray, [Item(BookingStatus.InUse, -10, 50)], RulesOf.Now).Status.ShouldBe(BenchStatus.Free);
        BenchRules.StateOf(tray, [Item(BookingStatus.InUse, -10, 50), Item(BookingStatus.InUse, -10, 20, unit: 2)], RulesOf.Now).ShouldBe(new BenchState(BenchStatus.InUse, At(20), 2));
    }

    [Fact]
    public void What_is_due_is_ones_own_in_use_before_what_may_be_checked_in()
    {
        CalendarItem[] items = [Item(BookingStatus.Confirmed, 15, 60, mine: true), Item(BookingStatus.InUse, -60, 0, mine: true), Item(BookingStatus.InUse, -60, 0)];
        BenchRules.DueOf(items, RulesOf.Now).ShouldBe(items[1]);
        BenchRules.DueOf([items[0]], RulesOf.Now).ShouldBe(items[0]);
        BenchRules.DueOf([items[2], Item(BookingStatus.Confirmed, 16, 60, mine: true)], RulesOf.Now).ShouldBeNull();
    }

    [Fact]
    public void Free_time_is_offered_from_the_next_step_up_to_the_next_booking()
    {
        var instrument = RulesOf.Instrument(s => s with { GranularityMinutes = 15, MaxMinutes = 240 });
        var now = At(7);
        FreeSlots Free(params HeldUnit[] taken) => new(instrument, RulesOf.Insider, taken, Neighbours.None, now);
        var terms = instrument.RulesOn(new LocalDate(2026, 3, 2))!;
        BenchRules.WalkUps(Free(), terms).ShouldBe([Slot(15, 30), Slot(15, 45), Slot(15, 75), Slot(15, 135), Slot(15, 255)]);
        BenchRules.WalkUps(Free(new HeldUnit(1, Slot(100, 200))), terms).ShouldBe([Slot(15, 30), Slot(15, 45), Slot(15, 75), Slot(15, 90)], "a step of the grid before it");
        BenchRules.WalkUps(Free(new HeldUnit(1, Slot(15, 200))), terms).ShouldBeEmpty();
        BenchRules.WalkUps(Free() with { Instrument = RulesOf.Instrument(s => s with { LeadMinutes = 60 }) }, terms).ShouldBeEmpty("a rule of notice holds at the bench too");
    }

    [Theory]
    [InlineData(15, null)]
    [InlineData(60, null)]
    [InlineData(75, "booking.extension-taken")]
    [InlineData(20, "booking.granularity")]
    [InlineData(435, "booking.max-length booking.extension-taken")]
    [InlineData(-30, "booking.min-length booking.extension-past")]
    public void A_booking_goes_on_as_far_as_the_rules_and_the_next_one_let_it(int minutes, string? codes)
    {
        var (booked, now) = (Slot(0, 60), At(50));
        var found = ExtensionRules.Judge(RulesOf.Instrument(s => s with { GranularityMinutes = 15, MinMinutes = 45 }), booked, booked.EndsAt + Duration.FromMinutes(minutes), RulesOf.Insider, Neighbours.None, [Slot(120, 180)], now);
        string.Join(' ', found.Select(p => p.Code)).ShouldBe(codes ?? string.Empty);
    }

    [Fact]
    public void The_latest_end_is_the_last_step_before_the_first_refusal()
    {
        ExtensionRules.Latest(Slot(0, 60), 15, end => end <= At(120)).ShouldBe(At(120));
        ExtensionRules.Latest(Slot(0, 60), 15, _ => false).ShouldBeNull();
        ExtensionRules.Latest(Slot(0, 60), 15, _ => true).ShouldBe(At(60 + ExtensionRules.MaxMinutes));
    }

    private static Instant At(int minute) => RulesOf.Now + Duration.FromMinutes(minute);

    private static TimeSlot Slot(int from, int to) => new(At(from), At(to));

    private static CalendarItem Item(BookingStatus status, int from, int to, bool mine = false, int unit = 1) => new(CalendarKind.Booking, At(from), At(to), status, mine, null, Guid.Empty, unit);
}
