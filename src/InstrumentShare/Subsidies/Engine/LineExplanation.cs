using System.Globalization;
using InstrumentShare.Kernel;
using InstrumentShare.Subsidies.Language;
using NodaTime;

namespace InstrumentShare.Subsidies.Engine;

/// <summary>Tells a line as a short proof: what went in, whether it counts, base and rate, rounding, caps from the inside out, budget, paid.</summary>
public static class LineExplanation
{
    public static Explanation Of(SubsidyPolicy policy, AccrualWindow window, LineTrace line)
    {
        ArgumentNullException.ThrowIfNull(policy);
        ArgumentNullException.ThrowIfNull(line);
        var steps = new List<ExplanationStep> { Input(line) };
        if (line.Item.Unit == PayUnit.Service && (Evidence.All & ~line.Evidence) is not Evidence.None and var missing)
            steps.Add(Step("subsidy.evidence-missing", "—", Yuan(line.IncomeFen), null, ("missing", string.Join(", ", Lexicon.Each(missing)))));
        steps.AddRange(Counted(policy, window, line));
        if (line.Reasons == Reasons.None) steps.AddRange(Amount(policy, line));
        steps.AddRange(line.Caps.Select(c => CapStep(policy, c)));
        if (line.Entry is { } entry) steps.AddRange(Paid(line, entry));
        return new Explanation(steps);
    }

    private static ExplanationStep Input(LineTrace line) => line.Item.Unit == PayUnit.Service
        ? Step("subsidy.service", line.Subject, Yuan(line.IncomeFen), null,
            ("subject", line.Subject), ("beneficiary", line.Beneficiary), ("accruedOn", Day(line.AccruedOn)), ("originalValue", Yuan(line.ValueFen)))
        : Step("subsidy.instrument", line.Subject, Yuan(line.ValueFen), null,
            ("subject", line.Subject), ("beneficiary", line.Beneficiary), ("enrolledOn", Day(line.EnrolledOn)));

    private static IEnumerable<ExplanationStep> Counted(SubsidyPolicy policy, AccrualWindow window, LineTrace line)
    {
        if (line.Reasons == Reasons.None)
        {
            yield return Step("subsidy.counted", "✓", line.Item.Unit == PayUnit.Service ? Yuan(line.IncomeFen) : Yuan(line.ValueFen), policy.Counting.Enrolled.In(policy),
                ("from", Day(window.From)), ("to", Day(window.To)), ("enrolledOn", Day(line.EnrolledOn)));
            yield break;
        }

        foreach (var reason in Lexicon.Each(line.Reasons))
            yield return Step("subsidy.excluded", "× 0", Yuan(0), ClauseOf(policy, line, reason), ("reason", reason), ("detail", Detail(policy, window, line, reason)));
    }

    private static IEnumerable<ExplanationStep> Amount(SubsidyPolicy policy, LineTrace line)
    {
        var on = new PayBase
        {
            IncomeFen = line.IncomeFen,
            ValueFen = line.ValueFen,
            UserKind = line.UserKind,
            Tags = line.Tags & (Lexicon.OfUsers | Lexicon.OfServices),
            Earlier = line.Earlier.ToArray(),
        };
        var shape = line.Item.Shape.Explain(on, policy);
        var exact = line.Item.Shape.On(on).ExactFen;
        return
        [
            shape,
            Step("subsidy.rounding", $"{PayShapes.Exact(exact)} → {Yuan(line.AmountFen)}", Yuan(line.AmountFen), null,
                ("step", Yuan(policy.Rounding.StepFen)), ("mode", Lexicon.Of(policy.Rounding.Mode))),
        ];
    }

    private static ExplanationStep CapStep(SubsidyPolicy policy, CapTrace cap)
    {
        var limit = Yuan((long)cap.Cap.Amount.Value);
        var code = cap.BeforeFen > cap.AfterFen ? "subsidy.cap-hit" : "subsidy.cap-kept";
        return Step(code, $"min({Yuan(cap.BeforeFen)}, {limit})", Yuan(cap.AfterFen), cap.Cap.Amount.Clause.In(policy),
            ("level", Lexicon.Of(cap.Cap.Level)), ("group", cap.Group), ("cap", limit), ("sum", Yuan(cap.BeforeFen)));
    }

    private static IEnumerable<ExplanationStep> Paid(LineTrace line, EntryTrace entry)
    {
        yield return Step("subsidy.entry", $"Σ {Yuan(entry.SumFen)} → {Yuan(entry.CappedFen)}", Yuan(entry.CappedFen), null,
            ("beneficiary", line.Beneficiary), ("payer", Lexicon.Of(line.Item.Payer)), ("sum", Yuan(entry.SumFen)));
        if (entry.LimitFen is { } limit && limit < entry.AllCappedFen)
            yield return Step("subsidy.budget", $"{Yuan(entry.CappedFen)} × {Yuan(limit)} ÷ {Yuan(entry.AllCappedFen)}", Yuan(entry.PaidFen), null,
                ("budget", Yuan(limit)), ("all", Yuan(entry.AllCappedFen)));
        yield return Step("subsidy.paid", $"= {Yuan(entry.PaidFen)}", Yuan(entry.PaidFen), null, ("beneficiary", line.Beneficiary), ("payer", Lexicon.Of(line.Item.Payer)));
    }

    private static RuleReference? ClauseOf(SubsidyPolicy policy, LineTrace line, string reason)
    {
        if (Lexicon.TryParse(reason, out Tag tag))
        {
            if (tag == Tag.AlreadyFunded && policy.OneOff is { } once && line.Item.Unit == PayUnit.Instrument) return once.In(policy);
            return policy.Exclusions.FirstOrDefault(e => (e.Tags & tag) != 0)?.Clause.In(policy) ?? OpenSharing;
        }

        return (Lexicon.TryParse(reason, out Reasons why) ? why : Reasons.None) switch
        {
            Reasons.NotEnrolled => policy.Counting.Enrolled.In(policy),
            Reasons.BelowThreshold => policy.Counting.Thresholds.FirstOrDefault(t => t.Concerns(line.IsSet))?.Minimum.Clause.In(policy),
            Reasons.WrongFunding => policy.Counting.Funding?.Clause.In(policy),
            Reasons.NotEligible => (line.Item.Users ?? policy.Counting.Users)?.Clause.In(policy),
            _ => null,
        };
    }

    private static string Detail(SubsidyPolicy policy, AccrualWindow window, LineTrace line, string reason) => reason switch
    {
        "outsideWindow" => $"{Day(line.AccruedOn)} ∉ {Day(window.From)} … {Day(window.To)}",
        "notEnrolled" => $"{Day(line.AccruedOn ?? window.To)} < {Day(line.EnrolledOn)}",
        "belowThreshold" => $"{Yuan(line.ValueFen)} < {Yuan((long)(policy.Counting.Thresholds.First(t => t.Concerns(line.IsSet)).Minimum.Value))}",
        "wrongFunding" => Lexicon.Of(line.Funding),
        "notEligible" => Lexicon.Of(line.UserKind),
        _ => reason,
    };

    // What holds under every policy: the instrument must be opened to other units, and a claim counts once.
    private static RuleReference OpenSharing { get; } = new("国科发基〔2017〕289号", "开放共享", "2017");

    private static ExplanationStep Step(string code, string operation, string result, RuleReference? rule, params (string Name, string Value)[] inputs) =>
        new(code, inputs.ToDictionary(i => i.Name, i => i.Value, StringComparer.Ordinal), operation, result, rule);

    private static string Yuan(long fen) => new Money(fen).ToString();

    private static string Day(LocalDate? day) => day is { } d && d != LocalDate.MaxIsoValue ? d.ToString("uuuu-MM-dd", CultureInfo.InvariantCulture) : "—";
}
