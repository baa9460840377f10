using System.Globalization;
using InstrumentShare.Access;
using InstrumentShare.Kernel;
using InstrumentShare.Subsidies.Language;
using InstrumentShare.Web;
using NodaTime;

namespace InstrumentShare.Subsidies;

/// <summary>One rule of a policy as a sentence, with the clause behind it.</summary>
public sealed record PolicySentence(string Text, Clause Clause);

/// <summary>A policy in words, part by part, as it stands beside its text.</summary>
public sealed class PolicyWords(SubsidyPolicy policy, Words words)
{
    public string Title => words.Name(policy.Title.Zh, policy.Title.En);

    public string Issuer => words.Name(policy.Issuer.Zh, policy.Issuer.En);

    public string Region => RegionCatalog.Instance.FullName(policy.Region, words.IsChinese);

    public string Validity => words[
        "subsidy.policy.validity-value",
        ("from", policy.ValidFrom is { } from ? words.Date(from) : words["subsidy.unknown"]),
        ("to", policy.ValidTo is { } to ? words.Date(to) : words["subsidy.open"])];

    public string ClaimWindows => policy.ClaimWindows.Count == 0
        ? words["subsidy.policy.claims-none"]
        : string.Join(words.IsChinese ? "；" : "; ", policy.ClaimWindows.Select(w => $"{Day(w.From)}–{Day(w.To)}"));

    public string Word(string word) => words["subsidy.word." + word.Replace(':', '-')];

    public IEnumerable<PolicySentence> Counts()
    {
        if (policy.AppliesTo is { } applies) yield return new PolicySentence(applies.Clause.Citation, applies.Clause);
        yield return new PolicySentence(words["subsidy.policy.enrolled"], policy.Counting.Enrolled);
        foreach (var threshold in policy.Counting.Thresholds)
            yield return new PolicySentence(
                words["subsidy.policy.minimum", ("scope", words["subsidy.policy.minimum-" + Lexicon.Of(threshold.Scope)]), ("amount", Yuan(threshold.Minimum.Value))],
                threshold.Minimum.Clause);
        if (policy.Counting.Funding is { } funding)
            yield return new PolicySentence(words["subsidy.policy.funding", ("funding", Word(Lexicon.Of(funding.Funding)))], funding.Clause);
        if (policy.Counting.Users is { } users) yield return Users(users);
        foreach (var item in policy.Items.Where(i => i.Users is not null)) yield return Users(item.Users!);
    }

    public IEnumerable<PolicySentence> Excludes() =>
        policy.Exclusions.Select(e => new PolicySentence(List(Lexicon.Each(e.Tags).Select(Word)), e.Clause));

    /// <summary>Each item with who pays whom, and its sentences.</summary>
    public IEnumerable<(PayItem Item, string Head, IReadOnlyList<PolicySentence> Sentences)> Pays() => policy.Items.Select(item => (
        item,
        words["subsidy.policy.item", ("payer", Word(Lexicon.Of(item.Payer))), ("to", Word(Lexicon.Of(item.To)))],
        (IReadOnlyList<PolicySentence>)[.. Shape(item.Shape)]));

    public IEnumerable<PolicySentence> Caps() => policy.Caps.Select(cap => new PolicySentence(
        cap.Level == CapLevel.Programme
            ? words["subsidy.policy.cap-programme", ("amount", Yuan(cap.Amount.Value))]
            : words[
                "subsidy.policy.cap-words",
                ("level", Word(Lexicon.Of(cap.Level))),
                ("to", cap.Users.Count > 0 ? List(cap.Users.Select(u => Word(Lexicon.Of(u)))) : Word(Lexicon.Of(cap.To!.Value))),
                ("payer", Word(Lexicon.Of(cap.Payer!.Value))),
                ("period", Word(Lexicon.Of(cap.Period))),
                ("amount", Yuan(cap.Amount.Value))],
        cap.Amount.Clause));

    private PolicySentence Users(UserNeed need) => new(
        words[
            "subsidy.policy.users",
            ("kinds", List(need.Kinds.Order().Select(k => Word(Lexicon.Of(k))))),
            ("region", need.Region is { } region ? RegionCatalog.Instance.FullName(region, words.IsChinese) : words["subsidy.policy.anywhere"])],
        need.Clause);

    private IEnumerable<PolicySentence> Shape(IPayShape shape) => shape switch
    {
        RateOfIncome rate => [new PolicySentence(words["subsidy.policy.rate-words", ("rate", Percent(rate.Rate))], rate.Rate.Clause)],
        RateByStatus status => status.Cases.Select(c => new PolicySentence(
            words["subsidy.policy.status-words", ("kinds", List(c.Kinds.Order().Select(k => Word(Lexicon.Of(k))))), ("tags", Tags(c.Tags)), ("rate", Percent(c.Rate))], c.Rate.Clause)),
        HighestOf highest => highest.Rates.Select(r => new PolicySentence(
            words["subsidy.policy.highest-words", ("tags", List(Lexicon.Each(r.When).Select(Word))), ("rate", Percent(r.Rate))], r.Rate.Clause)),
        LumpSumTiers tiers => tiers.Tiers.Select(t => new PolicySentence(
            words["subsidy.policy.tier-words", ("from", Yuan(t.FromFen)), ("below", t.BelowFen is { } below ? words["subsidy.policy.tier-below", ("below", Yuan(below))] : ""), ("amount", Yuan(t.Sum.Value))],
            t.Sum.Clause)),
        MatchOfLine match => [new PolicySentence(words["subsidy.policy.match-words", ("line", match.Line), ("rate", Percent(match.Share))], match.Share.Clause)],
        _ => shape.Figures.Select(f => new PolicySentence(f.Clause.Citation, f.Clause)),
    };

    private string Tags(Tag tags) => tags == Tag.None ? "" : (words.IsChinese ? "（" : " (") + List(Lexicon.Each(tags).Select(Word)) + (words.IsChinese ? "）" : ")");

    private string Yuan(decimal fen) => words.Money(new Money((long)fen));

    private string List(IEnumerable<string> parts) => string.Join(words.IsChinese ? "、" : ", ", parts);

    private string Day(AnnualDate day) => words.IsChinese
        ? string.Create(CultureInfo.InvariantCulture, $"{day.Month}月{day.Day}日")
        : day.InYear(2024).ToString("d MMM", words.Culture);

    private static string Percent(Figure rate) => (rate.Value * 100m).ToString("0.####", CultureInfo.InvariantCulture) + "%";
}
