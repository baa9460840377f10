using InstrumentShare.Subsidies.Language;
using InstrumentShare.Web;

namespace InstrumentShare.Tests.Subsidies;

public sealed class PolicyLoaderTests
{
    private static readonly WordCatalog Catalog = new();

    private static string Text(string id) => PolicyPresets.Texts.Single(t => t.File == id + ".yaml").Text;

    [Theory]
    [InlineData("qingdao", "accrual: servedOn", "accrual: servedOn\ncolour: red", "subsidy.policy.unknown-term", "colour")]
    [InlineData("qingdao", "payer: district", "payer: village", "subsidy.policy.unknown-word", "pays[user-district].payer")]
    [InlineData("qingdao", "tags: [highTech, qianfan]", "tags: [highTech, sameEntity]", "subsidy.policy.unknown-word", "pays[user-district].rateByStatus[1].tags[2]")]
    [InlineData("qingdao", "percent: 20,", "percent: 120,", "subsidy.policy.rate-range", "pays[user-district].rateByStatus[1].percent")]
    [InlineData("qingdao", "percent: 20,", "percent: -1,", "subsidy.policy.rate-range", "pays[user-district].rateByStatus[1].percent")]
    [InlineData("qingdao", "percent: 20,", "percent: a fifth,", "subsidy.policy.bad-value", "pays[user-district].rateByStatus[1].percent")]
    [InlineData("qingdao", "amount: 500000,", "amount: -500000,", "subsidy.policy.negative", "caps[user-city-year].amount")]
    [InlineData("qingdao", "amount: 500000,", "amount: 500000.001,", "subsidy.policy.bad-value", "caps[user-city-year].amount")]
    [InlineData("qingdao", "line: user-district", "line: user-county", "subsidy.policy.unknown-line", "pays[user-city]")]
    [InlineData("qingdao", "id: user-city\n", "id: user-district\n", "subsidy.policy.duplicate-id", "pays[user-district]")]
    [InlineData("qingdao", "id: user-city-year", "id: institution-year", "subsidy.policy.duplicate-id", "caps[institution-year]")]
    [InlineData("qingdao", "document: 青岛市促进大型科学仪器共享管理办法\n", "", "subsidy.policy.missing", "document")]
    [InlineData("qingdao", ", clause: 原值20万元以上", "", "subsidy.policy.missing", "counts.minimumValue[1].clause")]
    [InlineData("qingdao", "region: CN-3702\n", "region: Qingdao\n", "subsidy.policy.bad-value", "region")]
    [InlineData("qingdao", "claimWindows: []", "claimWindows: none", "subsidy.policy.shape", "claimWindows")]
    [InlineData("qingdao", "{ kinds: [enterprise, research, studentTeam, individual]", "{ kinds: [enterprise]", "subsidy.policy.status-uncovered", "pays[user-district].rateByStatus")]
    [InlineData("hunan-2018", "to: 2025-12-30", "to: 2017-12-30", "subsidy.policy.dates-cross", "validity")]
    [InlineData("hunan-2018", "to: \"09-15\"", "to: \"07-15\"", "subsidy.policy.dates-cross", "claimWindows[1]")]
    [InlineData("hunan-2018", "to: \"09-15\"", "to: \"09-31\"", "subsidy.policy.bad-value", "claimWindows[1].to")]
    [InlineData("hunan-2018", "level: instrument, per: year, to: institution", "level: claim, per: window, to: user", "subsidy.policy.caps-nest", null)]
    [InlineData("fujian-2019", "from: 500000, below: 1000000", "from: 400000, below: 1000000", "subsidy.policy.tiers-overlap", "pays[institution].tiers[2]")]
    [InlineData("fujian-2019", "from: 500000, below: 1000000", "from: 600000, below: 1000000", "subsidy.policy.tiers-gap", "pays[institution].tiers[2]")]
    [InlineData("fujian-2019", "from: 0, below: 500000", "from: 0", "subsidy.policy.tiers-overlap", "pays[institution].tiers[2]")]
    [InlineData("fujian-2019", "to: institution\n", "to: user\n", "subsidy.policy.instrument-user", "pays[institution]")]
    [InlineData("anhui-2015", "step: 0.01", "step: 0", "subsidy.policy.bad-value", "rounding.step")]
    [InlineData("anhui-2015", "    rate: { percent: 20, clause: 上年度租用收入的20%, trust: verified }\n", "", "subsidy.policy.one-shape", "pays[institution]")]
    [InlineData("anhui-2015", "id: anhui-2015", "id: ../anhui", "subsidy.policy.bad-value", "id")]
    [InlineData("anhui-2015", "pays:", "pays: [", "subsidy.policy.unreadable", null)]
    [InlineData("anhui-2015", "region: CN-34", "region: CN-34\nregion: CN-35", "subsidy.policy.unreadable", null)]
    public void A_wrong_text_is_refused_with_file_line_field_and_reason(string preset, string right, string wrong, string code, string? field)
    {
        var text = Text(preset);
        var at = text.IndexOf(right, StringComparison.Ordinal);
        at.ShouldBeGreaterThan(-1);
        var outcome = PolicyLoader.Load("mine.yaml", text.Remove(at, right.Length).Insert(at, wrong));
        var problem = outcome.Problems.FirstOrDefault(p => p.Code == code);
        problem.ShouldNotBeNull(string.Join("; ", outcome.Problems.Select(p => $"{p.Code} {p.Field}")));
        if (field is not null) problem.Field.ShouldBe(field);
        problem.Data!["file"].ShouldBe("mine.yaml");
        var line = text[..at].Count(c => c == '\n') + 1;
        if (code is not ("subsidy.policy.missing" or "subsidy.policy.status-uncovered" or "subsidy.policy.unreadable"))
            ((int)problem.Data["line"]!).ShouldBeInRange(line - 4, line + 1);
        Catalog.Has("problem." + code).ShouldBeTrue();
        new Words(Catalog, "en").Of(problem).ShouldNotContain("{");
    }

    [Fact]
    public void All_that_is_wrong_is_told_at_once()
    {
        var text = Text("qingdao").Replace("payer: district", "payer: village", StringComparison.Ordinal).Replace("mode: halfUp", "mode: bankers", StringComparison.Ordinal)
            .Replace("version: \"1\"\n", "", StringComparison.Ordinal);
        PolicyLoader.Load("mine.yaml", text).Problems.Select(p => p.Field).ShouldBe(["pays[user-district].payer", "version", "rounding.mode"], ignoreOrder: true);
    }

    [Theory]
    [InlineData("")]
    [InlineData("just a sentence")]
    [InlineData("- a\n- list")]
    [InlineData("a: 1\n---\nb: 2")]
    [InlineData("&a [*a]")]
    [InlineData("\0")]
    public void What_is_no_policy_at_all_is_refused_without_a_fall(string text) => PolicyLoader.Load("x.yaml", text).IsOk.ShouldBeFalse();

    [Fact]
    public void A_blank_figure_is_named_and_keeps_its_clause()
    {
        var policy = PolicyLoader.Load("x.yaml", Text("qingdao").Replace("percent: 100,", "percent: blank,", StringComparison.Ordinal)).Value!;
        policy.Blanks.Single().Clause.Name.ShouldBe("pays[user-city].match");
    }

    [Fact]
    public void Programme_and_line_caps_are_understood()
    {
        const string More = """
            caps:
              - { id: line, level: line, to: user, payer: district, amount: 10, clause: 每项, trust: draft }
              - { id: all, level: programme, amount: 15, clause: 总额, trust: draft }
            """;
        var policy = PolicyLoader.Load("x.yaml", Text("qingdao").Replace("caps:", More, StringComparison.Ordinal)).Value!;
        var answer = Evaluated.By(policy, Evaluated.Year2025([Evaluated.Service("s", "1000")], users: [Evaluated.User(region: "CN-3702")]));
        answer.Lines.Select(l => l.Amount).ShouldBe(["100.00", "100.00", "100.00"]);
        answer.Beneficiaries.Select(b => b.Amount).ShouldBe(["7.14", "7.14", "0.72"]);
    }
}
