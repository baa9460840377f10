using System.Globalization;
using System.Text;

namespace InstrumentShare.Kernel;

/// <summary>
/// Code 128 (ISO/IEC 15417), set B: any printable ASCII text as bars, with its check symbol. Widths count modules, the narrowest
/// bar being one.
/// </summary>
public static class Code128
{
    private const int StartB = 104;
    private const int Stop = 106;

    /// <summary>Modules of white that must stand on either side.</summary>
    public const int QuietZone = 10;

    // Bar, space, bar, space … of each symbol, value 0 to 106; every symbol is 11 modules wide, the stop 13.
    private const string Widths =
        "212222222122222221121223121322131222122213122312132212221213221312231212112232122132122231113222123122123221223211221132221231213212223112312131311222321122321221312212322112322211212123212321232121" +
        "111323131123131321112313132113132311211313231113231311112133112331132131113123113321133121313121211331231131213113213311213131311123311321331121312113312311332111314111221411431111111224111422121124" +
        "121421141122141221112214112412122114122411142112142211241211221114413111241112134111111242121142121241114212124112124211411212421112421211212141214121412121111143111341131141114113114311411113411311" +
        "113141114131311141411131211412211214211232" + "2331112";

    /// <summary>The widths of bars and spaces by turns, bars first, from start to stop.</summary>
    /// <exception cref="ArgumentException">Empty, or a character that is not printable ASCII.</exception>
    public static IReadOnlyList<int> Encode(string text)
    {
        if (text.Length == 0 || text.Any(c => c is < ' ' or > '~')) throw new ArgumentException("Code 128 B holds printable ASCII.", nameof(text));
        var values = text.Select(c => c - ' ').ToList();
        var check = (StartB + values.Select((v, at) => v * (at + 1)).Sum()) % 103;
        return [.. values.Prepend(StartB).Append(check).Append(Stop).SelectMany(Symbol)];
    }

    /// <summary>The bars as an SVG picture, one unit a module, with its quiet zones; it needs no style and no script.</summary>
    /// <param name="label">What screen readers say.</param>
    public static string Svg(string text, string label, int height = 40)
    {
        var (path, x) = (new StringBuilder(), QuietZone);
        foreach (var (width, at) in Encode(text).Select((w, at) => (w, at)))
        {
            if (at % 2 == 0) path.Append(CultureInfo.InvariantCulture, $"M{x} 0h{width}v{height}h-{width}z");
            x += width;
        }

        return string.Create(CultureInfo.InvariantCulture, $"""<svg class="barcode" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {x + QuietZone} {height}" preserveAspectRatio="none" role="img" aria-label="{System.Net.WebUtility.HtmlEncode(label)}" shape-rendering="crispEdges"><path d="{path}"/></svg>""");
    }

    private static IEnumerable<int> Symbol(int value) => Widths.Substring(value * 6, value == Stop ? 7 : 6).Select(c => c - '0');
}
