using System.Globalization;
using InstrumentShare.Kernel;
using NodaTime;
using NodaTime.Text;
using YamlDotNet.RepresentationModel;

namespace InstrumentShare.Subsidies.Language;

/// <summary>
/// One place of a policy text while it is read. Asking for something that is absent or wrong notes the problem with file,
/// line and field, and answers a harmless default, so that one reading finds everything that is wrong.
/// </summary>
public sealed class PolicyNode(YamlNode? node, string place, string file, List<Problem> problems, List<Clause> clauses, List<Figure> blanks)
{
    private readonly List<string> _asked = [];
    private readonly List<PolicyNode> _children = [];

    public string Field => place;

    public int Line => (int)(node?.Start.Line ?? 0);

    private YamlNode? Node => node;

    private bool IsAbsent => node is null;

    public void Refuse(string code, params (string Name, object? Value)[] data) =>
        problems.Add(Problem.Invalid(code, place, [("file", file), ("line", Line), ("field", place), .. data]));

    public PolicyNode Get(string key)
    {
        if (Find(key) is { } found) return found;
        if (node is YamlMappingNode) problems.Add(Problem.Invalid("subsidy.policy.missing", Path(key), ("file", file), ("line", Line), ("field", Path(key))));
        return Child(null, Path(key));
    }

    public PolicyNode? Find(string key)
    {
        _asked.Add(key);
        if (node is YamlMappingNode mapping)
            return mapping.Children.TryGetValue(new YamlScalarNode(key), out var value) ? Child(value, Path(key)) : null;
        if (!IsAbsent) Refuse("subsidy.policy.shape", ("value", "mapping"));
        return null;
    }

    public IReadOnlyList<PolicyNode> Items()
    {
        if (node is YamlSequenceNode list) return [.. list.Select((n, i) => Child(n, $"{place}[{Label(n, i)}]"))];
        if (!IsAbsent) Refuse("subsidy.policy.shape", ("value", "list"));
        return [];
    }

    public IEnumerable<string> Keys() => node is YamlMappingNode m ? m.Children.Keys.OfType<YamlScalarNode>().Select(k => k.Value ?? "") : [];

    public string Text()
    {
        if (node is YamlScalarNode { Value: { Length: > 0 } text }) return text;
        if (!IsAbsent) Refuse("subsidy.policy.shape", ("value", "text"));
        return "";
    }

    public BilingualText Both() => new(Get("zh").Text(), Get("en").Text());

    public T Word<T>() where T : struct, Enum
    {
        var text = Text();
        if (Lexicon.TryParse(text, out T value) || text.Length == 0) return value;
        Refuse("subsidy.policy.unknown-word", ("value", text), ("allowed", string.Join(", ", Lexicon.All<T>())));
        return default;
    }

    public IReadOnlySet<T> Words<T>() where T : struct, Enum => Items().Select(n => n.Word<T>()).ToHashSet();

    /// <summary>One tag or a list of tags, all among the allowed ones.</summary>
    public Tag Tags(Tag allowed)
    {
        var all = node is YamlSequenceNode ? Items() : [this];
        return all.Aggregate(Tag.None, (sum, n) =>
        {
            var text = n.Text();
            if (text.Length == 0) return sum;
            if (Lexicon.TryParse(text, out Tag tag) && (tag & allowed) != 0) return sum | tag;
            n.Refuse("subsidy.policy.unknown-word", ("value", text), ("allowed", string.Join(", ", Lexicon.Each(allowed))));
            return sum;
        });
    }

    public Region Region()
    {
        var text = Text();
        if (text.Length > 0 && !Kernel.Region.IsValid(text)) Refuse("subsidy.policy.bad-value", ("value", text), ("allowed", "CN-34, CN-3702"));
        return new Region(text);
    }

    /// <summary>A day, or null for the word that stands for "not said".</summary>
    public LocalDate? Day(string orWord)
    {
        var text = Text();
        if (text.Length == 0 || text == orWord) return null;
        if (LocalDatePattern.Iso.Parse(text) is { Success: true } day) return day.Value;
        Refuse("subsidy.policy.bad-value", ("value", text), ("allowed", $"YYYY-MM-DD, {orWord}"));
        return null;
    }

    public AnnualDate DayOfYear()
    {
        var text = Text();
        if (text.Length == 0) return default;
        if (AnnualDatePattern.Iso.Parse(text) is { Success: true } day) return day.Value;
        Refuse("subsidy.policy.bad-value", ("value", text), ("allowed", "MM-DD"));
        return default;
    }

    public bool IsBlank => node is YamlScalarNode { Value: "blank" };

    public decimal Number()
    {
        var text = Text();
        if (text.Length == 0) return 0;
        if (decimal.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)) return number;
        Refuse("subsidy.policy.bad-value", ("value", text), ("allowed", "123.45"));
        return 0;
    }

    /// <summary>An amount of yuan, as fen: not negative, at most two decimals.</summary>
    public long Fen()
    {
        var yuan = Number();
        if (yuan < 0) Refuse("subsidy.policy.negative", ("value", Text()));
        else if (yuan > 10_000_000_000m || yuan * 100m % 1m != 0) Refuse("subsidy.policy.bad-value", ("value", Text()), ("allowed", "123.45"));
        else return (long)(yuan * 100m);
        return 0;
    }

    /// <summary>The clause behind this place: its citation and its trust are required beside every figure and condition.</summary>
    public Clause Clause()
    {
        var clause = new Clause(place, Get("clause").Text(), Get("trust").Word<Trust>(), Line, Find("unsettled")?.Both());
        clauses.Add(clause);
        return clause;
    }

    /// <summary>The figure <c>percent</c> of this place, as a fraction from 0 to 1.</summary>
    public Figure Rate()
    {
        var percent = Get("percent");
        var value = percent.IsBlank ? 0 : percent.Number();
        if (value is < 0 or > 100) percent.Refuse("subsidy.policy.rate-range", ("value", percent.Text()));
        return Figure(percent, value / 100m);
    }

    /// <summary>An amount of this place, in fen.</summary>
    public Figure Amount(string key)
    {
        var amount = Get(key);
        return Figure(amount, amount.IsBlank ? 0 : amount.Fen());
    }

    /// <summary>Refuses every term that nobody asked for, here and below.</summary>
    public void RefuseUnknownTerms()
    {
        if (node is YamlMappingNode mapping)
        {
            foreach (var key in mapping.Children.Keys.Where(k => k is not YamlScalarNode { Value: { } v } || !_asked.Contains(v)))
                problems.Add(Problem.Invalid(
                    "subsidy.policy.unknown-term",
                    Path(key.ToString()),
                    ("file", file),
                    ("line", (int)key.Start.Line),
                    ("field", Path(key.ToString())),
                    ("value", key.ToString()),
                    ("allowed", string.Join(", ", _asked.Distinct().Order(StringComparer.Ordinal)))));
        }

        foreach (var child in _children) child.RefuseUnknownTerms();
    }

    private Figure Figure(PolicyNode value, decimal number)
    {
        var figure = new Figure(number, Clause(), value.IsBlank);
        if (figure.IsBlank) blanks.Add(figure);
        return figure;
    }

    private PolicyNode Child(YamlNode? value, string path)
    {
        if (_children.Find(c => c.Node is { } seen && ReferenceEquals(seen, value)) is { } known) return known;
        var child = new PolicyNode(value, path, file, problems, clauses, blanks);
        _children.Add(child);
        return child;
    }

    private string Path(string key) => place.Length == 0 ? key : $"{place}.{key}";

    private static string Label(YamlNode item, int index) =>
        item is YamlMappingNode m && m.Children.TryGetValue(new YamlScalarNode("id"), out var id) && id is YamlScalarNode { Value: { Length: > 0 } text }
            ? text
            : (index + 1).ToString(CultureInfo.InvariantCulture);
}
