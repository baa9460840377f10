using System.Text.RegularExpressions;
using InstrumentShare.Access;
using InstrumentShare.Access.Groups;
using InstrumentShare.Kernel;
using InstrumentShare.Persistence;
using InstrumentShare.Web;
using NodaTime;
using NodaTime.Text;

namespace InstrumentShare.Billing.Funds;

/// <summary>A fund card as it is typed: texts, until they are read.</summary>
public sealed partial class FundForm
{
    public string? Number { get; set; }

    public string? Name { get; set; }

    public string? NameEn { get; set; }

    public string? ResponsibleId { get; set; }

    public string? ValidFrom { get; set; }

    public string? ValidTo { get; set; }

    public List<string> Expenses { get; set; } = [];

    public string? Limit { get; set; }

    public string? State { get; set; }

    public static FundForm Of(FundRow fund) => new()
    {
        Number = fund.Number, Name = fund.Name, NameEn = fund.NameEn, ResponsibleId = fund.Responsible.Id.ToString(), ValidFrom = LocalDatePattern.Iso.Format(fund.ValidFrom), ValidTo = LocalDatePattern.Iso.Format(fund.ValidTo),
        Expenses = [.. fund.Expenses], Limit = fund.Limit.ToString(), State = Word.Of(fund.State),
    };

    /// <summary>What was typed; what cannot be read is a problem of its field.</summary>
    public SaveFund.Request Read(Guid? group, List<Problem> problems)
    {
        Money? limit = Money.Zero;
        if (!string.IsNullOrWhiteSpace(Limit)) limit = AmountOf(Limit);
        if (limit is null) problems.Add(Problem.Invalid("fund.limit", "limit", ("most", Ledger.LedgerRules.Most)));
        FundState? state = Word.TryParse<FundState>(State, out var word) ? word : null;
        return new SaveFund.Request(group, Number ?? string.Empty, Name ?? string.Empty, NameEn ?? string.Empty, Guid.TryParse(ResponsibleId, out var id) ? id : null, On(ValidFrom), On(ValidTo), Expenses, limit, state);
    }

    /// <summary>An amount of yuan as people type it, with commas between thousands or without; null where it is none.</summary>
    public static Money? AmountOf(string? text) => text?.Trim() is { } typed && (!typed.Contains(',', StringComparison.Ordinal) || Grouped().IsMatch(typed)) && Money.TryParse(typed.Replace(",", string.Empty, StringComparison.Ordinal), out var money) ? money : null;

    [GeneratedRegex(@"^-?\d{1,3}(,\d{3})+(\.\d{1,2})?$", RegexOptions.CultureInvariant)]
    private static partial Regex Grouped();

    private static LocalDate? On(string? text) => LocalDatePattern.Iso.Parse(text ?? string.Empty) is { Success: true } date ? date.Value : null;
}

/// <summary>The form with what it offers.</summary>
public sealed record FundFormView(FundForm Form, IReadOnlyList<GroupQueries.Member> Members, IReadOnlyList<Problem> Problems, bool WithState)
{
    public IEnumerable<(string Value, string Text)> People(Words words) => Members.DistinctBy(m => m.PersonId).Select(m => (m.PersonId.ToString(), words.Name(m.Name, m.NameEn)));

    public static IEnumerable<(string Value, string Text)> States(Words words) => Enum.GetValues<FundState>().Select(s => (Word.Of(s), words.Of("fundState", s)));
}
