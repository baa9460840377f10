using System.Globalization;
using Microsoft.AspNetCore.Razor.TagHelpers;

namespace InstrumentShare.Web;

/// <summary><c>&lt;meter-bar value="3" max="8" label="…"/&gt;</c>: a bar whose length is an SVG attribute, because styles may not stand in the page.</summary>
[HtmlTargetElement("meter-bar", TagStructure = TagStructure.NormalOrSelfClosing)]
public sealed class MeterTagHelper : TagHelper
{
    public decimal Value { get; set; }

    public decimal Max { get; set; } = 100;

    /// <summary>What the bar says, for those who do not see it; the figure itself stands beside it.</summary>
    public required string Label { get; set; }

    /// <summary><c>good</c>, <c>warn</c> or <c>bad</c>; else the accent.</summary>
    public string? State { get; set; }

    public override void Process(TagHelperContext context, TagHelperOutput output)
    {
        var share = Max <= 0 ? 0 : Math.Clamp(Value / Max, 0, 1) * 100;
        output.TagName = "svg";
        output.TagMode = TagMode.StartTagAndEndTag;
        output.Attributes.SetAttribute("class", "meter");
        output.Attributes.SetAttribute("viewBox", "0 0 100 8");
        output.Attributes.SetAttribute("preserveAspectRatio", "none");
        output.Attributes.SetAttribute("role", "img");
        output.Attributes.SetAttribute("aria-label", Label);
        output.Content.SetHtmlContent(string.Create(CultureInfo.InvariantCulture,
            $"<rect class=\"meter-ground\" width=\"100\" height=\"8\"></rect><rect class=\"meter-fill{(State is "good" or "warn" or "bad" ? " meter-" + State : string.Empty)}\" width=\"{share:0.##}\" height=\"8\"></rect>"));
    }
}
