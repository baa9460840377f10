using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Razor.TagHelpers;
using NodaTime;

namespace InstrumentShare.Web;

/// <summary>A span on a line of time: which lane from the top, how it looks (<c>booked</c>, <c>used</c>, <c>problem</c>, <c>quiet</c>, <c>now</c>) and what it says.</summary>
public sealed record Bar(Instant From, Instant To, int Lane, string Kind, string Title);

/// <summary>
/// <c>&lt;time-bars from="…" to="…" items="…" label="…"/&gt;</c>: spans of time beside one another as SVG, whose positions are
/// attributes because styles may not stand in the page. What it shows stands beside it in words too.
/// </summary>
[HtmlTargetElement("time-bars", TagStructure = TagStructure.NormalOrSelfClosing)]
public sealed class BarsTagHelper : TagHelper
{
    private const int Width = 1000;
    private const int LaneHeight = 14;

    public Instant From { get; set; }

    public Instant To { get; set; }

    public IReadOnlyList<Bar> Items { get; set; } = [];

    public int Lanes { get; set; } = 2;

    /// <summary>Marks on the line: hours of a day, beginnings of years.</summary>
    public IReadOnlyList<Instant> Ticks { get; set; } = [];

    public required string Label { get; set; }

    public override void Process(TagHelperContext context, TagHelperOutput output)
    {
        var height = Lanes * LaneHeight;
        var svg = new StringBuilder();
        svg.Append(CultureInfo.InvariantCulture, $"<rect class=\"bar-ground\" width=\"{Width}\" height=\"{height}\"></rect>");
        foreach (var tick in Ticks) svg.Append(CultureInfo.InvariantCulture, $"<rect class=\"bar-tick\" x=\"{X(tick)}\" width=\"1\" height=\"{height}\"></rect>");
        foreach (var bar in Items.Where(b => b.To > From && b.From < To))
        {
            var (x, end) = (X(bar.From), X(bar.To));
            var (y, tall) = bar.Kind == "now" ? (0, height) : (2 + (bar.Lane * LaneHeight), LaneHeight - 4);
            svg.Append(CultureInfo.InvariantCulture, $"<rect class=\"bar bar-{bar.Kind}\" x=\"{x}\" y=\"{y}\" width=\"{Math.Max(end - x, 3)}\" height=\"{tall}\"><title>{System.Net.WebUtility.HtmlEncode(bar.Title)}</title></rect>");
        }

        output.TagName = "svg";
        output.TagMode = TagMode.StartTagAndEndTag;
        output.Attributes.SetAttribute("class", "time-bars");
        output.Attributes.SetAttribute("viewBox", string.Create(CultureInfo.InvariantCulture, $"0 0 {Width} {height}"));
        output.Attributes.SetAttribute("preserveAspectRatio", "none");
        output.Attributes.SetAttribute("role", "img");
        output.Attributes.SetAttribute("aria-label", Label);
        output.Content.SetHtmlContent(svg.ToString());
    }

    private long X(Instant at)
    {
        var whole = (To - From).ToInt64Nanoseconds();
        return whole <= 0 ? 0 : (long)(Math.Clamp((decimal)(at - From).ToInt64Nanoseconds() / whole, 0m, 1m) * Width);
    }
}
