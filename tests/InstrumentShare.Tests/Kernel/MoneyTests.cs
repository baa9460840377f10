using InstrumentShare.Kernel;

namespace InstrumentShare.Tests.Kernel;

public sealed class MoneyTests
{
    [Theory]
    [InlineData("0", 0)]
    [InlineData("123.45", 12345)]
    [InlineData("-0.01", -1)]
    [InlineData("92233720368547758.07", long.MaxValue)]
    public void An_amount_is_read_to_the_fen(string text, long fen)
    {
        Money.TryParse(text, out var money).ShouldBeTrue();
        money.Fen.ShouldBe(fen);
    }

    [Theory]
    [InlineData("1.234")]
    [InlineData("1,000")]
    [InlineData("1e3")]
    [InlineData("")]
    [InlineData("92233720368547758.08")]
    [InlineData("12 ")]
    public void What_is_not_a_plain_amount_is_refused(string text) => Money.TryParse(text, out _).ShouldBeFalse();

    [Theory]
    [InlineData(1, "0.5", 1)]
    [InlineData(1, "0.49", 0)]
    [InlineData(-1, "0.5", -1)]
    [InlineData(333, "0.2", 67)]
    public void A_product_is_rounded_half_up_to_the_fen(long fen, string factor, long expected) =>
        new Money(fen).Times(decimal.Parse(factor, System.Globalization.CultureInfo.InvariantCulture)).Fen.ShouldBe(expected);

    [Fact]
    public void Two_currencies_do_not_mix() =>
        Should.Throw<InvalidOperationException>(() => new Money(1, "CNY") + new Money(1, "EUR"));

    [Fact]
    public void Overflow_is_an_error_and_never_wraps() => Should.Throw<OverflowException>(() => new Money(long.MaxValue) + new Money(1));
}
