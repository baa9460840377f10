using InstrumentShare.Access;
using InstrumentShare.Bookings;
using InstrumentShare.Bookings.Approvals;
using InstrumentShare.Bookings.Conditions;
using InstrumentShare.Catalog;
using InstrumentShare.Kernel;
using NodaTime;

namespace InstrumentShare.Tests.Bookings.Approvals;

/// <summary>Whom a booking needs the approval of.</summary>
public sealed class ApprovalRulesTests
{
    private static readonly InstitutionId Lab = new(Guid.CreateVersion7());
    private static readonly GroupId Group = new(Guid.CreateVersion7());
    private static readonly ApprovalRule Leader = new(Approver.GroupLeader);
    private static readonly ApprovalRule Owner = new(Approver.InstrumentOwner);

    [Theory]
    [InlineData(false, "")]
    [InlineData(true, "InstrumentOwner")]
    public void Where_no_steps_are_set_the_owner_is_asked_if_approval_is_required(bool required, string asked) => Asked([], required: required).ShouldBe(asked);

    [Theory]
    [InlineData(240, "")]
    [InlineData(241, "InstrumentOwner")]
    public void A_length_is_asked_about_above_its_minutes(int minutes, string asked) => Asked([Owner with { LongerThanMinutes = 240 }], minutes: minutes).ShouldBe(asked);

    [Theory]
    [InlineData(50_000L, "")]
    [InlineData(50_001L, "InstrumentOwner")]
    [InlineData(null, "")]
    public void An_estimate_is_asked_about_above_its_fen_and_none_is_not_dear(long? fen, string asked) => Asked([Owner with { DearerThanFen = 50_000 }], fen: fen).ShouldBe(asked);

    [Theory]
    [InlineData(19, "")]
    [InlineData(20, "Institution")]
    public void Time_outside_of_the_opening_hours_is_asked_about(int hour, string asked) => Asked([new(Approver.Institution, OutsideHours: true)], hour: hour).ShouldBe(asked);

    [Fact]
    public void Every_condition_of_a_rule_must_hold_and_a_second_rule_is_an_alternative()
    {
        var rule = Owner with { UserClass = UserClass.Enterprise, ServiceMode = ServiceMode.Remote };
        Asked([rule]).ShouldBe("");
        Asked([rule], userClass: UserClass.Enterprise).ShouldBe("");
        Asked([rule], userClass: UserClass.Enterprise, mode: ServiceMode.Remote).ShouldBe("InstrumentOwner");
        Asked([rule, Owner with { LongerThanMinutes = 30 }]).ShouldBe("InstrumentOwner");
    }

    [Fact]
    public void Each_approver_is_asked_once_in_the_order_of_the_rules() =>
        Asked([Leader, new(Approver.Institution), Owner, Leader with { LongerThanMinutes = 1 }], group: true).ShouldBe("GroupLeader Institution InstrumentOwner");

    [Fact]
    public void Who_leads_the_group_needs_no_word_of_their_own_and_without_a_group_the_owner_is_asked()
    {
        Asked([Leader, new(Approver.Institution)], group: true, leads: true).ShouldBe("Institution");
        Asked([Leader], group: true, leads: true, required: true).ShouldBe("InstrumentOwner");
        Asked([Leader]).ShouldBe("InstrumentOwner");
        Asked([Leader, Owner]).ShouldBe("InstrumentOwner");
    }

    [Theory]
    [InlineData(ConditionEffect.Warn, "Institution", "Institution")]
    [InlineData(ConditionEffect.NeedsApproval, "Institution", "Institution InstrumentOwner")]
    [InlineData(ConditionEffect.NeedsApproval, "InstrumentOwner", "InstrumentOwner")]
    [InlineData(ConditionEffect.NeedsApproval, "", "InstrumentOwner")]
    public void A_condition_that_needs_approval_adds_the_owner_once(ConditionEffect effect, string needed, string asked)
    {
        var steps = needed.Length == 0 ? [] : new List<ApprovalRule> { new(Enum.Parse<Approver>(needed)) };
        string.Join(' ', ApprovalRules.With(steps, [new BookingCondition("credit", effect, Problem.Refused("booking.credit-approval"))]).Select(s => s.By)).ShouldBe(asked);
    }

    private static string Asked(ApprovalRule[] rules, bool required = false, int minutes = 60, long? fen = null, int hour = 10, UserClass userClass = UserClass.Internal, ServiceMode mode = ServiceMode.SelfOperated, bool group = false, bool leads = false)
    {
        var zone = DateTimeZoneProviders.Tzdb["Asia/Shanghai"];
        var id = new InstrumentId(Guid.CreateVersion7());
        var instrument = new InstrumentRules
        {
            Id = id, InstitutionId = Lab, InstitutionRegion = new Region("CN-34"), InstitutionZone = zone, Name = "电镜", NameEn = "Microscope", Zone = zone, Capacity = 1, IsVisible = true, TakesBookings = true,
            Sharing = Sharing.External, Status = InstrumentStatus.Normal, RulesVersion = 1, Closures = [],
            OpeningHours = [.. Enum.GetValues<IsoDayOfWeek>().Where(d => d != IsoDayOfWeek.None).Select(d => OpeningHours.Of(id, d, 480, 1200, new LocalDate(2025, 1, 1)))],
            RuleSets = [new BookingRuleSet { InstrumentId = id, ValidFrom = new LocalDate(2025, 1, 1), CreatedAt = default, ApprovalRequired = required, Approvals = rules }],
        };
        var starts = Day.Tomorrow(hour);
        var booker = new Booker(Lab, UserClass: userClass, Groups: group ? [Group] : [], LeadsGroup: leads);
        var needed = ApprovalRules.Needed(instrument, booker, new TimeSlot(starts, starts + Duration.FromMinutes(minutes)), mode, fen is { } price ? new Money(price) : null);
        return string.Join(' ', needed.Select(s => s.By));
    }
}
