using InstrumentShare.Kernel;

namespace InstrumentShare.Tests.Kernel;

public sealed class Code128Tests
{
    [Fact]
    public void A_text_has_the_bars_that_the_standard_gives_it()
    {
        // Start B, P, J, J, 1, 2, 3, C, check 55, stop: the usual printed example is in set A, whose start counts one less and so checks by 54.
        string.Concat(Code128.Encode("PJJ123C")).ShouldBe("211214" + "313121" + "112133" + "112133" + "123221" + "223211" + "221132" + "131321" + "311321" + "2331112");
    }

    [Theory]
    [InlineData("A", "211214" + "111323" + "131123" + "2331112")]
    [InlineData(" ", "211214" + "212222" + "222122" + "2331112")]
    public void A_single_character_has_its_own_symbol_and_its_check(string text, string widths) => string.Concat(Code128.Encode(text)).ShouldBe(widths);

    [Fact]
    public void Every_symbol_is_eleven_modules_wide_and_different()
    {
        var symbols = Enumerable.Range(' ', 95).Select(c => string.Concat(Code128.Encode(((char)c).ToString()).Skip(6).Take(6))).ToList();
        symbols.Distinct().Count().ShouldBe(95);
        symbols.ShouldAllBe(s => s.Sum(d => d - '0') == 11);
        foreach (var text in new[] { "7K2M9QX4", "~", "a b" }) Code128.Encode(text).Sum().ShouldBe((11 * (text.Length + 2)) + 13);
    }

    [Fact]
    public void What_it_cannot_hold_is_refused()
    {
        Should.Throw<ArgumentException>(() => Code128.Encode(string.Empty));
        Should.Throw<ArgumentException>(() => Code128.Encode("样品"));
    }

    [Fact]
    public void The_picture_is_as_wide_as_its_bars_with_their_quiet_zones_and_its_label_is_safe()
    {
        var svg = Code128.Svg("A", "<b>\"A\"");
        svg.ShouldContain($"viewBox=\"0 0 {(11 * 3) + 13 + 20} 40\"");
        svg.ShouldNotContain("<b>");
        System.Xml.Linq.XElement.Parse(svg).Attribute("aria-label")!.Value.ShouldBe("<b>\"A\"");
    }
}
