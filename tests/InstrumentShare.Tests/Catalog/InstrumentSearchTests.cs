using InstrumentShare.Access;
using InstrumentShare.Catalog;
using InstrumentShare.Catalog.Search;
using InstrumentShare.Tests.Support;
using Microsoft.Extensions.Caching.Memory;

namespace InstrumentShare.Tests.Catalog;

public sealed class InstrumentSearchTests(InstrumentSearchTests.Catalogue catalogue) : IClassFixture<InstrumentSearchTests.Catalogue>
{
    private const int Count = 300;

    /// <summary>Three hundred instruments with names put together from a few words by a fixed seed.</summary>
    public sealed class Catalogue : TestDatabase
    {
        private static readonly string[] Words = ["透射", "扫描", "电镜", "质谱", "谱仪", "色谱", "电子", "射线", "衍射", "激光", "X", "光谱"];
        private static readonly string[] English = ["electron", "microscope", "mass", "spectrometer", "GC-MS", "X-ray"];
        private static readonly string[] Models = ["JEM-2100F", "JEM 2100", "D8 Advance", "AVANCE-600", "7890B"];

        public List<(Instrument Instrument, Institution Institution)> Rows { get; } = [];

        public override async Task InitializeAsync()
        {
            await base.InitializeAsync();
            var given = new Given(this, new FixedClock());
            var random = new Random(7);
            var institutions = new[] { await given.InstitutionAsync(name: "安徽大学"), await given.InstitutionAsync(name: "合肥质谱研究所") };
            for (var i = 0; i < Count; i++)
            {
                var institution = institutions[random.Next(2)];
                var name = string.Concat(Enumerable.Range(0, random.Next(1, 5)).Select(_ => Words[random.Next(Words.Length)])) + i;
                Rows.Add((await given.InstrumentAsync(institution, name, English[random.Next(6)] + " " + English[random.Next(6)], Models[random.Next(5)], isVisible: i % 20 != 0, withHours: false, withRules: false), institution));
            }
        }
    }

    private InstrumentSearch NewSearch() => NewSearch(new SearchCache(new MemoryCache(new MemoryCacheOptions())));

    private InstrumentSearch NewSearch(SearchCache cache) => new(catalogue.DataSource, new CatalogIndex(catalogue.DataSource), cache, new Caller());

    [Theory]
    [InlineData("电镜")]
    [InlineData("质谱")]
    [InlineData("谱仪")]
    [InlineData("射电")]
    [InlineData("镜")]
    [InlineData("透射电镜")]
    [InlineData("扫描电子")]
    [InlineData("质谱仪")]
    [InlineData("光谱色谱")]
    [InlineData("不存在")]
    [InlineData("合肥")]
    public async Task Chinese_words_find_exactly_the_names_that_contain_them(string word)
    {
        var expected = catalogue.Rows.Where(r => r.Instrument.IsVisible && Texts(r).Any(t => t.Contains(word, StringComparison.Ordinal))).Select(r => r.Instrument.Id).ToList();
        var found = (await NewSearch().FindAsync(new InstrumentFilter { Q = word, Limit = 400 }, default)).Value!;
        found.Total.ShouldBe(expected.Count);
        found.Items.Select(i => i.Id).ShouldBe(expected, ignoreOrder: true);
    }

    [Theory]
    [InlineData("jem-2100")]
    [InlineData("JEM2100")]
    [InlineData("ＪＥＭ２１００")]
    public async Task A_model_is_found_with_and_without_its_hyphen(string model)
    {
        var expected = catalogue.Rows.Count(r => r.Instrument.IsVisible && r.Instrument.Model.StartsWith("JEM", StringComparison.Ordinal));
        (await NewSearch().FindAsync(new InstrumentFilter { Q = model }, default)).Value!.Total.ShouldBe(expected);
    }

    [Fact]
    public async Task English_words_are_found_by_their_beginning_in_any_case()
    {
        var expected = catalogue.Rows.Count(r => r.Instrument.IsVisible && r.Instrument.NameEn.Contains("spectrometer", StringComparison.Ordinal));
        (await NewSearch().FindAsync(new InstrumentFilter { Q = "SPECTROM" }, default)).Value!.Total.ShouldBe(expected);
    }

    [Fact]
    public async Task Every_term_must_be_found()
    {
        var expected = catalogue.Rows.Count(r => r.Instrument.IsVisible && r.Institution.Name == "安徽大学" && r.Instrument.Name.Contains("激光", StringComparison.Ordinal));
        (await NewSearch().FindAsync(new InstrumentFilter { Q = "激光 安徽" }, default)).Value!.Total.ShouldBe(expected);
    }

    [Fact]
    public async Task A_hit_in_the_name_comes_before_one_in_the_institution()
    {
        var found = (await NewSearch().FindAsync(new InstrumentFilter { Q = "质谱", Limit = 200 }, default)).Value!;
        var byName = found.Items.Select(i => i.Name.Contains("质谱", StringComparison.Ordinal)).ToList();
        byName.ShouldBe(byName.OrderByDescending(b => b));
        byName.ShouldContain(false);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("电镜")]
    [InlineData("安徽")]
    public async Task Pages_show_every_instrument_once(string? words)
    {
        var all = (await NewSearch().FindAsync(new InstrumentFilter { Q = words, Limit = 400 }, default)).Value!;
        var seen = new List<InstrumentId>();
        string? cursor = null;
        do
        {
            var page = (await NewSearch().FindAsync(new InstrumentFilter { Q = words, Limit = 7, Cursor = cursor }, default)).Value!;
            page.Total.ShouldBe(all.Total);
            seen.AddRange(page.Items.Select(i => i.Id));
            cursor = page.NextCursor is null ? null : Decoded(page.NextCursor);
        }
        while (cursor is not null);
        seen.ShouldBe(all.Items.Select(i => i.Id));
    }

    [Fact]
    public async Task Hidden_instruments_are_not_listed()
    {
        var found = (await NewSearch().FindAsync(new InstrumentFilter { Limit = 400 }, default)).Value!;
        found.Items.Count.ShouldBe(Count - (Count / 20));
        found.Items.ShouldAllBe(i => i.IsVisible);
    }

    [Fact]
    public async Task An_answer_is_kept_until_something_changes()
    {
        var (cache, name) = (new SearchCache(new MemoryCache(new MemoryCacheOptions())), "缓存试验仪器");
        var search = NewSearch(cache);
        (await search.FindAsync(new InstrumentFilter { Q = name }, default)).Value!.Total.ShouldBe(0);
        var instrument = await new Given(catalogue, new FixedClock()).InstrumentAsync(name: name, withHours: false, withRules: false);
        (await search.FindAsync(new InstrumentFilter { Q = name }, default)).Value!.Total.ShouldBe(0);
        cache.Forget();
        (await search.FindAsync(new InstrumentFilter { Q = name }, default)).Value!.Total.ShouldBe(1);
        await catalogue.ExecuteAsync(Delete("id = @id"), ("id", instrument.Id.Value));
    }

    [Fact]
    public async Task A_change_is_found_by_its_new_words_and_no_more_by_the_old()
    {
        var (cache, given) = (new SearchCache(new MemoryCache(new MemoryCacheOptions())), new Given(catalogue, new FixedClock()));
        var search = NewSearch(cache);
        var institution = await given.InstitutionAsync(name: "旧名研究所");
        var instrument = await given.InstrumentAsync(institution, "改名前仪器", "Before", "OLD-1", withHours: false, withRules: false);
        (await FoundAsync("旧名 改名前 OLD1")).ShouldBe(1);
        await catalogue.ExecuteAsync("UPDATE instruments SET name = '换牌后装置', model = 'NEW-1' WHERE id = @id", ("id", instrument.Id.Value));
        await catalogue.ExecuteAsync("UPDATE institutions SET name = '新名中心' WHERE id = @id", ("id", institution.Id.Value));
        cache.Forget();
        (await FoundAsync("新名 换牌后 NEW1")).ShouldBe(1);
        foreach (var old in new[] { "旧名", "改名前", "OLD1" }) (await FoundAsync(old)).ShouldBe(0, old);
        await catalogue.ExecuteAsync(Delete("id = @id"), ("id", instrument.Id.Value));

        async Task<int?> FoundAsync(string words) => (await search.FindAsync(new InstrumentFilter { Q = words }, default)).Value!.Total;
    }

    [Fact]
    public async Task A_change_saved_after_a_later_one_is_not_passed_over()
    {
        var (cache, given) = (new SearchCache(new MemoryCache(new MemoryCacheOptions())), new Given(catalogue, new FixedClock()));
        var search = NewSearch(cache);
        var slow = await given.InstrumentAsync(name: "慢事务甲", withHours: false, withRules: false);
        var quick = await given.InstrumentAsync(name: "快事务甲", withHours: false, withRules: false);
        (await FoundAsync("事务甲")).ShouldBe(2);
        await using (var connection = await catalogue.DataSource.OpenConnectionAsync())
        await using (var transaction = await connection.BeginTransactionAsync())
        {
            await using var update = new Npgsql.NpgsqlCommand("UPDATE instruments SET name = '慢事务乙' WHERE id = $1", connection) { Parameters = { new() { Value = slow.Id.Value } } };
            await update.ExecuteNonQueryAsync();
            await catalogue.ExecuteAsync("UPDATE instruments SET name = '快事务乙' WHERE id = @id", ("id", quick.Id.Value));
            cache.Forget();
            (await FoundAsync("事务乙")).ShouldBe(1);
            await transaction.CommitAsync();
        }

        cache.Forget();
        (await FoundAsync("事务乙")).ShouldBe(2);
        await catalogue.ExecuteAsync(Delete("name LIKE '%事务乙'"));

        async Task<int?> FoundAsync(string words) => (await search.FindAsync(new InstrumentFilter { Q = words }, default)).Value!.Total;
    }

    [Fact]
    public async Task A_change_by_another_node_is_found_by_words_not_asked_for_before()
    {
        var search = NewSearch();
        (await search.FindAsync(new InstrumentFilter { Q = "隔壁节点" }, default)).Value!.Total.ShouldBe(0);
        var instrument = await new Given(catalogue, new FixedClock()).InstrumentAsync(name: "隔壁节点所存", withHours: false, withRules: false);
        (await search.FindAsync(new InstrumentFilter { Q = "隔壁节点所" }, default)).Value!.Total.ShouldBe(1);
        await catalogue.ExecuteAsync(Delete("id = @id"), ("id", instrument.Id.Value));
    }

    [Fact]
    public async Task Many_searches_at_once_each_find_what_was_saved_before_them()
    {
        var (cache, given) = (new SearchCache(new MemoryCache(new MemoryCacheOptions())), new Given(catalogue, new FixedClock()));
        var search = NewSearch(cache);
        await Task.WhenAll(Enumerable.Range(0, 8).Select(async n =>
        {
            for (var i = 0; i < 10; i++)
            {
                var name = $"并行所存{n}之{i}号";
                var instrument = await given.InstrumentAsync(name: name, withHours: false, withRules: false);
                (await search.FindAsync(new InstrumentFilter { Q = name }, default)).Value!.Items.Select(x => x.Id).ShouldBe([instrument.Id]);
            }
        }));
        await catalogue.ExecuteAsync(Delete("name LIKE '并行所存%'"));
    }

    [Fact]
    public async Task Filters_and_words_narrow_together()
    {
        var (institution, sharing) = (catalogue.Rows[0].Institution, catalogue.Rows[0].Instrument.Sharing);
        var expected = catalogue.Rows.Where(r => r.Instrument.IsVisible && r.Institution.Id == institution.Id && r.Instrument.Name.Contains('谱', StringComparison.Ordinal)).Select(r => r.Instrument.Id).ToList();
        var filter = new InstrumentFilter { Q = "谱", Institution = institution.Id.Value, Classification = "010000", Region = institution.Region, Sharing = sharing, Limit = 400 };
        var found = (await NewSearch().FindAsync(filter, default)).Value!;
        found.Items.Where(i => i.Name.Contains('谱', StringComparison.Ordinal)).Select(i => i.Id).ShouldBe(expected, ignoreOrder: true);
        (await NewSearch().FindAsync(filter with { Sharing = Sharing.None }, default)).Value!.Total.ShouldBe(0);
        (await NewSearch().FindAsync(filter with { Classification = "020000" }, default)).Value!.Total.ShouldBe(0);
        (await NewSearch().FindAsync(filter with { Region = new InstrumentShare.Kernel.Region("CN-11") }, default)).Value!.Total.ShouldBe(0);
    }

    private static string Decoded(string cursor) =>
        System.Text.Encoding.UTF8.GetString(Convert.FromBase64String(cursor.Replace('-', '+').Replace('_', '/').PadRight((cursor.Length + 3) / 4 * 4, '=')));

    private static IEnumerable<string> Texts((Instrument Instrument, Institution Institution) row) =>
        [row.Instrument.Name, row.Instrument.NameEn, row.Instrument.Model, row.Institution.Name, .. ClassificationTree.National.PathTo(row.Instrument.Classification).Select(c => c.Name)];

    // What the database itself keeps beside an instrument goes first.
    private static string Delete(string which) => $"DELETE FROM bench_codes WHERE instrument_id IN (SELECT id FROM instruments WHERE {which}); DELETE FROM instruments WHERE {which}";
}
