using InstrumentShare.Access;
using InstrumentShare.Bookings;
using InstrumentShare.Catalog;
using InstrumentShare.Kernel;
using NodaTime;
using static InstrumentShare.Tests.Bookings.RulesOf;

namespace InstrumentShare.Tests.Bookings.Cancellations;

/// <summary>Until when a time is given back, and by how much it is late.</summary>
public sealed class CancellationRulesTests
{
    private static readonly TimeSlot Slot = new(Now + Duration.FromHours(2), Now + Duration.FromHours(3));

    [Theory]
    [InlineData(0, null)]
    [InlineData(1, 1)]
    [InlineData(60, 1)]
    [InlineData(61, 2)]
    [InlineData(3600, 60)]
    public void After_its_notice_it_is_late_by_begun_minutes(int secondsAfter, int? minutes) =>
        CancellationRules.MinutesLate(Instrument(r => r with { CancelLeadMinutes = 120 }), Made(BookingStatus.Confirmed), Now + Duration.FromSeconds(secondsAfter)).ShouldBe(minutes);

    [Theory]
    [InlineData(null, 0, "")]
    [InlineData(null, 1, "booking.cancel-lead")]
    [InlineData(false, 1, "booking.cancel-lead")]
    [InlineData(true, 1, "")]
    [InlineData(true, 7199, "")]
    [InlineData(true, 7200, "booking.started")]
    public void The_rules_say_whether_it_may_be_late(bool? allowed, int secondsAfter, string code) =>
        Codes(Instrument(r => r with { CancelLeadMinutes = 120, LateCancel = allowed }), BookingStatus.Confirmed, secondsAfter).ShouldBe(code);

    [Fact]
    public void A_request_is_withdrawn_at_any_time_and_never_late()
    {
        var instrument = Instrument(r => r with { CancelLeadMinutes = 120 });
        Codes(instrument, BookingStatus.Requested, 3600).ShouldBe("");
        CancellationRules.MinutesLate(instrument, Made(BookingStatus.Requested), Now + Duration.FromHours(1)).ShouldBeNull();
    }

    [Theory]
    [InlineData(InstrumentStatus.Normal, false, "booking.cancel-lead", 60)]
    [InlineData(InstrumentStatus.AwaitingRepair, false, "", null)]
    [InlineData(InstrumentStatus.ToBeScrapped, false, "", null)]
    [InlineData(InstrumentStatus.Normal, true, "", null)]
    public void Where_the_instrument_is_not_to_be_had_anyway_nothing_is_late(InstrumentStatus status, bool closed, string code, int? minutes)
    {
        var closure = new TimeSlot(Slot.EndsAt - Duration.FromMinutes(1), Slot.EndsAt + Duration.FromHours(1));
        var instrument = Instrument(r => r with { CancelLeadMinutes = 120 }, status: status, closures: closed ? [closure] : []);
        Codes(instrument, BookingStatus.Confirmed, 3600).ShouldBe(code);
        CancellationRules.MinutesLate(instrument, Made(BookingStatus.Confirmed), Now + Duration.FromHours(1)).ShouldBe(minutes);
    }

    [Fact]
    public void A_nearer_place_has_the_word_on_late_cancellation()
    {
        var region = new BookingRuleSet { Region = new Region("CN-34"), ValidFrom = new LocalDate(2020, 1, 1), CreatedAt = Now, CancelLeadMinutes = 120, LateCancel = true };
        var own = new BookingRuleSet { InstrumentId = Id, ValidFrom = new LocalDate(2020, 1, 1), CreatedAt = Now };
        Codes(Instrument() with { RuleSets = [region, own] }, BookingStatus.Confirmed, 60).ShouldBe("");
        Codes(Instrument() with { RuleSets = [region, own with { LateCancel = false }] }, BookingStatus.Confirmed, 60).ShouldBe("booking.cancel-lead");
    }

    private static string Codes(InstrumentRules instrument, BookingStatus status, int secondsAfter) =>
        string.Join(' ', CancellationRules.Judge(instrument, Made(status), Now + Duration.FromSeconds(secondsAfter)).Select(p => p.Code));

    private static Booking Made(BookingStatus status)
    {
        var person = new PersonId(Guid.CreateVersion7());
        return new Booking { InstrumentId = Id, PersonId = person, ServiceMode = ServiceMode.SelfOperated, UserClass = UserClass.Internal, CreatedBy = person, CreatedAt = Now }.At(Slot, Slot, 1, status, 1);
    }
}
