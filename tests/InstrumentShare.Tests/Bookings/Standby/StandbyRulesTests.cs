using InstrumentShare.Bookings;
using InstrumentShare.Bookings.Standby;
using InstrumentShare.Tests.Support;
using NodaTime;

namespace InstrumentShare.Tests.Bookings.Standby;

public sealed class StandbyRulesTests
{
    private static readonly Instant Now = FixedClock.Start;
    private static readonly OfferTerms Terms = new(Duration.FromMinutes(120), Duration.FromMinutes(10), Duration.FromMinutes(30));

    [Theory]
    [InlineData(0, 60, "booking.end-before-start")]
    [InlineData(31 * 1440, 31 * 1440, null)]
    [InlineData((31 * 1440) + 1, 60, "standby.window-too-long")]
    [InlineData(120, 121, "standby.length")]
    [InlineData(120, 120, null)]
    [InlineData(120, 0, "standby.length")]
    [InlineData(120, 1, null)]
    public void A_window_is_longer_than_nothing_and_holds_the_length(int windowMinutes, int minutes, string? code) =>
        StandbyRules.Window(new WantedTime(Now, Now + Duration.FromMinutes(windowMinutes)), minutes).Select(p => p.Code).SingleOrDefault().ShouldBe(code);

    [Fact]
    public void A_fixed_time_is_of_whole_minutes_standby_whole_minutes() =>
        StandbyRules.Window(new WantedTime(Now, Now + Duration.FromSeconds(90)), null).Single().Code.ShouldBe("standby.whole-minutes");

    [Theory]
    [InlineData(2, 199, null)]
    [InlineData(3, 10, "standby.limit")]
    [InlineData(0, 200, "standby.full")]
    public void Open_entries_are_limited_by_person_and_by_instrument(int ofPerson, int ofInstrument, string? code) =>
        StandbyRules.Count(ofPerson, 3, ofInstrument, 200).Select(p => p.Code).SingleOrDefault().ShouldBe(code);

    [Theory]
    [InlineData(1440, 0, 0, 120)]
    [InlineData(1440, 0, 480, 600)]
    [InlineData(600, 0, 480, 285)]
    [InlineData(300, 0, 0, 120)]
    [InlineData(150, 0, 0, 60)]
    [InlineData(1440, 1320, 0, 60)]
    [InlineData(60, 0, 0, 15)]
    [InlineData(45, 0, 0, 10)]
    [InlineData(40, 0, 0, 10)]
    [InlineData(39, 0, 0, null)]
    [InlineData(-5, 0, 0, null)]
    public void An_offer_stands_two_hours_after_quiet_hours_and_half_of_what_is_left_when_the_start_is_near(int startsInMinutes, int leadMinutes, int quietMinutes, int? answerInMinutes)
    {
        var by = StandbyRules.AnswerBy(Now, Now + Duration.FromMinutes(startsInMinutes), leadMinutes, quietMinutes == 0 ? null : Now + Duration.FromMinutes(quietMinutes), Terms);
        by.ShouldBe(answerInMinutes is { } minutes ? Now + Duration.FromMinutes(minutes) : null);
    }
}
