using InstrumentShare.Bookings;
using InstrumentShare.Kernel;
using InstrumentShare.Usage;
using NodaTime;

namespace InstrumentShare.Tests.Usage;

public sealed class UsageRulesTests
{
    private static readonly Instant Ten = Instant.FromUtc(2026, 3, 2, 2, 0);
    private static readonly TimeSlot Slot = new(Ten, Ten + Duration.FromHours(1));

    /// <summary>Seconds from the booked start.</summary>
    [Theory]
    [InlineData(BookingStatus.Confirmed, -901, false, "usage.too-early")]
    [InlineData(BookingStatus.Confirmed, -900, false, null)]
    [InlineData(BookingStatus.Confirmed, 3599, false, null)]
    [InlineData(BookingStatus.Confirmed, 3600, false, "usage.too-late")]
    [InlineData(BookingStatus.Confirmed, -1, true, "usage.in-use")]
    [InlineData(BookingStatus.Confirmed, 0, true, null)]
    [InlineData(BookingStatus.InUse, 0, true, "usage.in-use")]
    [InlineData(BookingStatus.Requested, 0, false, "usage.booking-state")]
    [InlineData(BookingStatus.Cancelled, 0, false, "usage.booking-state")]
    [InlineData(BookingStatus.Completed, 0, false, "usage.booking-state")]
    public void A_booking_is_checked_in_from_a_quarter_of_an_hour_before_to_its_end(BookingStatus status, int second, bool anotherIsOpen, string? code) =>
        UsageRules.CheckIn(status, Slot, Ten + Duration.FromSeconds(second), anotherIsOpen)?.Code.ShouldBe(code);

    [Theory]
    [InlineData(0, 3600, 0, "measured", new string[0])]
    [InlineData(0, 0, 0, "measured", new[] { "usage.ends-before-start" })]
    [InlineData(0, -1, 0, "measured", new[] { "usage.ends-before-start" })]
    [InlineData(0, 3600, -1, "measured", new[] { "usage.samples-range" })]
    [InlineData(0, 3600, 0, " ", new[] { "usage.reason-missing" })]
    [InlineData(0, 7201, 0, "measured", new[] { "usage.in-future" })]
    [InlineData(-31 * 86_400 - 1, 0, 0, "measured", new[] { "usage.too-long" })]
    [InlineData(-31 * 86_400, 0, 0, "measured", new string[0])]
    [InlineData(0, -1, -1, null, new[] { "usage.samples-range", "usage.reason-missing", "usage.ends-before-start" })]
    public void An_entry_by_hand_says_all_that_is_wrong_at_once(int start, int end, int samples, string? reason, string[] codes) =>
        UsageRules.Entry(Ten + Duration.FromSeconds(start), Ten + Duration.FromSeconds(end), samples, null, reason, Ten + Duration.FromHours(2)).Select(p => p.Code).ShouldBe(codes);
}
