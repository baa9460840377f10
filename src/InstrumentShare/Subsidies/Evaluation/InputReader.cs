using System.Globalization;
using System.Text.Json;
using InstrumentShare.Kernel;
using InstrumentShare.Subsidies.Language;
using NodaTime;
using NodaTime.Text;

namespace InstrumentShare.Subsidies.Evaluation;

/// <summary>Reads single values of brought facts and notes what is wrong with each, field by field.</summary>
public sealed class InputReader
{
    /// <summary>A list of problems longer than this helps nobody.</summary>
    public const int MostProblems = 200;

    /// <summary>10^13 fen, a hundred thousand million yuan: sums of a million of them still fit.</summary>
    private const long MostFen = 10_000_000_000_000;
    private const int LongestId = 64;

    public List<Problem> Problems { get; } = [];

    public void Refuse(string code, string field, params (string Name, object? Value)[] data)
    {
        if (Problems.Count < MostProblems) Problems.Add(Problem.Invalid(code, field, data));
    }

    public bool Has(string? text, string field)
    {
        if (text is not null) return true;
        Refuse("subsidy.facts.missing", field);
        return false;
    }

    /// <summary>1 to 64 characters, counted as Unicode code points; no NUL.</summary>
    public string? Id(string? text, string field)
    {
        if (!Has(text, field)) return null;
        if (text!.Length > 0 && !text.Contains('\0', StringComparison.Ordinal) && text.EnumerateRunes().Count() <= LongestId) return text;
        Refuse("subsidy.facts.id", field, ("value", Short(text)));
        return null;
    }

    /// <summary>Yuan as text: digits and at most two decimals, not negative.</summary>
    public long Fen(string? text, string field)
    {
        if (!Has(text, field)) return 0;
        var digits = text!.AsSpan();
        var negative = digits.StartsWith("-");
        if (negative) digits = digits[1..];
        var point = digits.IndexOf('.');
        var whole = point < 0 ? digits : digits[..point];
        var decimals = point < 0 ? [] : digits[(point + 1)..];
        if (whole.IsEmpty || (point >= 0 && decimals.IsEmpty) || whole.ContainsAnyExceptInRange('0', '9') || decimals.ContainsAnyExceptInRange('0', '9'))
            Refuse("subsidy.facts.amount", field, ("value", Short(text)));
        else if (decimals.Length > 2)
            Refuse("subsidy.facts.decimals", field, ("value", Short(text)));
        else if (whole.TrimStart('0').Length > 12 || !Money.TryParse(text, out var money) || Math.Abs(money.Fen) > MostFen)
            Refuse("subsidy.facts.too-large", field, ("value", Short(text)));
        else if (negative)
            Refuse("subsidy.facts.negative", field, ("value", Short(text)));
        else
            return money.Fen;
        return 0;
    }

    public LocalDate Date(string? text, string field)
    {
        if (!Has(text, field)) return default;
        if (text!.Length == 10 && LocalDatePattern.Iso.Parse(text) is { Success: true } day) return day.Value;
        Refuse("subsidy.facts.date", field, ("value", Short(text)));
        return default;
    }

    public LocalDate? OptionalDate(string? text, string field) => text is null ? null : Date(text, field);

    public Region Region(string? text, string field)
    {
        if (!Has(text, field)) return default;
        if (!Kernel.Region.IsValid(text)) Refuse("subsidy.facts.region", field, ("value", Short(text)));
        return new Region(text!);
    }

    public T Word<T>(string? text, string field) where T : struct, Enum
    {
        if (!Has(text, field)) return default;
        if (!Lexicon.TryParse(text, out T value)) Refuse("subsidy.facts.word", field, ("value", Short(text)), ("allowed", string.Join(", ", Lexicon.All<T>())));
        return value;
    }

    public Tag Tags(IReadOnlyList<string?>? words, string field) =>
        (Tag)Each(words, field).Aggregate(0, (sum, w) => sum | (int)Word<Tag>(w.Text, w.Field));

    public Evidence Evidence(IReadOnlyList<string?>? words, string field) =>
        (Evidence)Each(words, field).Aggregate(0, (sum, w) => sum | (int)Word<Evidence>(w.Text, w.Field));

    /// <summary>Hours decide nothing here; they are still no nonsense.</summary>
    public void Hours(JsonElement? value, string field)
    {
        if (value is not { ValueKind: not (JsonValueKind.Null or JsonValueKind.Undefined) } hours) return;
        var text = hours.ValueKind == JsonValueKind.String ? hours.GetString() : hours.GetRawText();
        var read = decimal.TryParse(text, NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number);
        if (!read || number < 0) Refuse("subsidy.facts.hours", field, ("value", Short(text)));
    }

    private static IEnumerable<(string? Text, string Field)> Each(IReadOnlyList<string?>? words, string field) =>
        (words ?? []).Select((w, i) => (w, $"{field}[{i.ToString(CultureInfo.InvariantCulture)}]"));

    private static string Short(string? text) => text is null ? "" : text.Length <= 80 ? text : text[..80];
}
