using System.Text.Json.Serialization;
using InstrumentShare.Kernel;
using InstrumentShare.Subsidies.Engine;
using InstrumentShare.Subsidies.Language;

namespace InstrumentShare.Subsidies.Evaluation;

public sealed record EvaluationAnswer(
    IReadOnlyList<EvaluatedLine> Lines,
    IReadOnlyList<EvaluatedBeneficiary> Beneficiaries,
    string Total,
    string ResultDigest)
{
    public static EvaluationAnswer Of(SubsidyPolicy policy, BroughtFacts brought, SubsidyResult result)
    {
        ArgumentNullException.ThrowIfNull(brought);
        ArgumentNullException.ThrowIfNull(result);
        var keys = new FactKeys(i => brought.ServiceIds[i], i => brought.InstrumentIds[i], i => brought.InstitutionIds[i], i => brought.UserIds[i]);
        return new EvaluationAnswer(
            [.. ServiceLines(policy, brought, result), .. InstrumentLines(policy, brought, result)],
            [.. EntryOrder.Sort(result.Entries, brought.Names).Select(e => new EvaluatedBeneficiary(
                brought.Names.Of(e.Kind, e.Beneficiary), Lexicon.Of(e.Kind), Lexicon.Of(e.Payer), Yuan(e.PaidFen)))],
            Yuan(result.TotalFen),
            Engine.ResultDigest.Of(policy, brought.Window, brought.BudgetFen, result, brought.Facts, keys));
    }

    private static IEnumerable<EvaluatedLine> ServiceLines(SubsidyPolicy policy, BroughtFacts brought, SubsidyResult result)
    {
        for (var at = 0; at < result.ServiceFen.Length; at++)
        {
            var (s, i) = Math.DivRem(at, result.ServiceItems.Length);
            var item = policy.Items[result.ServiceItems[i]];
            var service = brought.Facts.Services[s];
            var beneficiary = item.To == BeneficiaryKind.Institution ? brought.InstitutionIds[service.Institution] : brought.UserIds[service.User];
            yield return Line(item, brought.ServiceIds[s], null, beneficiary, result.ServiceFen[at], result.ServiceReasons[at]);
        }
    }

    private static IEnumerable<EvaluatedLine> InstrumentLines(SubsidyPolicy policy, BroughtFacts brought, SubsidyResult result)
    {
        for (var at = 0; at < result.InstrumentFen.Length; at++)
        {
            var (n, i) = Math.DivRem(at, result.InstrumentItems.Length);
            var beneficiary = brought.InstitutionIds[brought.Facts.Instruments[n].Institution];
            yield return Line(policy.Items[result.InstrumentItems[i]], null, brought.InstrumentIds[n], beneficiary, result.InstrumentFen[at], result.InstrumentReasons[at]);
        }
    }

    private static EvaluatedLine Line(PayItem item, string? service, string? instrument, string beneficiary, long fen, Reasons reasons) =>
        new(service, instrument, Lexicon.Of(item.Payer), beneficiary, Lexicon.Of(item.To), Yuan(fen), Lexicon.First(reasons));

    private static string Yuan(long fen) => new Money(fen).ToString();
}

/// <summary>One line before caps and budget; it names its service, or its instrument where instruments are paid.</summary>
public sealed record EvaluatedLine(
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? ServiceId,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? InstrumentId,
    string Payer,
    string BeneficiaryId,
    string BeneficiaryKind,
    string Amount,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Excluded);

public sealed record EvaluatedBeneficiary(string Id, string Kind, string Payer, string Amount);
