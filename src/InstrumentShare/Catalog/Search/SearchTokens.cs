using System.Globalization;
using System.Text;

namespace InstrumentShare.Catalog.Search;

/// <summary>
/// Tokens of names made by the program, since PostgreSQL's own parsers do not cut Chinese. Text is put into half width and
/// lower case. A run of CJK gives at each place its single character and the pair that starts there. Latin text is cut into
/// parts of letters or digits, and from each part on the rest of its model number is a token: JEM-2100F, JEM 2100F and
/// jem2100f all give <c>jem2100f</c>, <c>2100f</c> and <c>f</c>. A query's term is the phrase of its tokens; at its end
/// Latin is a prefix. So most terms are a single lexeme, which the index answers without looking at rows.
/// </summary>
public static class SearchTokens
{
    /// <summary>More than any field is long, so that no phrase reaches from one field into the next.</summary>
    private const int Gap = 10;

    private const int MaxParts = 8;

    private readonly record struct Token(string Text, int Place, bool IsCjk, bool IsSingle, bool IsChainStart = false);

    /// <summary>The text of a tsvector: each field with its weight, A (best) to D.</summary>
    public static string Vector(IEnumerable<(char Weight, string Text)> fields)
    {
        var lexemes = new SortedDictionary<string, SortedDictionary<int, char>>(StringComparer.Ordinal);
        var start = 1;
        foreach (var (weight, text) in fields)
        {
            var last = start;
            foreach (var token in Tokens(text, start))
            {
                if (!lexemes.TryGetValue(token.Text, out var places)) lexemes.Add(token.Text, places = []);
                places.TryAdd(token.Place, weight);
                last = token.Place;
            }

            start = last + Gap;
        }

        return string.Join(' ', lexemes.Select(l => $"'{l.Key}':{string.Join(',', l.Value.Select(p => p.Key.ToString(CultureInfo.InvariantCulture) + p.Value))}"));
    }

    /// <summary>The text of a tsquery that asks for every term; null when there is nothing to search for.</summary>
    public static string? Query(string text)
    {
        var phrases = text.Split(default(char[]), StringSplitOptions.RemoveEmptyEntries)
            .SelectMany(t => t.Split([',', '，', '、', '；', ';'], StringSplitOptions.RemoveEmptyEntries)).Select(Phrase).OfType<string>().Distinct(StringComparer.Ordinal).ToList();
        return phrases.Count == 0 ? null : string.Join(" & ", phrases);
    }

    private static string? Phrase(string term)
    {
        var tokens = Tokens(term, 0).ToList();
        // Pairs say all that single characters say, except for a character that stands alone.
        var pairs = tokens.Where(t => t.IsCjk && !t.IsSingle).Select(t => t.Place).ToHashSet();
        var kept = tokens.Where(t => t.IsSingle ? !pairs.Contains(t.Place) && !pairs.Contains(t.Place - 1) : t.IsCjk || t.IsChainStart).ToList();
        if (kept.Count == 0) return null;
        var phrase = new StringBuilder("(");
        for (var i = 0; i < kept.Count; i++)
        {
            if (i > 0) phrase.Append(CultureInfo.InvariantCulture, $" <{kept[i].Place - kept[i - 1].Place}> ");
            phrase.Append(CultureInfo.InvariantCulture, $"'{kept[i].Text}'");
            if (i == kept.Count - 1 && !kept[i].IsCjk) phrase.Append(":*");
        }

        return phrase.Append(')').ToString();
    }

    private static IEnumerable<Token> Tokens(string text, int start)
    {
        var place = start;
        var runes = Normalised(text).EnumerateRunes().ToArray();
        for (var i = 0; i < runes.Length;)
        {
            var kind = KindOf(runes[i]);
            var end = i + 1;
            while (end < runes.Length && KindOf(runes[end]) == kind) end++;
            if (kind == Kind.Cjk)
            {
                for (var k = i; k < end; k++, place++)
                {
                    yield return new Token(runes[k].ToString(), place, IsCjk: true, IsSingle: true);
                    if (k + 1 < end) yield return new Token(string.Concat(runes[k], runes[k + 1]), place, IsCjk: true, IsSingle: false);
                }
            }
            else if (kind != Kind.Other)
            {
                foreach (var token in Chain(runes, i, place, out end)) yield return token with { Place = place++ };
            }

            i = end;
        }
    }

    // Parts that belong together: nothing but marks between them (GC-MS), or a space between letters and digits (JEM 2100).
    private static List<Token> Chain(Rune[] runes, int start, int place, out int end)
    {
        var parts = new List<string>();
        var last = Kind.Other;
        for (end = start; ;)
        {
            var from = end;
            last = KindOf(runes[from]);
            while (end < runes.Length && KindOf(runes[end]) == last) end++;
            parts.Add(string.Concat(runes[from..end].Select(r => r.ToString())));
            var next = end;
            var spaced = false;
            for (; next < runes.Length && KindOf(runes[next]) == Kind.Other; next++) spaced |= Rune.IsWhiteSpace(runes[next]);
            var joins = next < runes.Length && KindOf(runes[next]) is Kind.Letter or Kind.Digit && parts.Count < MaxParts && (!spaced || KindOf(runes[next]) != last);
            if (!joins) break;
            end = next;
        }

        return parts.Select((_, i) => new Token(string.Concat(parts.Skip(i)), place + i, IsCjk: false, IsSingle: false, IsChainStart: i == 0)).ToList();
    }

    // A text that is not well-formed UTF-16 cannot be normalised; its broken halves become U+FFFD.
    private static string Normalised(string text) =>
        string.Concat(text.EnumerateRunes().Select(r => r.ToString())).Normalize(NormalizationForm.FormKC).ToLowerInvariant();

    private enum Kind
    {
        Other,
        Cjk,
        Letter,
        Digit,
    }

    private static Kind KindOf(Rune rune) => Rune.GetUnicodeCategory(rune) switch
    {
        UnicodeCategory.OtherLetter => Kind.Cjk,
        UnicodeCategory.LowercaseLetter or UnicodeCategory.UppercaseLetter or UnicodeCategory.TitlecaseLetter or UnicodeCategory.NonSpacingMark => Kind.Letter,
        UnicodeCategory.ModifierLetter => Kind.Cjk,
        UnicodeCategory.DecimalDigitNumber => Kind.Digit,
        _ => Kind.Other,
    };
}
