using System.Globalization;
using InstrumentShare.Kernel;
using InstrumentShare.Pricing;
using NodaTime;

namespace InstrumentShare.Orders.Quotes;

/// <summary>One line of a quote as staff ask for it: by the price list for so many minutes, or by hand with a reason.</summary>
/// <param name="Minutes">How long the instrument works on the whole line, for prices by the hour.</param>
/// <param name="Amount">Set by hand; below zero takes off.</param>
public sealed record QuoteLineInput(Guid? OrderLineId = null, string? Label = null, int? Minutes = null, Money? Amount = null, string? Reason = null);

/// <summary>
/// What an order costs: each of its lines once, by the price list in force or by hand, and what is added besides. By the price list a
/// line is charged as one use of so many minutes and samples, by the same calculator as every use.
/// </summary>
public static class QuoteCalculator
{
    public const int MostLines = 40;

    /// <summary>The largest amount of one line, in fen: a hundred million yuan.</summary>
    public const long MostFen = 10_000_000_000;

    /// <param name="lines">The order's.</param>
    /// <param name="policy">The price list of the order's instrument for its class of users, or why there is none.</param>
    /// <returns>The priced lines; or every problem: a line not priced or twice, an amount without a reason, a sum below zero.</returns>
    public static Outcome<IReadOnlyList<QuoteLine>> Compute(IReadOnlyList<OrderLine> lines, IReadOnlyList<QuoteLineInput> inputs, Outcome<PricePolicy> policy)
    {
        var (problems, priced) = (new List<Problem>(), new List<QuoteLine>());
        if (inputs.Count > MostLines) return Problem.Invalid("quote.how-many-lines", "lines", ("count", inputs.Count), ("max", MostLines));
        foreach (var (input, at) in inputs.Select((i, at) => (i, $"lines[{at}].")))
        {
            var line = input.OrderLineId is { } id ? lines.FirstOrDefault(l => l.Id.Value == id) : null;
            if (input.OrderLineId is not null && line is null) problems.Add(Problem.Invalid("quote.line-unknown", at + "orderLineId", ("value", input.OrderLineId)));
            else if (line is not null && inputs.Count(i => i.OrderLineId == line.Id.Value) > 1) problems.Add(Problem.Invalid("quote.line-twice", at + "orderLineId", ("position", line.Position)));
            else if (input.Amount is { } amount) ByHand(problems, priced, line, input, amount, at);
            else if (line is null) problems.Add(Problem.Invalid("quote.amount-missing", at + "amount"));
            else ByPriceList(problems, priced, line, input, policy, at);
        }

        foreach (var line in lines.Where(l => inputs.All(i => i.OrderLineId != l.Id.Value))) problems.Add(Problem.Invalid("quote.line-missing", "lines", ("position", line.Position)));
        if (problems.Count == 0 && Total(priced) is { Fen: < 0 } total) problems.Add(Problem.Invalid("quote.below-zero", "lines", ("total", total)));
        return problems.Count > 0 ? problems.DistinctBy(p => (p.Code, p.Field, p.Data?.GetValueOrDefault("position"))).ToList() : priced;
    }

    public static Money Total(IEnumerable<QuoteLine> lines) => lines.Aggregate(Money.Zero, (sum, l) => sum + l.Amount);

    private static void ByHand(List<Problem> problems, List<QuoteLine> priced, OrderLine? line, QuoteLineInput input, Money amount, string at)
    {
        var label = line?.Method ?? OrderRules.Text(problems, input.Label, at + "label", 200, required: true);
        var reason = OrderRules.Text(problems, input.Reason, at + "reason", 500, required: true);
        if (amount.Currency != Money.Cny) problems.Add(Problem.Invalid("price.currency", at + "amount", ("currency", amount.Currency)));
        else if (amount.Fen is > MostFen or < -MostFen) problems.Add(Problem.Invalid("quote.amount-range", at + "amount", ("amount", amount), ("most", new Money(MostFen))));
        var step = new ExplanationStep("quote.by-hand", new Dictionary<string, string>(StringComparer.Ordinal) { ["reason"] = reason }, string.Empty, amount.ToString());
        priced.Add(new QuoteLine(line?.Id, label, line?.Samples ?? 0, amount, reason, null, new Explanation([step])));
    }

    private static void ByPriceList(List<Problem> problems, List<QuoteLine> priced, OrderLine line, QuoteLineInput input, Outcome<PricePolicy> policy, string at)
    {
        if (!policy.IsOk)
        {
            problems.AddRange(policy.Problems.Select(p => p with { Field = at + "amount" }));
            return;
        }

        var byTime = policy.Value.ChargeFor != ChargeFor.Samples;
        if (input.Minutes is < 1 or > 525_600 || (byTime && input.Minutes is null))
        {
            problems.Add(Problem.Invalid("quote.minutes", at + "minutes", ("value", input.Minutes), ("max", 525_600)));
            return;
        }

        // Only its length counts: no day is fixed yet.
        var minutes = input.Minutes ?? 1;
        var slot = new TimeSlot(Instant.FromUnixTimeSeconds(0), Instant.FromUnixTimeSeconds(0) + Duration.FromMinutes(minutes));
        var price = ChargeCalculator.Compute(policy.Value, ChargeBasis.Estimate(slot, line.Samples)).Value!;
        var steps = price.Explanation.Steps.Where(s => byTime || s.Code != "charge.span-estimate").Select(s => s.Code == "charge.span-estimate" ? Span(line.Samples, minutes, price.Seconds) : s).ToList();
        priced.Add(new QuoteLine(line.Id, line.Method, line.Samples, price.Amount, null, policy.Value.Id, new Explanation(steps)));
    }

    private static ExplanationStep Span(int samples, int minutes, long seconds) => new(
        "quote.span",
        new Dictionary<string, string>(StringComparer.Ordinal) { ["samples"] = samples.ToString(CultureInfo.InvariantCulture), ["minutes"] = minutes.ToString(CultureInfo.InvariantCulture) },
        $"{minutes} min ÷ 60", ChargeCalculator.Hours(seconds) + " h");
}
