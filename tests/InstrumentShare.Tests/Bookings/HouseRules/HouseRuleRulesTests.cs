using InstrumentShare.Bookings.HouseRules;
using NodaTime;

namespace InstrumentShare.Tests.Bookings.HouseRules;

public sealed class HouseRuleRulesTests
{
    private static readonly LocalDate March = new(2026, 3, 1);

    // Version 1 from 1 March, version 2 from 10 March with a grace until the 15th, version 3 from 20 March without one.
    private static readonly VersionDates[] Three = [new(1, March, null), new(2, March.PlusDays(9), March.PlusDays(14)), new(3, March.PlusDays(19), null)];

    [Theory]
    [InlineData("2026-02-28", "", null)]
    [InlineData("2026-03-01", "", 1)]
    [InlineData("2026-03-09", "1", null)]
    [InlineData("2026-03-10", "1", null)]
    [InlineData("2026-03-15", "1", null)]
    [InlineData("2026-03-15", "", 2)]
    [InlineData("2026-03-16", "1", 2)]
    [InlineData("2026-03-16", "2", null)]
    [InlineData("2026-03-20", "1,2", 3)]
    [InlineData("2026-03-20", "3", null)]
    [InlineData("2026-03-01", "3", null)]
    public void The_version_in_force_on_the_day_is_asked_and_its_grace_lets_the_one_before_pass(string on, string read, int? asked) =>
        HouseRuleRules.Unread(Three, [.. read.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(int.Parse)], Date(on)).ShouldBe(asked);

    [Theory]
    [InlineData("2026-03-05", null)]
    [InlineData("2026-03-06", 1)]
    public void Within_the_grace_of_a_first_version_nobody_is_asked(string on, int? asked) => HouseRuleRules.Unread([new(1, March, March.PlusDays(4))], [], Date(on)).ShouldBe(asked);

    [Theory]
    [InlineData("须知", "Rules", "正文", "Text", null, 1, 1, "")]
    [InlineData("须知", "Rules", "", "", "https://example.org/rules.pdf", 1, 1, "")]
    [InlineData("", "Rules", "正文", "Text", null, 1, 1, "booking.text-missing")]
    [InlineData("须知", "Rules", "正文", "", null, 1, 1, "house-rules.text-or-link")]
    [InlineData("须知", "Rules", "", "", "javascript:alert(1)", 1, 1, "house-rules.link")]
    [InlineData("须知", "Rules", "正文", "Text", null, -1, 1, "house-rules.valid-from")]
    [InlineData("须知", "Rules", "正文", "Text", null, 2, 1, "house-rules.grace")]
    public void What_cannot_be_published_is_named(string title, string titleEn, string text, string textEn, string? link, int from, int grace, string codes) =>
        string.Join(',', HouseRuleRules.Check(title, titleEn, text, textEn, link, March.PlusDays(from), March.PlusDays(grace), March).Select(p => p.Code).Except(from < 0 ? ["house-rules.grace"] : [])).ShouldBe(codes);

    private static LocalDate Date(string text) => NodaTime.Text.LocalDatePattern.Iso.Parse(text).Value;
}
