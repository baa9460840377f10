using System.Numerics;
using FsCheck;
using FsCheck.Fluent;
using InstrumentShare.Kernel;
using InstrumentShare.Pricing;
using NodaTime;

namespace InstrumentShare.Tests.Pricing;

public sealed class ChargeCalculatorProperties
{
    private static readonly Instant Start = Instant.FromUtc(2026, 3, 2, 1, 0);

    private sealed record Case(ChargeFor ChargeFor, int PerHour, int PerSample, int StartUp, int Minimum, int Booked, int Offset, int Used, int Samples);

    private static readonly Gen<Case> Cases =
        from chargeFor in Gen.Elements(Enum.GetValues<ChargeFor>())
        from money in Gen.ArrayOf(Gen.Choose(0, 10_000_000), 4)
        from seconds in Gen.ArrayOf(Gen.Choose(1, 31 * 86_400), 2)
        from offset in Gen.Choose(-3600, 3600)
        from samples in Gen.Choose(0, 10_000)
        select new Case(chargeFor, money[0], money[1], money[2], money[3], seconds[0], offset, seconds[1], samples);

    [Fact]
    public void An_amount_is_never_negative_and_never_under_the_minimum() => Holds(c =>
        Amount(c) >= 0 && Amount(c) >= c.Minimum);

    [Fact]
    public void More_time_never_costs_less() => Holds(c =>
        Amount(c with { Used = c.Used + 1 }) >= Amount(c) && Amount(c with { Booked = c.Booked + 1 }) >= Amount(c) && Amount(c with { Samples = c.Samples + 1 }) >= Amount(c));

    [Fact]
    public void The_addends_of_the_explanation_sum_to_the_amount() => Holds(c =>
        ChargeCalculatorTests.SumOf(Compute(c)) == Compute(c).Amount);

    [Fact]
    public void The_time_step_equals_rational_arithmetic_rounded_half_up() => Holds(c =>
    {
        var price = Compute(c with { ChargeFor = ChargeFor.Used, StartUp = 0, Minimum = 0 });
        var exact = ((BigInteger)c.PerHour * c.Used * 2 + 3600) / 7200;
        return price.Amount.Fen == exact;
    });

    private static void Holds(Func<Case, bool> property) =>
        Prop.ForAll(Cases.ToArbitrary(), property).Check(Config.QuickThrowOnFailure.WithMaxTest(500).WithReplay(20260302, 1));

    private static long Amount(Case c) => Compute(c).Amount.Fen;

    private static Price Compute(Case c) => ChargeCalculator.Compute(
        ChargeCalculatorTests.Policy(c.ChargeFor, c.PerHour, c.PerSample, c.StartUp, c.Minimum),
        new ChargeBasis(
            new TimeSlot(Start, Start + Duration.FromSeconds(c.Booked)),
            new TimeSlot(Start + Duration.FromSeconds(c.Offset), Start + Duration.FromSeconds(c.Offset + c.Used)),
            c.Samples)).Value!;
}
