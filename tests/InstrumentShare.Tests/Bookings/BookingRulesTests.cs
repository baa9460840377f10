using InstrumentShare.Bookings;
using InstrumentShare.Catalog;
using InstrumentShare.Kernel;
using NodaTime;
using static InstrumentShare.Tests.Bookings.RulesOf;

namespace InstrumentShare.Tests.Bookings;

public sealed class BookingRulesTests
{
    // Start and end as day of March 2026 and clock in Shanghai; now is 2 March, 09:00.
    [Theory]
    [InlineData("03 09:00", "03 10:00", "")]
    [InlineData("02 09:00", "02 10:00", "")]
    [InlineData("02 08:45", "02 10:00", "booking.past")]
    [InlineData("03 08:00", "03 16:00", "")]
    [InlineData("03 08:00", "03 16:15", "booking.max-length")]
    [InlineData("03 09:00", "03 09:15", "")]
    [InlineData("03 09:00", "03 09:14", "booking.min-length booking.granularity")]
    [InlineData("03 09:07", "03 10:07", "booking.granularity")]
    [InlineData("03 07:45", "03 09:00", "booking.outside-hours")]
    [InlineData("03 19:00", "03 20:00", "")]
    [InlineData("03 19:00", "03 20:15", "booking.outside-hours")]
    [InlineData("03 19:00", "04 09:00", "booking.max-length booking.outside-hours")]
    [InlineData("31 09:00", "31 10:00", "")]
    [InlineData("03 10:00", "03 10:00", "booking.end-before-start")]
    [InlineData("03 10:00", "03 09:00", "booking.end-before-start")]
    public void A_time_is_judged_at_its_boundaries(string start, string end, string codes) => Codes(Instrument(), start, end).ShouldBe(codes);

    [Theory]
    [InlineData("02 10:59", "booking.lead-time")]
    [InlineData("02 11:00", "")]
    [InlineData("02 08:59", "booking.past")]
    public void The_notice_is_kept_to_the_minute(string start, string codes) =>
        Codes(Instrument(r => r with { LeadMinutes = 120, GranularityMinutes = 1, MinMinutes = 1 }), start, "02 12:00").ShouldBe(codes);

    [Fact]
    public void The_next_hour_is_not_the_past_in_any_zone()
    {
        foreach (var zone in new[] { "Asia/Shanghai", "Europe/Berlin", "America/New_York", "Pacific/Auckland" })
        {
            var instrument = Instrument(zone: zone, opensHour: 0, closesHour: 24);
            BookingRules.Judge(instrument, new WantedTime(Now + Duration.FromHours(1), Now + Duration.FromHours(2)), Insider, Neighbours.None, Now).ShouldBeEmpty(zone);
        }
    }

    [Theory]
    [InlineData("09 23:00", "")]
    [InlineData("10 00:00", "booking.horizon")]
    public void The_last_day_of_the_horizon_is_open_to_its_end(string start, string codes)
    {
        var at = At(start);
        Join(BookingRules.Judge(Instrument(r => r with { HorizonDays = 7 }, opensHour: 0, closesHour: 24), new WantedTime(at, at + Duration.FromMinutes(30)), Insider, Neighbours.None, Now)).ShouldBe(codes);
    }

    [Theory]
    [InlineData("03 10:00", "03 11:00", "booking.closure")]
    [InlineData("03 09:00", "03 10:00", "")]
    [InlineData("03 12:00", "03 13:00", "")]
    [InlineData("03 09:00", "03 13:00", "booking.closure")]
    public void A_closure_refuses_what_touches_its_inside_only(string start, string end, string codes) =>
        Codes(Instrument(closures: [new TimeSlot(At("03 10:00"), At("03 12:00"))]), start, end).ShouldBe(codes);

    [Fact]
    public void A_closure_is_named_and_cannot_be_overridden()
    {
        var problem = BookingRules.Judge(Instrument(closures: [new TimeSlot(At("03 10:00"), At("03 12:00"))]), new WantedTime(At("03 10:00"), At("03 11:00")), Insider, Neighbours.None, Now).Single();
        (problem.Overridable, problem.Data!["title"]).ShouldBe((false, "停电检修"));
    }

    [Fact]
    public void All_problems_are_told_at_once() =>
        Codes(Instrument(r => r with { HorizonDays = 3, MaxMinutes = 60 }, takesBookings: false, status: InstrumentStatus.AwaitingRepair), "20 06:07", "20 09:00")
            .ShouldBe("booking.not-bookable booking.out-of-order booking.horizon booking.max-length booking.granularity booking.outside-hours");

    [Theory]
    [InlineData(Sharing.External, false, false, "")]
    [InlineData(Sharing.Internal, true, false, "")]
    [InlineData(Sharing.Internal, false, false, "booking.sharing-internal")]
    [InlineData(Sharing.None, true, false, "booking.sharing-none")]
    [InlineData(Sharing.None, true, true, "")]
    public void Sharing_decides_who_may_book(Sharing sharing, bool insider, bool staff, string codes) =>
        Join(BookingRules.Gates(Instrument(sharing: sharing), new Booker(insider ? Owner : null, RunsInstrument: staff))).ShouldBe(codes);

    [Theory]
    [InlineData("03 19:00", "03 20:00", "")]
    [InlineData("04 08:00", "04 09:00", "booking.account-expires")]
    public void A_booking_ends_on_the_last_day_of_the_account_at_the_latest(string start, string end, string codes) =>
        Join(BookingRules.Judge(Instrument(), new WantedTime(At(start), At(end)), Insider with { ExpiresOn = new LocalDate(2026, 3, 3) }, Neighbours.None, Now)).ShouldBe(codes);

    [Fact]
    public void A_day_without_rules_takes_no_bookings() => Codes(Instrument(withRules: false), "03 09:00", "03 10:00").ShouldBe("booking.no-rules");

    [Fact]
    public void No_one_books_more_than_31_days()
    {
        var problem = BookingRules.Judge(Instrument(r => r with { MaxMinutes = 44_640 }, opensHour: 0, closesHour: 24), new WantedTime(At("03 00:00"), At("03 00:00") + Duration.FromDays(31) + Duration.FromMinutes(15)), Insider, Neighbours.None, Now).Single();
        (problem.Code, problem.Kind).ShouldBe(("booking.too-long", ProblemKind.Invalid));
    }

    [Fact]
    public void Only_soft_rules_may_be_overridden() =>
        BookingRules.Judge(Instrument(r => r with { HorizonDays = 3 }), new WantedTime(At("20 09:00"), At("20 10:00")), Insider with { ExpiresOn = new LocalDate(2026, 3, 3) }, Neighbours.None, Now)
            .Select(p => (p.Code, p.Overridable)).ShouldBe([("booking.account-expires", false), ("booking.horizon", true)]);

    [Theory]
    [InlineData("08 01:30", "08 03:30", "")] // 01:30–03:30 on the wall is one hour on the day clocks go forward.
    [InlineData("08 00:00", "08 04:00", "")]
    [InlineData("08 01:45", "08 03:15", "booking.min-length")]
    public void Lengths_are_real_time_on_the_day_clocks_go_forward(string start, string end, string codes)
    {
        var instrument = Instrument(r => r with { MinMinutes = 60, HorizonDays = 60 }, zone: "America/New_York", opensHour: 0, closesHour: 24);
        Join(BookingRules.Judge(instrument, new WantedTime(At(start, "America/New_York"), At(end, "America/New_York")), Insider, Neighbours.None, Now)).ShouldBe(codes);
    }

    [Theory]
    [InlineData(7, 13)]
    [InlineData(8, 12)]
    public void Opening_hours_stay_on_the_wall_when_clocks_change(int day, int utcHour)
    {
        // 08:00 in New York is 13:00 UTC before the change of 8 March 2026 and 12:00 UTC from then on.
        var instrument = Instrument(zone: "America/New_York");
        var opens = Instant.FromUtc(2026, 3, day, utcHour, 0);
        BookingRules.Judge(instrument, new WantedTime(opens, opens + Duration.FromHours(1)), Insider, Neighbours.None, Now).ShouldBeEmpty();
        Join(BookingRules.Judge(instrument, new WantedTime(opens - Duration.FromMinutes(15), opens + Duration.FromHours(1)), Insider, Neighbours.None, Now)).ShouldBe("booking.outside-hours");
    }

    private static string Codes(InstrumentRules instrument, string start, string end) => Join(BookingRules.Judge(instrument, new WantedTime(At(start), At(end)), Insider, Neighbours.None, Now));

    private static string Join(IEnumerable<Problem> problems) => string.Join(' ', problems.Select(p => p.Code).Distinct());

    private static Instant At(string text, string? zone = null) => Day.At(new LocalDate(2026, 3, int.Parse(text[..2], System.Globalization.CultureInfo.InvariantCulture)),
        int.Parse(text[3..5], System.Globalization.CultureInfo.InvariantCulture), int.Parse(text[6..], System.Globalization.CultureInfo.InvariantCulture), zone);
}
