using System.Globalization;
using System.Text.Json;
using InstrumentShare.Kernel;
using InstrumentShare.Subsidies.Evaluation;
using InstrumentShare.Subsidies.Language;
using InstrumentShare.Web;
using NodaTime;

namespace InstrumentShare.Subsidies;

public sealed record Validity(LocalDate? From, LocalDate? To);

public sealed record FigureAnswer(string Name, string Citation, Trust Trust, string? Unsettled);

public sealed record PolicyAnswer(
    string Id, string Version, string Title, string TitleEn, string Issuer, string IssuerEn, string DocumentNumber, IReadOnlyList<string> Sources, Region Region,
    Validity Validity, Trust Trust, IReadOnlyList<FigureAnswer> Figures, string Digest, string Text)
{
    public static PolicyAnswer Of(KnownPolicy known, Words words)
    {
        var policy = known.Policy;
        return new PolicyAnswer(
            policy.Id, policy.Version, policy.Title.Zh, policy.Title.En, policy.Issuer.Zh, policy.Issuer.En, policy.Document, policy.Sources, policy.Region,
            new Validity(policy.ValidFrom, policy.ValidTo), policy.Trust,
            [.. policy.Clauses.Select(c => new FigureAnswer(c.Name, c.Citation, c.Trust, c.Unsettled is { } u ? words.Name(u.Zh, u.En) : null))],
            known.Digest, known.Text);
    }
}

public sealed record RunTotals(long Services, long Lines, long Excluded, Money BeforeCaps, Money AfterCaps, Money Paid);

public sealed record RunProgress(long Done, long Total);

public sealed record RunAnswer(
    SubsidyRunId Id, string PolicyId, string PolicyVersion, Region Region, LocalDate From, LocalDate To, Money? Budget, RunStatus Status, RunProgress Progress,
    string? InputDigest, string? ResultDigest, RunTotals? Totals, string? Problem, Instant CreatedAt, Instant? FinishedAt, Instant? FinalAt, SubsidyRunId? SupersededBy)
{
    public static RunAnswer Of(SubsidyRun run) => new(
        run.Id, run.PolicyId, run.PolicyVersion, run.Region, run.AccruedFrom, run.AccruedTo, run.BudgetFen is { } fen ? new Money(fen) : null, run.Status,
        new RunProgress(run.ServicesDone, Math.Max(run.ServicesDone, run.Services)), run.InputDigest, run.ResultDigest,
        run.HasResult ? new RunTotals(run.Services, run.LineCount, run.ExcludedCount, new Money(run.SumFen), new Money(run.CappedFen), new Money(run.TotalFen)) : null,
        run.Problem, run.CreatedAt, run.FinishedAt, run.FinalAt, run.SupersededBy);
}

public sealed record EntryAnswer(Guid Id, BeneficiaryKind Kind, string Name, string NameEn, Payer Payer, Money BeforeCaps, Money AfterCaps, Money Amount, IReadOnlyList<string> CapsHit)
{
    public static EntryAnswer Of(EntryRow row) => new(
        row.BeneficiaryId, row.Kind, row.Name, row.NameEn, row.Payer, new Money(row.SumFen), new Money(row.CappedFen), new Money(row.PaidFen), row.CapsHit);
}

public sealed record LineAnswer(
    Guid Id, Guid? ChargeId, Guid InstrumentId, string Instrument, string InstrumentEn, Guid InstitutionId, BeneficiaryKind BeneficiaryKind, Guid BeneficiaryId,
    string Beneficiary, string BeneficiaryEn, Payer Payer, LocalDate? AccruedOn, Money Base, Money Amount, string? Excluded)
{
    public static LineAnswer Of(LineRow row) => new(
        LineId.Of(row.Line.RunId, row.Line.Number), row.Line.ChargeId, row.Line.InstrumentId, row.Instrument, row.InstrumentEn, row.Line.InstitutionId.Value,
        row.Line.BeneficiaryKind, row.Line.BeneficiaryId, row.Beneficiary, row.BeneficiaryEn, row.Line.Payer, row.Line.AccruedOn,
        new Money(row.Line.IncomeFen), new Money(row.Line.AmountFen), Lexicon.First(row.Line.Reasons));
}

/// <param name="Text">The step in the reader's language.</param>
public sealed record StepAnswer(string Code, string Text, IReadOnlyDictionary<string, string> Inputs, string Operation, string Result, RuleReference? Rule);

public sealed record ExplanationAnswer(
    Guid LineId, SubsidyRunId RunId, string PolicyId, string PolicyVersion, Guid? ChargeId, Guid? UsageId, IReadOnlyList<StepAnswer> Steps, string? InputDigest, string? ResultDigest)
{
    public static ExplanationAnswer Of(ExplainedLine told, Words words) => new(
        Subsidies.LineId.Of(told.Run.Id, told.Row.Line.Number), told.Run.Id, told.Run.PolicyId, told.Run.PolicyVersion, told.Row.Line.ChargeId, told.UsageId,
        [.. told.Explanation.Steps.Select(s => new StepAnswer(s.Code, StepWords.Of(s, words), s.Inputs, s.Operation, s.Result, s.Rule))],
        told.Run.InputDigest, told.Run.ResultDigest);
}

/// <summary>The sentence of a step, its words filled from its inputs; words of enumerations in the reader's language.</summary>
public static class StepWords
{
    private static readonly string[] Worded = ["reason", "payer", "level", "mode", "missing", "userKind", "tags"];

    public static string Of(ExplanationStep step, Words words) =>
        words.Fill(words["explain." + step.Code], step.Inputs.ToDictionary(i => i.Key, i => (object?)Value(i.Key, i.Value, words), StringComparer.Ordinal));

    private static string Value(string name, string value, Words words)
    {
        if (!Worded.Contains(name, StringComparer.Ordinal)) return value;
        if (value.Length == 0) return words["subsidy.none"];
        return string.Join(words.IsChinese ? "、" : ", ", value.Split(", ").Select(v => words["subsidy.word." + v.Replace(':', '-')]));
    }
}

/// <summary>The filters of a run's lines.</summary>
public static class LineFilters
{
    public static string[] Names { get; } = ["institution", "beneficiary", "kind", "excluded"];

    public static LineFilter Read(ListQuery query)
    {
        BeneficiaryKind? kind = null;
        if (query["kind"] is { } word)
        {
            if (Lexicon.TryParse(word, out BeneficiaryKind known)) kind = known;
            else query.Problems.Add(Problem.Invalid("subsidy.facts.word", "kind", ("value", word), ("allowed", string.Join(", ", Lexicon.All<BeneficiaryKind>()))));
        }

        bool? excluded = null;
        if (query["excluded"] is { } text)
        {
            if (bool.TryParse(text, out var yes)) excluded = yes;
            else query.Problems.Add(Problem.Invalid("subsidy.facts.word", "excluded", ("value", text), ("allowed", "true, false")));
        }

        return new LineFilter(Id(query, "institution"), kind, Id(query, "beneficiary"), excluded);
    }

    private static Guid? Id(ListQuery query, string name)
    {
        if (query[name] is not { } text) return null;
        if (Guid.TryParse(text, CultureInfo.InvariantCulture, out var id)) return id;
        query.Problems.Add(Problem.Invalid("subsidy.not-an-id", name, ("value", text)));
        return null;
    }
}

/// <summary>A run's budget: text in yuan, or money as the API writes it.</summary>
public static class RunBudget
{
    public static long? Read(JsonElement? budget, List<Problem> problems)
    {
        if (budget is not { ValueKind: not (JsonValueKind.Null or JsonValueKind.Undefined) } given) return null;
        var isMoney = given.ValueKind == JsonValueKind.Object;
        if (isMoney && given.TryGetProperty("currency", out var currency) && (currency.ValueKind != JsonValueKind.String || currency.GetString() != Money.Cny))
        {
            problems.Add(Problem.Invalid("subsidy.facts.amount", "budget", ("value", currency.ToString())));
            return null;
        }

        var amount = isMoney && given.TryGetProperty("amount", out var inside) ? inside : given;
        return Read(amount.ValueKind == JsonValueKind.String ? amount.GetString() : amount.GetRawText(), problems);
    }

    public static long? Read(string? text, List<Problem> problems)
    {
        if (string.IsNullOrEmpty(text)) return null;
        var reader = new InputReader();
        var fen = reader.Fen(text, "budget");
        problems.AddRange(reader.Problems);
        return fen;
    }
}
