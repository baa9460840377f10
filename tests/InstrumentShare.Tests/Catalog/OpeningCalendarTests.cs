using InstrumentShare.Catalog;
using InstrumentShare.Kernel;
using NodaTime;
using NodaTime.Text;
using Shouldly;
using Xunit;

namespace InstrumentShare.Tests.Catalog;

public sealed class OpeningCalendarTests
{
    private static readonly InstrumentId Microscope = InstrumentId.From(Guid.CreateVersion7());
    private static readonly LocalDate Ever = new(2020, 1, 1);
    private static readonly DateTimeZone Shanghai = DateTimeZoneProviders.Tzdb["Asia/Shanghai"];
    private static readonly DateTimeZone Berlin = DateTimeZoneProviders.Tzdb["Europe/Berlin"];

    [Fact]
    public void Without_hours_it_is_never_open() =>
        OpeningCalendar.OpenSpans([], Shanghai, new LocalDate(2026, 3, 2), new LocalDate(2026, 3, 8)).ShouldBeEmpty();

    [Fact]
    public void Hours_are_local_times_of_the_zone() =>
        Open(Shanghai, "2026-03-02", "2026-03-08", Hours(IsoDayOfWeek.Monday, 9, 17)).ShouldBe(["2026-03-02T01:00:00Z/2026-03-02T09:00:00Z"]);

    [Fact]
    public void Both_days_of_a_range_are_included() =>
        Open(Shanghai, "2026-03-02", "2026-03-09", Hours(IsoDayOfWeek.Monday, 9, 17)).Count.ShouldBe(2);

    [Fact]
    public void Hours_hold_from_the_first_to_the_last_day_of_their_validity()
    {
        var hours = OpeningHours.Of(Microscope, IsoDayOfWeek.Monday, 540, 600, new LocalDate(2026, 3, 9), new LocalDate(2026, 3, 16));
        Open(Shanghai, "2026-03-01", "2026-03-31", hours).ShouldBe(["2026-03-09T01:00:00Z/2026-03-09T02:00:00Z", "2026-03-16T01:00:00Z/2026-03-16T02:00:00Z"]);
    }

    [Fact]
    public void Spans_that_touch_at_midnight_are_one() =>
        Open(Shanghai, "2026-03-02", "2026-03-03", Hours(IsoDayOfWeek.Monday, 20, 24), Hours(IsoDayOfWeek.Tuesday, 0, 4))
            .ShouldBe(["2026-03-02T12:00:00Z/2026-03-02T20:00:00Z"]);

    [Fact]
    public void Spans_with_a_break_stay_two() =>
        Open(Shanghai, "2026-03-02", "2026-03-02", Hours(IsoDayOfWeek.Monday, 13, 17), Hours(IsoDayOfWeek.Monday, 9, 12))
            .ShouldBe(["2026-03-02T01:00:00Z/2026-03-02T04:00:00Z", "2026-03-02T05:00:00Z/2026-03-02T09:00:00Z"]);

    [Fact]
    public void A_day_around_the_clock_has_23_hours_when_clocks_go_forward() =>
        Open(Berlin, "2026-03-29", "2026-03-29", Hours(IsoDayOfWeek.Sunday, 0, 24)).ShouldBe(["2026-03-28T23:00:00Z/2026-03-29T22:00:00Z"]);

    [Fact]
    public void A_day_around_the_clock_has_25_hours_when_clocks_go_back() =>
        Open(Berlin, "2026-10-25", "2026-10-25", Hours(IsoDayOfWeek.Sunday, 0, 24)).ShouldBe(["2026-10-24T22:00:00Z/2026-10-25T23:00:00Z"]);

    [Fact]
    public void Hours_inside_the_skipped_hour_do_not_exist() =>
        Open(Berlin, "2026-03-29", "2026-03-29", Hours(IsoDayOfWeek.Sunday, 2, 3)).ShouldBeEmpty();

    [Fact]
    public void Opening_in_the_skipped_hour_opens_at_the_change() =>
        Open(Berlin, "2026-03-29", "2026-03-29", OpeningHours.Of(Microscope, IsoDayOfWeek.Sunday, 150, 300, Ever)).ShouldBe(["2026-03-29T01:00:00Z/2026-03-29T03:00:00Z"]);

    [Fact]
    public void The_repeated_hour_is_open_twice() =>
        Open(Berlin, "2026-10-25", "2026-10-25", Hours(IsoDayOfWeek.Sunday, 2, 3)).ShouldBe(["2026-10-25T00:00:00Z/2026-10-25T02:00:00Z"]);

    [Theory]
    [InlineData("2026-03-02T01:00:00Z", "2026-03-02T04:00:00Z", true)]
    [InlineData("2026-03-02T00:59:00Z", "2026-03-02T04:00:00Z", false)]
    [InlineData("2026-03-02T01:00:00Z", "2026-03-02T04:01:00Z", false)]
    [InlineData("2026-03-02T03:00:00Z", "2026-03-02T06:00:00Z", false)]
    [InlineData("2026-03-02T05:00:00Z", "2026-03-02T09:00:00Z", true)]
    public void It_is_open_for_a_slot_only_when_open_for_all_of_it(string starts, string ends, bool open) =>
        OpeningCalendar.IsOpen([Hours(IsoDayOfWeek.Monday, 9, 12), Hours(IsoDayOfWeek.Monday, 13, 17)], Shanghai, Slot(starts, ends)).ShouldBe(open);

    [Fact]
    public void What_is_taken_is_cut_out_of_what_is_open()
    {
        var open = new[] { Slot("2026-03-02T01:00:00Z", "2026-03-02T09:00:00Z") };
        var taken = new[] { Slot("2026-03-02T08:00:00Z", "2026-03-02T12:00:00Z"), Slot("2026-03-02T02:00:00Z", "2026-03-02T03:00:00Z"), Slot("2026-03-02T02:30:00Z", "2026-03-02T04:00:00Z") };
        OpeningCalendar.Without(open, taken).Select(s => s.ToString()).ShouldBe(["2026-03-02T01:00:00Z/2026-03-02T02:00:00Z", "2026-03-02T04:00:00Z/2026-03-02T08:00:00Z"]);
    }

    private static OpeningHours Hours(IsoDayOfWeek day, int opens, int closes) => OpeningHours.Of(Microscope, day, opens * 60, closes * 60, Ever);

    private static List<string> Open(DateTimeZone zone, string from, string to, params OpeningHours[] hours) =>
        OpeningCalendar.OpenSpans(hours, zone, Date(from), Date(to)).Select(s => s.ToString()).ToList();

    private static LocalDate Date(string text) => LocalDatePattern.Iso.Parse(text).Value;

    private static TimeSlot Slot(string starts, string ends) => new(InstantPattern.ExtendedIso.Parse(starts).Value, InstantPattern.ExtendedIso.Parse(ends).Value);
}
