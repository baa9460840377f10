using InstrumentShare.Access;
using InstrumentShare.Catalog;
using InstrumentShare.Kernel;
using InstrumentShare.Orders;
using InstrumentShare.Orders.Quotes;
using InstrumentShare.Pricing;
using NodaTime;

namespace InstrumentShare.Tests.Orders;

public sealed class OrderRulesTests
{
    private static readonly LocalDate Today = new(2026, 3, 2);

    [Theory]
    [InlineData(OrderStatus.Draft, "submitted withdrawn")]
    [InlineData(OrderStatus.Submitted, "quoted declined withdrawn")]
    [InlineData(OrderStatus.Quoted, "submitted accepted declined withdrawn")]
    [InlineData(OrderStatus.Accepted, "received cancelled")]
    [InlineData(OrderStatus.Received, "performing cancelled")]
    [InlineData(OrderStatus.Performing, "delivered cancelled")]
    [InlineData(OrderStatus.Delivered, "closed")]
    [InlineData(OrderStatus.Closed, "")]
    [InlineData(OrderStatus.Declined, "")]
    [InlineData(OrderStatus.Withdrawn, "")]
    [InlineData(OrderStatus.Cancelled, "")]
    public void From_each_state_only_these_follow(OrderStatus from, string next) =>
        Enum.GetValues<OrderStatus>().Where(to => OrderRules.MayBecome(from, to)).Select(InstrumentShare.Persistence.Word.Of).ShouldBe(next.Split(' ', StringSplitOptions.RemoveEmptyEntries));

    [Fact]
    public void An_order_that_is_over_takes_no_quote_and_no_samples()
    {
        foreach (var status in Enum.GetValues<OrderStatus>().Where(OrderRules.IsOver))
            (OrderRules.MayBeQuoted(status), OrderRules.TakesSamples(status)).ShouldBe((false, false));
    }

    [Fact]
    public void What_is_wrong_with_an_order_is_named_all_at_once()
    {
        var wrong = OrderRules.Check(new OrderInput(Purpose: " ", WishedOn: Today.PlusDays(-1), Lines: [new(Samples: 0, Form: "ice", Hazards: ["evil"])]), Today);
        wrong.Select(p => (p.Code, p.Field)).ShouldBe(
        [
            ("order.text-missing", "purpose"), ("order.wished-past", "wishedOn"), ("order.text-missing", "lines[0].method"), ("order.samples", "lines[0].samples"), ("order.text-missing", "lines[0].description"),
            ("order.form", "lines[0].form"), ("order.hazard", "lines[0].hazards"),
        ]);
        OrderRules.Check(new OrderInput(Purpose: "x"), Today).ShouldHaveSingleItem().Code.ShouldBe("order.how-many-lines");
    }

    [Theory]
    [InlineData(ChargeFor.Used, 12_000, 0, 0, 0, 90, 18_000)]
    [InlineData(ChargeFor.Used, 12_000, 0, 5_000, 30_000, 90, 30_000)]
    [InlineData(ChargeFor.Samples, 0, 8_000, 5_000, 0, null, 29_000)]
    public void A_line_by_the_price_list_costs_what_one_use_of_so_many_samples_and_minutes_costs(ChargeFor chargeFor, long perHour, long perSample, long startUp, long minimum, int? minutes, long expected)
    {
        var line = Line(1, samples: 3);
        var priced = QuoteCalculator.Compute([line], [new(line.Id.Value, null, minutes)], Policy(chargeFor, perHour, perSample, startUp, minimum));
        var only = priced.Value!.ShouldHaveSingleItem();
        only.Amount.Fen.ShouldBe(expected);
        only.Steps.Steps.Where(s => ChargeCalculator.Addends.Contains(s.Code)).Sum(s => decimal.Parse(s.Result, System.Globalization.CultureInfo.InvariantCulture)).ShouldBe(expected / 100m);
        only.Steps.Steps.ShouldNotContain(s => s.Code == "charge.span-estimate");
    }

    [Fact]
    public void An_amount_by_hand_needs_a_reason_and_a_reduction_may_not_take_all()
    {
        var line = Line(1);
        Outcome<PricePolicy> none = Problem.Refused("price.none-in-force");
        QuoteCalculator.Compute([line], [new(line.Id.Value, Amount: new Money(100))], none).Problems.ShouldHaveSingleItem().Code.ShouldBe("order.text-missing");
        QuoteCalculator.Compute([line], [new(line.Id.Value, Amount: new Money(100), Reason: "a"), new(null, "less", null, new Money(-101), "b")], none).Problems.ShouldHaveSingleItem().Code.ShouldBe("quote.below-zero");
        var free = QuoteCalculator.Compute([line], [new(line.Id.Value, Amount: new Money(100), Reason: "a"), new(null, "less", null, new Money(-100), "b")], none);
        QuoteCalculator.Total(free.Value!).Fen.ShouldBe(0);
    }

    [Fact]
    public void Each_line_of_the_order_is_priced_once()
    {
        var (one, two) = (Line(1), Line(2));
        var policy = Policy(ChargeFor.Used, 12_000, 0, 0, 0);
        QuoteCalculator.Compute([one, two], [new(one.Id.Value, null, 10)], policy).Problems.ShouldHaveSingleItem().Code.ShouldBe("quote.line-missing");
        QuoteCalculator.Compute([one], [new(one.Id.Value, null, 10), new(one.Id.Value, null, 10)], policy).Problems.Select(p => p.Code).ShouldAllBe(c => c == "quote.line-twice");
        QuoteCalculator.Compute([one], [new(one.Id.Value, null, 10), new(two.Id.Value, null, 10)], policy).Problems.ShouldHaveSingleItem().Code.ShouldBe("quote.line-unknown");
        QuoteCalculator.Compute([one], [new(one.Id.Value)], policy).Problems.ShouldHaveSingleItem().Code.ShouldBe("quote.minutes");
        QuoteCalculator.Compute([one], [new(one.Id.Value, null, 10)], Problem.Refused("quote.no-price-list")).Problems.ShouldHaveSingleItem().Code.ShouldBe("quote.no-price-list");
    }

    private static OrderLine Line(int position, int samples = 1) => new()
    {
        OrderId = OrderId.From(Guid.CreateVersion7()), Position = position, Method = "SEM", Samples = samples, Description = "x", Form = SampleForm.Solid,
    };

    private static PricePolicy Policy(ChargeFor chargeFor, long perHour, long perSample, long startUp, long minimum) => new()
    {
        InstrumentId = InstrumentId.From(Guid.CreateVersion7()), UserClass = UserClass.Academic, ValidFrom = new LocalDate(2025, 1, 1), ChargeFor = chargeFor, RatePerHourFen = perHour, RatePerSampleFen = perSample,
        StartUpFeeFen = startUp, MinimumFeeFen = minimum, CreatedAt = Instant.FromUnixTimeSeconds(0),
    };
}
