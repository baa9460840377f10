using System.Runtime.InteropServices;

namespace InstrumentShare.Catalog.Search;

/// <summary>Where in an instrument's record a text stands.</summary>
[Flags]
internal enum SearchField : byte
{
    Name = 1,
    Class = 2,
    Manufacturer = 4,
    Institution = 8,
}

/// <summary>A text of the catalogue with the places of the instruments that have it; names of one thing share their list.</summary>
internal sealed record IndexedText(string Normal, List<int> Holders);

/// <summary>
/// The distinct texts of the catalogue by their tokens. Instruments share most of their texts, so there are far fewer texts
/// than instruments. A text that nobody has any more stays, without holders.
/// </summary>
internal sealed class IndexedTexts
{
    private readonly List<IndexedText> texts = [];
    private readonly List<SearchField> fields = [];
    private readonly Dictionary<string, List<int>> byToken = new(StringComparer.Ordinal);
    private readonly Dictionary<(SearchField, string), int> known = [];
    private readonly List<string> latin = [];
    private bool isLatinSorted = true;

    public IndexedText this[int number] => texts[number];

    public int Count => texts.Count;

    /// <summary>By the number of a text.</summary>
    public ReadOnlySpan<SearchField> Fields => CollectionsMarshal.AsSpan(fields);

    /// <summary>The number of a text that instruments hold on their own.</summary>
    public int Of(SearchField field, string text)
    {
        if (known.TryGetValue((field, text), out var number)) return number;
        number = Add(field, text, []);
        known.Add((field, text), number);
        return number;
    }

    /// <summary>Adds a text for what may get another name: a class, an institution.</summary>
    public int Add(SearchField field, string text, List<int> holders)
    {
        var number = texts.Count;
        texts.Add(new IndexedText(SearchTokens.Normalised(text), holders));
        fields.Add(field);
        foreach (var token in SearchTokens.Of(text))
        {
            if (!byToken.TryGetValue(token.Text, out var numbers))
            {
                byToken.Add(token.Text, numbers = []);
                if (!token.IsCjk)
                {
                    latin.Add(token.Text);
                    isLatinSorted = false;
                }
            }

            if (numbers.Count == 0 || numbers[^1] != number) numbers.Add(number);
        }

        return number;
    }

    /// <summary>Takes a text away from what has another name now.</summary>
    public void Drop(int number) => texts[number] = texts[number] with { Holders = [] };

    /// <summary>To be called when texts were added, before they are looked for.</summary>
    public void Sort()
    {
        if (!isLatinSorted) latin.Sort(StringComparer.Ordinal);
        isLatinSorted = true;
    }

    /// <summary>The numbers of the texts that a term is in; some may come twice.</summary>
    public List<int> Matching(SearchTerm term)
    {
        var lists = new List<List<int>>(term.Tokens.Count);
        foreach (var token in term.EndsOpen ? term.Tokens.SkipLast(1) : term.Tokens)
        {
            if (!byToken.TryGetValue(token.Text, out var numbers)) return [];
            lists.Add(numbers);
        }

        if (lists.Count == 0) return Beginning(term.Tokens[0].Text);
        lists.Sort((a, b) => a.Count.CompareTo(b.Count));
        var found = new List<int>();
        foreach (var number in lists[0])
        {
            if (lists.Skip(1).All(l => l.BinarySearch(number) >= 0) && (term.Tokens.Count == 1 || Holds(texts[number], term))) found.Add(number);
        }

        return found;
    }

    private static bool Holds(IndexedText text, SearchTerm term) =>
        term.Run is { } run ? text.Normal.Contains(run, StringComparison.Ordinal) : term.IsIn(SearchTokens.Of(text.Normal));

    private List<int> Beginning(string start)
    {
        var found = new List<int>();
        var at = latin.BinarySearch(start, StringComparer.Ordinal);
        for (at = at < 0 ? ~at : at; at < latin.Count && latin[at].StartsWith(start, StringComparison.Ordinal); at++)
            found.AddRange(byToken[latin[at]]);
        return found;
    }
}
