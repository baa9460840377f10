namespace InstrumentShare.Catalog.Search;

/// <summary>A word of a query: tokens that follow one another. A Latin one at the end may go on in the text.</summary>
public sealed record SearchTerm(IReadOnlyList<SearchToken> Tokens)
{
    public bool EndsOpen => !Tokens[^1].IsCjk;

    /// <summary>The characters, when the term is nothing but a run of CJK: a text that contains them is a hit.</summary>
    public string? Run { get; } = Tokens.Index().All(t => t.Item.IsCjk && t.Item.Place == Tokens[0].Place + t.Index)
        ? string.Concat(Tokens.SkipLast(1).Select(t => t.Text.EnumerateRunes().First().ToString())) + Tokens[^1].Text : null;

    /// <summary>Whether the tokens of a text hold these, at the same distances.</summary>
    public bool IsIn(IReadOnlyList<SearchToken> text)
    {
        var first = Tokens[0];
        return text.Any(t => Same(first, t, Tokens.Count == 1) && Tokens.Skip(1).Index().All(next => text.Any(u => u.Place - t.Place == next.Item.Place - first.Place && Same(next.Item, u, next.Index == Tokens.Count - 2))));
    }

    public override string ToString() => string.Join(' ', Tokens.Select((t, i) => $"{t.Text}{(i == Tokens.Count - 1 && EndsOpen ? "*" : string.Empty)}@{t.Place}"));

    private bool Same(SearchToken asked, SearchToken found, bool isLast) =>
        isLast && EndsOpen ? found.Text.StartsWith(asked.Text, StringComparison.Ordinal) : found.Text == asked.Text;
}
