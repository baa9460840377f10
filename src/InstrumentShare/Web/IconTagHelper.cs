using Microsoft.AspNetCore.Razor.TagHelpers;

namespace InstrumentShare.Web;

/// <summary><c>&lt;icon name="calendar"/&gt;</c>: a picture from the sprite, silent to screen readers unless it has a <c>label</c>. The names stand in Client/icons.txt.</summary>
[HtmlTargetElement("icon", TagStructure = TagStructure.NormalOrSelfClosing)]
public sealed class IconTagHelper : TagHelper
{
    public const string Sprite = "/dist/icons.svg";

    public string Name { get; set; } = "point";

    public string? Label { get; set; }

    public override void Process(TagHelperContext context, TagHelperOutput output)
    {
        output.TagName = "svg";
        output.TagMode = TagMode.StartTagAndEndTag;
        output.Attributes.SetAttribute("class", ("icon " + context.AllAttributes["class"]?.Value).TrimEnd());
        if (Label is null) output.Attributes.SetAttribute("aria-hidden", "true");
        else
        {
            output.Attributes.SetAttribute("role", "img");
            output.Attributes.SetAttribute("aria-label", Label);
        }

        output.Content.SetHtmlContent($"<use href=\"{Sprite}#{System.Net.WebUtility.HtmlEncode(Name)}\"></use>");
    }
}
