using System.Globalization;

namespace InstrumentShare.Kernel;

/// <summary>
/// An amount of money: a whole number of fen (1/100 of the currency unit) and an ISO 4217 currency.
/// Arithmetic is exact and checked; amounts of two currencies never mix.
/// </summary>
public readonly record struct Money(long Fen, string Currency = Money.Cny) : IComparable<Money>
{
    public const string Cny = "CNY";

    public static Money Zero { get; } = new(0);

    public decimal Yuan => Fen / 100m;

    /// <summary>Reads a decimal amount with at most two decimals.</summary>
    /// <exception cref="ArgumentOutOfRangeException">More than two decimals, or beyond 64 bits of fen.</exception>
    public static Money FromYuan(decimal yuan, string currency = Cny)
    {
        var fen = yuan * 100m;
        if (fen != decimal.Truncate(fen) || fen is > long.MaxValue or < long.MinValue)
            throw new ArgumentOutOfRangeException(nameof(yuan), yuan, "Money has at most two decimals.");
        return new Money((long)fen, currency);
    }

    /// <summary>Reads "123.45": a sign, digits, at most two decimals; no thousands separators, no exponent.</summary>
    public static bool TryParse(string? text, out Money money, string currency = Cny)
    {
        money = default;
        const NumberStyles Style = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint;
        if (!decimal.TryParse(text, Style, CultureInfo.InvariantCulture, out var yuan) || yuan is > long.MaxValue / 100m or < long.MinValue / 100m) return false;
        var fen = yuan * 100m;
        if (fen != decimal.Truncate(fen)) return false;
        money = new Money((long)fen, currency);
        return true;
    }

    /// <summary>Multiplies by an exact factor and rounds half away from zero to the fen (四舍五入).</summary>
    public Money Times(decimal factor) => this with { Fen = (long)Rounding.HalfUp(Fen * factor) };

    public static Money operator +(Money a, Money b) => new(checked(a.Fen + b.Fen), Same(a, b));

    public static Money operator -(Money a, Money b) => new(checked(a.Fen - b.Fen), Same(a, b));

    public static Money operator -(Money a) => a with { Fen = checked(-a.Fen) };

    public static bool operator <(Money a, Money b) => a.CompareTo(b) < 0;

    public static bool operator >(Money a, Money b) => a.CompareTo(b) > 0;

    public static bool operator <=(Money a, Money b) => a.CompareTo(b) <= 0;

    public static bool operator >=(Money a, Money b) => a.CompareTo(b) >= 0;

    public static Money Min(Money a, Money b) => a <= b ? a : b;

    public static Money Max(Money a, Money b) => a >= b ? a : b;

    public int CompareTo(Money other)
    {
        Same(this, other);
        return Fen.CompareTo(other.Fen);
    }

    /// <summary>The plain amount with two decimals, as the API writes it: "123.45".</summary>
    public override string ToString() => Yuan.ToString("0.00", CultureInfo.InvariantCulture);

    private static string Same(Money a, Money b) => a.Currency == b.Currency
        ? a.Currency
        : throw new InvalidOperationException($"Cannot combine {a.Currency} with {b.Currency}.");
}
