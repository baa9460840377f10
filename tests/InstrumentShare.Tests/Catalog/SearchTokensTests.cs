using InstrumentShare.Catalog.Search;

namespace InstrumentShare.Tests.Catalog;

public sealed class SearchTokensTests
{
    [Theory]
    [InlineData("电镜", "电镜@0")]
    [InlineData("镜", "镜@0")]
    [InlineData("透射电镜", "透射@0 射电@1 电镜@2")]
    [InlineData("JEM-2100", "jem2100*@0")]
    [InlineData("jem2100", "jem2100*@0")]
    [InlineData("ＪＥＭ－２１００", "jem2100*@0")]
    [InlineData("jem 2100", "jem*@0 & 2100*@0")]
    [InlineData("质谱 Agilent", "质谱@0 & agilent*@0")]
    [InlineData("X射线衍射", "x@0 射线@1 线衍@2 衍射@3")]
    [InlineData("扫描电镜SEM", "扫描@0 描电@1 电镜@2 sem*@4")]
    [InlineData("质谱、色谱", "质谱@0 & 色谱@0")]
    [InlineData("质谱 质谱", "质谱@0")]
    public void A_query_asks_for_each_term_as_a_phrase(string query, string expected) => string.Join(" & ", SearchTokens.Terms(query)).ShouldBe(expected);

    [Theory]
    [InlineData("")]
    [InlineData("   ")]
    [InlineData("-+*'\\:&|!()<>")]
    [InlineData("\0")]
    public void A_query_without_letters_digits_or_characters_asks_for_nothing(string query) => SearchTokens.Terms(query).ShouldBeEmpty();

    [Theory]
    [InlineData("JEM-2100F")]
    [InlineData("JEM 2100F")]
    [InlineData("jem2100f")]
    public void A_model_is_the_same_with_hyphen_space_or_neither(string model) => TokensOf(model).ShouldBe("jem2100f@0 2100f@1 f@2");

    [Fact]
    public void Words_with_spaces_between_stay_words() => TokensOf("Electron Microscope").ShouldBe("electron@0 microscope@1");

    [Fact]
    public void Chinese_gives_pairs_and_single_characters() => TokensOf("质谱仪").ShouldBe("质@0 质谱@0 谱@1 谱仪@1 仪@2");

    [Fact]
    public void Half_a_surrogate_pair_does_no_harm() => TokensOf("镜\ud800").ShouldBe("镜@0");

    [Theory]
    [InlineData("质谱仪", "气相质谱仪", true)]
    [InlineData("质谱仪", "质谱与谱仪", false)]
    [InlineData("扫描电镜SEM", "场发射扫描电镜 SEM-7", true)]
    [InlineData("扫描电镜SEM", "扫描电镜 (TSEM)", false)]
    [InlineData("X射线", "X-射线衍射仪", true)]
    [InlineData("X射线", "MAX射线", false)]
    [InlineData("ms", "GC-MS", true)]
    [InlineData("gcm", "GC-MS", true)]
    [InlineData("cms", "GC-MS", false)]
    public void A_term_is_in_a_text_that_has_its_tokens_one_after_another(string query, string text, bool expected) =>
        SearchTokens.Terms(query).ShouldHaveSingleItem().IsIn(SearchTokens.Of(text)).ShouldBe(expected);

    private static string TokensOf(string text) => string.Join(' ', SearchTokens.Of(text).Select(t => $"{t.Text}@{t.Place}"));
}
