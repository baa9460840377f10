using System.Globalization;
using System.Text;

namespace InstrumentShare.Catalog.Search;

/// <param name="Place">Counted from the start of the text; marks and blanks take no place.</param>
public readonly record struct SearchToken(string Text, int Place, bool IsCjk, bool IsSingle, bool IsChainStart = false);

/// <summary>
/// Tokens of names made by the program, which cut Chinese as well. Text is put into half width and lower case. A run of CJK
/// gives at each place its single character and the pair that starts there. Latin text is cut into parts of letters or
/// digits, and from each part on the rest of its model number is a token: JEM-2100F, JEM 2100F and jem2100f all give
/// <c>jem2100f</c>, <c>2100f</c> and <c>f</c>. A query's term is the phrase of its tokens; at its end Latin is a prefix.
/// </summary>
public static class SearchTokens
{
    private const int MaxParts = 8;

    public static List<SearchToken> Of(string text) => Tokens(text).ToList();

    /// <summary>What a query asks for, each term once; empty when there is nothing to search for.</summary>
    public static List<SearchTerm> Terms(string query) => query.Split(default(char[]), StringSplitOptions.RemoveEmptyEntries)
        .SelectMany(t => t.Split([',', '，', '、', '；', ';'], StringSplitOptions.RemoveEmptyEntries)).Select(Term).OfType<SearchTerm>().DistinctBy(t => t.ToString(), StringComparer.Ordinal).ToList();

    private static SearchTerm? Term(string word)
    {
        var tokens = Of(word);
        // Pairs say all that single characters say, except for a character that stands alone.
        var pairs = tokens.Where(t => t.IsCjk && !t.IsSingle).Select(t => t.Place).ToHashSet();
        var kept = tokens.Where(t => t.IsSingle ? !pairs.Contains(t.Place) && !pairs.Contains(t.Place - 1) : t.IsCjk || t.IsChainStart).ToList();
        return kept.Count == 0 ? null : new SearchTerm(kept);
    }

    private static IEnumerable<SearchToken> Tokens(string text)
    {
        var place = 0;
        var cut = Cut(text);
        for (var i = 0; i < cut.Length;)
        {
            var kind = cut[i].Kind;
            var end = i + 1;
            if (kind == Kind.Cjk)
            {
                while (end < cut.Length && cut[end].Kind == kind) end++;
                for (var k = i; k < end; k++, place++)
                {
                    yield return new SearchToken(cut[k].Text, place, IsCjk: true, IsSingle: true);
                    if (k + 1 < end) yield return new SearchToken(cut[k].Text + cut[k + 1].Text, place, IsCjk: true, IsSingle: false);
                }
            }
            else if (kind != Kind.Other)
            {
                foreach (var token in Chain(cut, i, out end)) yield return token with { Place = place++ };
            }

            i = end;
        }
    }

    // Parts that belong together: nothing but marks between them (GC-MS), or a space between letters and digits (JEM 2100).
    private static List<SearchToken> Chain(Piece[] cut, int start, out int end)
    {
        var parts = new List<string>();
        for (end = start; ;)
        {
            var last = cut[end].Kind;
            parts.Add(cut[end++].Text);
            var next = end;
            var spaced = false;
            for (; next < cut.Length && cut[next].Kind == Kind.Other; next++) spaced |= string.IsNullOrWhiteSpace(cut[next].Text);
            var joins = next < cut.Length && cut[next].Kind is Kind.Letter or Kind.Digit && parts.Count < MaxParts && (!spaced || cut[next].Kind != last);
            if (!joins) break;
            end = next;
        }

        return parts.Select((_, i) => new SearchToken(string.Concat(parts.Skip(i)), 0, IsCjk: false, IsSingle: false, IsChainStart: i == 0)).ToList();
    }

    private readonly record struct Piece(Kind Kind, string Text);

    // Single characters of CJK and of what separates; whole runs of letters and of digits.
    private static Piece[] Cut(string text)
    {
        var normal = Normalised(text);
        var pieces = new List<Piece>(normal.Length);
        for (var i = 0; i < normal.Length;)
        {
            var rune = Rune.GetRuneAt(normal, i);
            var kind = KindOf(rune);
            var end = i + rune.Utf16SequenceLength;
            if (kind is Kind.Letter or Kind.Digit)
                while (end < normal.Length && Rune.TryGetRuneAt(normal, end, out var next) && KindOf(next) == kind) end += next.Utf16SequenceLength;
            pieces.Add(new Piece(kind, normal[i..end]));
            i = end;
        }

        return [.. pieces];
    }

    /// <summary>In half width and lower case. What is not well-formed UTF-16 cannot be normalised; broken halves become U+FFFD.</summary>
    public static string Normalised(string text)
    {
        var sound = text.AsSpan().IndexOfAnyInRange('\ud800', '\udfff') < 0 ? text : string.Concat(text.EnumerateRunes().Select(r => r.ToString()));
        return sound.Normalize(NormalizationForm.FormKC).ToLowerInvariant();
    }

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
