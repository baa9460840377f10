using InstrumentShare.Access;
using InstrumentShare.Integrity;
using InstrumentShare.Kernel;
using InstrumentShare.Usage.Verdicts;
using NodaTime;

namespace InstrumentShare.Tests.Integrity;

public sealed class CreditRulesTests
{
    private static readonly LocalDate Day = new(2026, 3, 2);
    private static readonly Instant Now = Instant.FromUtc(2026, 3, 2, 1, 0);
    private static readonly InstitutionId Home = new(Guid.CreateVersion7());
    private static readonly Region Hefei = new("CN-3401");

    [Fact]
    public void Of_what_was_found_only_the_gravest_is_entered()
    {
        var rules = new[] { Rule(CreditEvent.Late, -2), Rule(CreditEvent.Overran, -3) };
        For(rules, CreditEvent.Late, CreditEvent.Overran)!.Points.ShouldBe(-3);
        For(rules, CreditEvent.Late)!.Points.ShouldBe(-2);
        For(rules).ShouldBeNull();
        For(rules, CreditEvent.NoShow).ShouldBeNull("no rule, no points");
    }

    [Fact]
    public void What_is_excused_costs_nothing() => CreditRules.RuleFor([CreditEvent.NoShow], true, [Rule(CreditEvent.NoShow, -10)], Home, Hefei, Day).ShouldBeNull();

    [Fact]
    public void The_institutions_rule_comes_before_the_nearest_regions_and_that_before_everywheres()
    {
        var (everywhere, province, city, own) = (Rule(CreditEvent.Late, -1), Rule(CreditEvent.Late, -2, "CN-34"), Rule(CreditEvent.Late, -3, "CN-3401"), Rule(CreditEvent.Late, -4, institution: Home));
        For([everywhere, province, city, own], CreditEvent.Late).ShouldBe(own);
        For([everywhere, province, city], CreditEvent.Late).ShouldBe(city);
        For([everywhere, province], CreditEvent.Late).ShouldBe(province);
        For([everywhere, Rule(CreditEvent.Late, -9, "CN-37"), Rule(CreditEvent.Late, -9, institution: new InstitutionId(Guid.CreateVersion7()))], CreditEvent.Late).ShouldBe(everywhere);
        For([everywhere, Rule(CreditEvent.Late, -4, institution: Home, enabled: false)], CreditEvent.Late).ShouldBeNull("switched off at the institution");
    }

    [Theory]
    [InlineData("2026-03-01", null)]
    [InlineData("2026-03-02", -2)]
    [InlineData("2026-03-04", -2)]
    [InlineData("2026-03-05", null)]
    public void A_rule_holds_on_both_its_days(string on, int? points)
    {
        var rule = Rule(CreditEvent.Late, -2);
        rule.EndOn(new LocalDate(2026, 3, 4));
        var found = CreditRules.RuleFor([CreditEvent.Late], false, [rule], Home, Hefei, NodaTime.Text.LocalDatePattern.Iso.Parse(on).Value);
        (found?.Points).ShouldBe(points);
    }

    [Theory]
    [InlineData(BookingVerdict.AsBooked, null)]
    [InlineData(BookingVerdict.Late, CreditEvent.Late)]
    [InlineData(BookingVerdict.Overran, CreditEvent.Overran)]
    [InlineData(BookingVerdict.LeftEarly, CreditEvent.LeftEarly)]
    [InlineData(BookingVerdict.NoShow, CreditEvent.NoShow)]
    public void A_judgement_has_its_event(BookingVerdict verdict, CreditEvent? found) => CreditRules.EventOf(verdict).ShouldBe(found);

    [Fact]
    public void A_score_begins_at_a_hundred_and_never_falls_below_zero()
    {
        CreditRules.Score([]).ShouldBe(100);
        CreditRules.Score([-10, -3]).ShouldBe(87);
        CreditRules.Score([-60, -60]).ShouldBe(0);
    }

    [Theory]
    [InlineData(90, null)]
    [InlineData(89, CreditEffect.Warn)]
    [InlineData(80, CreditEffect.Warn)]
    [InlineData(79, CreditEffect.NeedsApproval)]
    [InlineData(60, CreditEffect.NeedsApproval)]
    [InlineData(59, CreditEffect.Refuse)]
    [InlineData(0, CreditEffect.Refuse)]
    public void Of_the_thresholds_that_a_score_is_below_the_strictest_holds(int score, CreditEffect? effect) =>
        (CreditRules.Strictest(score, [Threshold(CreditEffect.Refuse, 60), Threshold(CreditEffect.Warn, 90), Threshold(CreditEffect.NeedsApproval, 80)])?.Effect).ShouldBe(effect);

    [Theory]
    [InlineData(0, null)]
    [InlineData(30 * 86_400, null)]
    [InlineData((30 * 86_400) + 1, "credit-appeal.too-late")]
    public void An_appeal_is_possible_for_thirty_days(int secondsLater, string? code) =>
        CreditRules.Appeal(true, false, false, Now, "was there", Now + Duration.FromSeconds(secondsLater)).Select(p => p.Code).SingleOrDefault().ShouldBe(code);

    [Fact]
    public void An_appeal_is_ones_own_once_and_has_a_reason()
    {
        CreditRules.Appeal(false, false, true, Now, " ", Now).Select(p => p.Code).ShouldBe(["credit-appeal.not-own", "credit-appeal.once", "credit-appeal.reason-missing"]);
        CreditRules.Appeal(true, true, false, Now, new string('x', 500), Now).Select(p => p.Code).ShouldBe(["credit-appeal.reversed"]);
        CreditRules.Decide(false, true, new string('x', 501)).Select(p => p.Code).ShouldBe(["credit-appeal.decided", "credit-appeal.own", "credit-appeal.reason-length"]);
        CreditRules.Decide(true, false, new string('x', 500)).ShouldBeEmpty();
    }

    [Theory]
    [InlineData(-100, 1, 0)]
    [InlineData(0, 3650, 0)]
    [InlineData(-101, null, 1)]
    [InlineData(1, 0, 2)]
    [InlineData(-1, 3651, 1)]
    public void A_rule_takes_0_to_100_points_for_up_to_ten_years(int points, int? days, int problems) =>
        CreditRules.Change(CreditEvent.Late, points, days, Day, Day).Count.ShouldBe(problems);

    private static CreditThreshold Threshold(CreditEffect effect, int threshold) => new() { InstrumentId = new(Guid.CreateVersion7()), Effect = effect, Threshold = threshold, ValidFrom = Day, CreatedAt = Now };

    private static CreditRule? For(IReadOnlyList<CreditRule> rules, params CreditEvent[] found) => CreditRules.RuleFor(found, false, rules, Home, Hefei, Day);

    private static CreditRule Rule(CreditEvent what, int points, string? region = null, InstitutionId? institution = null, bool enabled = true) => new()
    {
        Event = what, Points = points, Version = 1, Region = region is null ? null : new Region(region), InstitutionId = institution, IsEnabled = enabled, ValidFrom = Day, CreatedAt = Now,
    };
}
