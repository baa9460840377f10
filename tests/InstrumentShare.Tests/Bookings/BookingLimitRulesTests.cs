using InstrumentShare.Bookings;
using InstrumentShare.Catalog;
using InstrumentShare.Kernel;
using NodaTime;
using static InstrumentShare.Tests.Bookings.RulesOf;

namespace InstrumentShare.Tests.Bookings;

public sealed class BookingLimitRulesTests
{
    [Theory]
    [InlineData(120, "")]
    [InlineData(135, "booking.day-limit")]
    public void The_day_limit_counts_to_its_last_minute(int minutes, string codes) =>
        Codes(r => r with { PersonDayMinutes = 240 }, Slot(3, 14, minutes), [Slot(3, 9, 120)]).ShouldBe(codes);

    [Fact]
    public void Another_day_has_a_limit_of_its_own() => Codes(r => r with { PersonDayMinutes = 240 }, Slot(4, 9, 240), [Slot(3, 9, 240)]).ShouldBe("");

    [Theory]
    [InlineData(8, "booking.week-limit")] // Sunday of the same ISO week
    [InlineData(9, "")] // Monday of the next
    public void The_week_is_the_ISO_week(int day, string codes) =>
        Codes(r => r with { PersonWeekMinutes = 300 }, Slot(day, 9, 120), [Slot(3, 9, 240)]).ShouldBe(codes);

    [Fact]
    public void A_night_counts_on_both_its_days()
    {
        var night = new TimeSlot(Day.At(new(2026, 3, 3), 22), Day.At(new(2026, 3, 4), 4));
        Codes(r => r with { PersonDayMinutes = 240 }, night, []).ShouldBe("");
        Codes(r => r with { PersonDayMinutes = 239 }, night, []).ShouldBe("booking.day-limit");
    }

    [Fact]
    public void The_day_is_that_of_the_instruments_zone()
    {
        // 20:00–23:00 UTC on 3 March is the morning of the 4th in Shanghai.
        var own = new TimeSlot(Instant.FromUtc(2026, 3, 3, 20, 0), Instant.FromUtc(2026, 3, 3, 23, 0));
        Codes(r => r with { PersonDayMinutes = 240 }, Slot(4, 9, 120), [own]).ShouldBe("booking.day-limit");
        Codes(r => r with { PersonDayMinutes = 240 }, Slot(3, 9, 120), [own]).ShouldBe("");
    }

    [Fact]
    public void Both_limits_are_told_at_once() =>
        Codes(r => r with { PersonDayMinutes = 60, PersonWeekMinutes = 60 }, Slot(3, 9, 90), []).ShouldBe("booking.day-limit booking.week-limit");

    private static TimeSlot Slot(int day, int hour, int minutes) => new(Day.At(new(2026, 3, day), hour), Day.At(new(2026, 3, day), hour) + Duration.FromMinutes(minutes));

    private static string Codes(Func<BookingRuleSet, BookingRuleSet> rules, TimeSlot slot, IReadOnlyList<TimeSlot> own) =>
        string.Join(' ', BookingRules.Judge(Instrument(rules, opensHour: 0, closesHour: 24), WantedTime.Of(slot), Insider, Own(own), Now).Select(p => p.Code));
}
