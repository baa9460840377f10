using System.Globalization;
using InstrumentShare.Kernel;
using NodaTime;
using NodaTime.Text;

namespace InstrumentShare.Pricing;

/// <summary>
/// The one calculation of what a use costs, for estimates and charges alike. Rates are exact; time counts in whole seconds,
/// a begun second not at all; each named step is rounded half up to the fen once. The steps whose result is added
/// (<see cref="Addends"/>) sum to the amount.
/// </summary>
public static class ChargeCalculator
{
    /// <summary>The codes of the steps whose results sum to the amount.</summary>
    public static readonly IReadOnlyList<string> Addends = ["charge.time", "charge.samples", "charge.start-up", "charge.minimum"];

    private const long SecondsPerHour = 3600;

    /// <returns>The price; or <c>charge.no-actual-time</c> when the policy counts time that was never recorded.</returns>
    public static Outcome<Price> Compute(PricePolicy policy, ChargeBasis basis)
    {
        var used = basis.Used ?? (basis.IsEstimate ? basis.Booked : null);
        if (used is not { } real) return Problem.Refused("charge.no-actual-time");
        var (span, reason) = SpanOf(policy.ChargeFor, basis.Booked, real);
        var seconds = WholeSeconds(span);

        var steps = new List<ExplanationStep> { PolicyStep(policy), SpanStep(reason, span, seconds, basis) };
        var sum = new Money(0, policy.Currency);
        if (policy.ChargeFor == ChargeFor.Samples) Add(SamplesStep(policy, basis.Samples));
        else Add(TimeStep(policy, seconds));
        if (policy.StartUpFeeFen > 0) Add((Step("charge.start-up", policy.StartUpFee.ToString(), policy.StartUpFee, ("fee", policy.StartUpFee)), policy.StartUpFee));
        if (sum < policy.MinimumFee) Add(MinimumStep(policy.MinimumFee, sum));
        var parts = steps.Where(s => Addends.Contains(s.Code)).Select(s => s.Result).ToList();
        steps.Add(Step("charge.total", parts.Count > 1 ? string.Join(" + ", parts) : string.Empty, sum));
        return new Price(sum, seconds, basis.Samples, new Explanation(steps));

        void Add((ExplanationStep Step, Money Amount) part)
        {
            steps.Add(part.Step);
            sum += part.Amount;
        }
    }

    /// <summary>Hours as whole numbers people can check: 2.5 for 9,000 s; seven decimals at most.</summary>
    public static string Hours(long seconds) => Rounding.HalfUp(seconds / (decimal)SecondsPerHour, 7).ToString("0.#######", CultureInfo.InvariantCulture);

    // A use without a booking is counted as used under every policy: there is nothing else to count.
    private static (TimeSlot Span, string Reason) SpanOf(ChargeFor chargeFor, TimeSlot? booked, TimeSlot used) => (chargeFor, booked) switch
    {
        (ChargeFor.Booked, { } slot) => (slot, "charge.span-booked"),
        (ChargeFor.Overage, { } slot) => (new TimeSlot(slot.StartsAt, Instant.Max(slot.EndsAt, used.EndsAt)), "charge.span-overage"),
        (ChargeFor.Booked or ChargeFor.Overage, null) => (used, "charge.span-without-booking"),
        _ => (used, "charge.span-used"),
    };

    private static long WholeSeconds(TimeSlot span) => (span.Length.Days * 86_400L) + (span.Length.NanosecondOfDay / 1_000_000_000);

    private static ExplanationStep PolicyStep(PricePolicy policy) => new(
        "charge.policy",
        new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["userClass"] = Persistence.Word.Of(policy.UserClass),
            ["chargeFor"] = Persistence.Word.Of(policy.ChargeFor),
            ["validFromOn"] = LocalDatePattern.Iso.Format(policy.ValidFrom),
        },
        string.Empty,
        policy.ChargeFor == ChargeFor.Samples ? policy.RatePerSample.ToString() : policy.RatePerHour.ToString(),
        new RuleReference("price-policy", null, policy.Id.Value.ToString()));

    private static ExplanationStep SpanStep(string code, TimeSlot span, long seconds, ChargeBasis basis)
    {
        var inputs = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["startsAt"] = InstantPattern.ExtendedIso.Format(span.StartsAt),
            ["endsAt"] = InstantPattern.ExtendedIso.Format(span.EndsAt),
            ["seconds"] = seconds.ToString(CultureInfo.InvariantCulture),
        };
        if (basis.Booked is { } booked) inputs["bookedSeconds"] = WholeSeconds(booked).ToString(CultureInfo.InvariantCulture);
        if (basis.Used is { } used) inputs["usedSeconds"] = WholeSeconds(used).ToString(CultureInfo.InvariantCulture);
        return new ExplanationStep(basis.IsEstimate ? "charge.span-estimate" : code, inputs, $"{seconds} s ÷ {SecondsPerHour}", Hours(seconds) + " h");
    }

    private static (ExplanationStep, Money) TimeStep(PricePolicy policy, long seconds)
    {
        var amount = new Money((long)Rounding.HalfUp((decimal)policy.RatePerHourFen * seconds / SecondsPerHour), policy.Currency);
        return (Step("charge.time", $"{policy.RatePerHour} × {seconds} s ÷ {SecondsPerHour}", amount,
            ("ratePerHour", policy.RatePerHour), ("hours", Hours(seconds))), amount);
    }

    private static (ExplanationStep, Money) SamplesStep(PricePolicy policy, int samples)
    {
        var amount = policy.RatePerSample with { Fen = checked(policy.RatePerSampleFen * samples) };
        return (Step("charge.samples", $"{policy.RatePerSample} × {samples}", amount, ("ratePerSample", policy.RatePerSample), ("samples", samples)), amount);
    }

    private static (ExplanationStep, Money) MinimumStep(Money minimum, Money sum)
    {
        var added = minimum - sum;
        return (Step("charge.minimum", $"{minimum} − {sum}", added, ("minimum", minimum), ("before", sum)), added);
    }

    private static ExplanationStep Step(string code, string operation, Money result, params (string Name, object Value)[] inputs) =>
        new(code, inputs.ToDictionary(i => i.Name, i => Convert.ToString(i.Value, CultureInfo.InvariantCulture)!, StringComparer.Ordinal), operation, result.ToString());
}
