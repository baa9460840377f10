using InstrumentShare.Tests.Support;
using InstrumentShare.Usage.Faults;
using InstrumentShare.Usage.Kiosks;
using NodaTime;

namespace InstrumentShare.Tests.Usage.Kiosks;

public sealed class KioskRulesTests
{
    [Theory]
    [InlineData("582046", null)]
    [InlineData("582046582046", null)]
    [InlineData("58204", "pin.digits")]
    [InlineData("5820465820461", "pin.digits")]
    [InlineData("58204a", "pin.digits")]
    [InlineData("５８２０４６", "pin.digits")]
    [InlineData(null, "pin.digits")]
    [InlineData("111111", "pin.simple")]
    [InlineData("123456", "pin.simple")]
    [InlineData("987654", "pin.simple")]
    public void A_pin_is_six_to_twelve_digits_that_nobody_guesses_first(string? pin, string? code) => KioskRules.Pin(pin)?.Code.ShouldBe(code);

    [Theory]
    [InlineData(" ab-12 ", "AB-12")]
    [InlineData("123", null)]
    [InlineData("12 34", null)]
    [InlineData("", null)]
    public void A_badge_number_is_what_a_reader_types(string typed, string? kept) => KioskRules.Badge(typed).ShouldBe(kept);

    [Fact]
    public void Ten_wrong_tries_within_ten_minutes_lock_a_kiosk_and_slower_ones_do_not()
    {
        var kiosk = new Kiosk { InstitutionId = new(Guid.Empty), Name = "x", CreatedAt = FixedClock.Start };
        for (var i = 0; i < 9; i++) kiosk.Failed(FixedClock.Start);
        kiosk.Failed(FixedClock.Start + Duration.FromMinutes(11));
        kiosk.LockedUntil.ShouldBeNull();
        for (var i = 0; i < 9; i++) kiosk.Failed(FixedClock.Start + Duration.FromMinutes(12));
        kiosk.LockedUntil.ShouldBe(FixedClock.Start + Duration.FromMinutes(17));
    }

    [Theory]
    [InlineData(FaultSeverity.Limited, "noise", 4, "")]
    [InlineData(null, " ", 5, "fault.severity booking.text-missing fault.too-many")]
    public void A_report_says_how_bad_and_what(FaultSeverity? severity, string text, int waiting, string codes) =>
        string.Join(' ', FaultRules.Report(severity, text, waiting).Select(p => p.Code)).ShouldBe(codes);

    [Theory]
    [InlineData(FaultStatus.Reported, false, 1, "")]
    [InlineData(FaultStatus.Acknowledged, false, 90, "")]
    [InlineData(FaultStatus.Acknowledged, true, 91, "fault.is-outage fault.until")]
    [InlineData(FaultStatus.Resolved, false, 0, "fault.resolved fault.until")]
    public void An_outage_is_made_once_of_what_is_not_resolved(FaultStatus status, bool isOutage, int days, string codes) =>
        string.Join(' ', FaultRules.Outage(status, isOutage, "out", FixedClock.Start + Duration.FromDays(days), FixedClock.Start).Select(p => p.Code)).ShouldBe(codes);
}
