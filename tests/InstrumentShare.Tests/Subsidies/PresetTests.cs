using InstrumentShare.Subsidies.Language;
using NodaTime;

namespace InstrumentShare.Tests.Subsidies;

public sealed class PresetTests
{
    [Fact]
    public void The_six_presets_load_and_their_ids_are_their_file_names()
    {
        PolicyPresets.All.Select(p => p.Id).ShouldBe(["anhui-2015", "chongqing-early", "fujian-2019", "hunan-2018", "hunan-2025", "qingdao"]);
        PolicyPresets.Texts.Select(t => t.File).ShouldBe(PolicyPresets.All.Select(p => p.Id + ".yaml"));
    }

    [Theory]
    [InlineData("anhui-2015", Trust.Reported)]
    [InlineData("chongqing-early", Trust.Verified)]
    [InlineData("qingdao", Trust.Reported)]
    [InlineData("hunan-2018", Trust.Reported)]
    [InlineData("hunan-2025", Trust.Reported)]
    [InlineData("fujian-2019", Trust.Verified)]
    public void Only_what_was_read_in_the_issuing_text_is_verified(string policy, Trust trust) => PolicyPresets.Named(policy).Trust.ShouldBe(trust);

    [Fact]
    public void Every_clause_has_its_own_name_and_a_citation()
    {
        foreach (var policy in PolicyPresets.All)
        {
            policy.Clauses.Select(c => c.Name).ShouldBeUnique();
            policy.Clauses.ShouldAllBe(c => c.Citation.Length > 0);
            policy.Blanks.ShouldBeEmpty();
        }
    }

    [Fact]
    public void Only_hunan_2018_has_a_reading_that_a_person_must_settle() =>
        PolicyPresets.All.Where(p => p.Unsettled.Any()).Select(p => p.Id).ShouldBe(["hunan-2018"]);

    [Theory]
    [InlineData("hunan-2018", 2024, true)]
    [InlineData("hunan-2018", 2026, false)]
    [InlineData("hunan-2025", 2024, false)]
    [InlineData("hunan-2025", 2026, true)]
    [InlineData("qingdao", 2012, true)]
    public void A_policy_is_in_force_between_its_dates(string policy, int year, bool inForce) =>
        PolicyPresets.Named(policy).IsInForce(new LocalDate(year, 1, 1), new LocalDate(year, 12, 1)).ShouldBe(inForce);
}
