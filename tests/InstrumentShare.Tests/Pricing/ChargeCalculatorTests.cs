using InstrumentShare.Access;
using InstrumentShare.Catalog;
using InstrumentShare.Kernel;
using InstrumentShare.Pricing;
using NodaTime;

namespace InstrumentShare.Tests.Pricing;

public sealed class ChargeCalculatorTests
{
    private static readonly Instant Nine = Instant.FromUtc(2026, 3, 2, 1, 0);

    /// <summary>Worked examples: minutes from nine o'clock; rates and amounts in fen.</summary>
    [Theory]
    // charge for, booked from-to, used from-to, per hour, start-up, minimum → amount, seconds
    [InlineData(ChargeFor.Booked, 0, 120, 10, 90, 12_000, 0, 0, 24_000, 7200)]
    [InlineData(ChargeFor.Used, 0, 120, 10, 90, 12_000, 0, 0, 16_000, 4800)]
    [InlineData(ChargeFor.Overage, 0, 120, 10, 90, 12_000, 0, 0, 24_000, 7200)]
    [InlineData(ChargeFor.Overage, 0, 120, 10, 150, 12_000, 0, 0, 30_000, 9000)]
    [InlineData(ChargeFor.Used, 0, 120, 10, 90, 12_000, 5_000, 0, 21_000, 4800)]
    [InlineData(ChargeFor.Used, 0, 120, 0, 10, 12_000, 0, 5_000, 5_000, 600)]
    [InlineData(ChargeFor.Used, 0, 120, 0, 10, 12_000, 4_000, 5_000, 6_000, 600)]
    [InlineData(ChargeFor.Used, 0, 120, 0, 10, 12_000, 3_000, 5_000, 5_000, 600)]
    [InlineData(ChargeFor.Booked, 0, 30, 0, 30, 0, 0, 0, 0, 1800)]
    public void Worked_examples_by_time(
        ChargeFor chargeFor, int bookedFrom, int bookedTo, int usedFrom, int usedTo, long perHour, long startUp, long minimum, long amount, long seconds)
    {
        var price = ChargeCalculator.Compute(Policy(chargeFor, perHour, startUp: startUp, minimum: minimum), new ChargeBasis(Slot(bookedFrom, bookedTo), Slot(usedFrom, usedTo), 0)).Value!;
        price.Amount.ShouldBe(new Money(amount));
        price.Seconds.ShouldBe(seconds);
        SumOf(price).ShouldBe(price.Amount);
    }

    [Theory]
    [InlineData(3, 2_500, 0, 0, 7_500)]
    [InlineData(0, 2_500, 0, 0, 0)]
    [InlineData(0, 2_500, 1_000, 0, 1_000)]
    [InlineData(1, 2_500, 0, 10_000, 10_000)]
    public void Worked_examples_by_samples(int samples, long perSample, long startUp, long minimum, long amount)
    {
        var price = ChargeCalculator.Compute(Policy(ChargeFor.Samples, perSample: perSample, startUp: startUp, minimum: minimum), new ChargeBasis(Slot(0, 60), Slot(0, 60), samples)).Value!;
        price.Amount.ShouldBe(new Money(amount));
        SumOf(price).ShouldBe(price.Amount);
    }

    /// <summary>100.00 an hour: 1 s is 2.777… fen, 18 s exactly 50, 9 s exactly 25; at 1.00 an hour 18 s is exactly half a fen.</summary>
    [Theory]
    [InlineData(10_000, 1, 3)]
    [InlineData(10_000, 9, 25)]
    [InlineData(100, 18, 1)]
    [InlineData(100, 17, 0)]
    [InlineData(12_345, 3_599, 12_342)]
    public void A_rate_is_exact_on_whole_seconds_and_rounded_half_up_once(long perHour, int seconds, long amount) =>
        ChargeCalculator.Compute(Policy(ChargeFor.Used, perHour), new ChargeBasis(null, new TimeSlot(Nine, Nine + Duration.FromSeconds(seconds)), 0)).Value!.Amount.Fen.ShouldBe(amount);

    [Fact]
    public void A_begun_second_does_not_count() =>
        ChargeCalculator.Compute(Policy(ChargeFor.Used, 360_000), new ChargeBasis(null, new TimeSlot(Nine, Nine + Duration.FromMilliseconds(1_999)), 0)).Value!.Seconds.ShouldBe(1);

    [Theory]
    [InlineData(ChargeFor.Booked)]
    [InlineData(ChargeFor.Used)]
    [InlineData(ChargeFor.Overage)]
    public void A_use_without_a_booking_is_charged_as_used(ChargeFor chargeFor) =>
        ChargeCalculator.Compute(Policy(chargeFor, 12_000), new ChargeBasis(null, Slot(0, 60), 0)).Value!.Amount.ShouldBe(new Money(12_000));

    [Theory]
    [InlineData(ChargeFor.Booked)]
    [InlineData(ChargeFor.Used)]
    [InlineData(ChargeFor.Overage)]
    [InlineData(ChargeFor.Samples)]
    public void Without_the_actual_time_there_is_a_problem_and_never_a_free_use(ChargeFor chargeFor) =>
        ChargeCalculator.Compute(Policy(chargeFor, 12_000), new ChargeBasis(Slot(0, 60), null, 1)).Problems.Single().Code.ShouldBe("charge.no-actual-time");

    [Theory]
    [InlineData(ChargeFor.Booked)]
    [InlineData(ChargeFor.Used)]
    [InlineData(ChargeFor.Overage)]
    public void A_use_exactly_as_booked_costs_its_estimate(ChargeFor chargeFor)
    {
        var policy = Policy(chargeFor, 12_345, startUp: 100, minimum: 5_000);
        var estimate = ChargeCalculator.Compute(policy, ChargeBasis.Estimate(Slot(0, 95))).Value!;
        ChargeCalculator.Compute(policy, new ChargeBasis(Slot(0, 95), Slot(0, 95), 0)).Value!.Amount.ShouldBe(estimate.Amount);
    }

    [Fact]
    public void The_explanation_names_policy_span_and_every_part_in_order()
    {
        var policy = Policy(ChargeFor.Overage, 12_000, startUp: 1_000, minimum: 50_000);
        var steps = ChargeCalculator.Compute(policy, new ChargeBasis(Slot(0, 60), Slot(0, 90), 0)).Value!.Explanation.Steps;
        steps.Select(s => s.Code).ShouldBe(["charge.policy", "charge.span-overage", "charge.time", "charge.start-up", "charge.minimum", "charge.total"]);
        steps[0].Rule!.Version.ShouldBe(policy.Id.Value.ToString());
        steps[2].Operation.ShouldBe("120.00 × 5400 s ÷ 3600");
        steps[^1].Operation.ShouldBe("180.00 + 10.00 + 310.00");
        steps[^1].Result.ShouldBe("500.00");
    }

    internal static PricePolicy Policy(ChargeFor chargeFor, long perHour = 0, long perSample = 0, long startUp = 0, long minimum = 0) => new()
    {
        InstrumentId = new InstrumentId(Guid.CreateVersion7()), UserClass = UserClass.Academic, ValidFrom = new LocalDate(2026, 1, 1), ChargeFor = chargeFor,
        RatePerHourFen = perHour, RatePerSampleFen = perSample, StartUpFeeFen = startUp, MinimumFeeFen = minimum, CreatedAt = Nine,
    };

    internal static Money SumOf(Price price) => price.Explanation.Steps.Where(s => ChargeCalculator.Addends.Contains(s.Code))
        .Aggregate(new Money(0), (sum, step) => Money.TryParse(step.Result, out var part) ? sum + part : throw new FormatException(step.Result));

    private static TimeSlot Slot(int fromMinute, int toMinute) => new(Nine + Duration.FromMinutes(fromMinute), Nine + Duration.FromMinutes(toMinute));
}
