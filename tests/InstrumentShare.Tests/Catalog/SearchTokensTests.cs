using InstrumentShare.Catalog.Search;

namespace InstrumentShare.Tests.Catalog;

public sealed class SearchTokensTests
{
    [Theory]
    [InlineData("电镜", "('电镜')")]
    [InlineData("镜", "('镜')")]
    [InlineData("透射电镜", "('透射' <1> '射电' <1> '电镜')")]
    [InlineData("JEM-2100", "('jem2100':*)")]
    [InlineData("jem2100", "('jem2100':*)")]
    [InlineData("ＪＥＭ－２１００", "('jem2100':*)")]
    [InlineData("jem 2100", "('jem':*) & ('2100':*)")]
    [InlineData("质谱 Agilent", "('质谱') & ('agilent':*)")]
    [InlineData("X射线衍射", "('x' <1> '射线' <1> '线衍' <1> '衍射')")]
    [InlineData("扫描电镜SEM", "('扫描' <1> '描电' <1> '电镜' <2> 'sem':*)")]
    [InlineData("质谱、色谱", "('质谱') & ('色谱')")]
    public void A_query_asks_for_each_term_as_a_phrase(string query, string expected) => SearchTokens.Query(query).ShouldBe(expected);

    [Theory]
    [InlineData("")]
    [InlineData("   ")]
    [InlineData("-+*'\\:&|!()<>")]
    [InlineData("\0")]
    public void A_query_without_letters_digits_or_characters_asks_for_nothing(string query) => SearchTokens.Query(query).ShouldBeNull();

    [Theory]
    [InlineData("JEM-2100F")]
    [InlineData("JEM 2100F")]
    [InlineData("jem2100f")]
    public void A_model_is_the_same_with_hyphen_space_or_neither(string model) =>
        SearchTokens.Vector([('A', model)]).ShouldBe("'2100f':2A 'f':3A 'jem2100f':1A");

    [Fact]
    public void Words_with_spaces_between_stay_words() =>
        SearchTokens.Vector([('A', "Electron Microscope")]).ShouldBe("'electron':1A 'microscope':2A");

    [Fact]
    public void Chinese_gives_pairs_and_single_characters() =>
        SearchTokens.Vector([('B', "质谱仪")]).ShouldBe("'仪':3B '谱':2B '谱仪':2B '质':1B '质谱':1B");

    [Fact]
    public void No_phrase_reaches_from_one_field_into_the_next() =>
        SearchTokens.Vector([('A', "电"), ('C', "镜")]).ShouldBe("'电':1A '镜':11C");

    [Fact]
    public void Half_a_surrogate_pair_does_no_harm() => SearchTokens.Vector([('A', "镜\ud800")]).ShouldBe("'镜':1A");
}
