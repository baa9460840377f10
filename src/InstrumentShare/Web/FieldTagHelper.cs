using InstrumentShare.Kernel;
using Microsoft.AspNetCore.Mvc.Rendering;
using Microsoft.AspNetCore.Razor.TagHelpers;

namespace InstrumentShare.Web;

/// <summary>
/// <c>&lt;field name="email" label="account.email" /&gt;</c>: an input with its label, its hint and, beside it, the problems
/// that name it (in the API's camelCase spelling or the form's). Other attributes (<c>type</c>, <c>required</c>, <c>autocomplete</c> …) go to the input.
/// </summary>
[HtmlTargetElement("field", TagStructure = TagStructure.WithoutEndTag)]
public sealed class FieldTagHelper(Words words) : TagHelper
{
    public required string Name { get; set; }

    /// <summary>Key of the label's words.</summary>
    public required string Label { get; set; }

    /// <summary>Key of the hint's words, if there is one.</summary>
    public string? Hint { get; set; }

    public string? Value { get; set; }

    /// <summary>Choices, each a value and its words; then the field is a list to choose from.</summary>
    public IEnumerable<(string Value, string Text)>? Options { get; set; }

    public IReadOnlyList<Problem>? Problems { get; set; }

    public override void Process(TagHelperContext context, TagHelperOutput output)
    {
        var problems = Problems?.Where(p => string.Equals(p.Field, Name, StringComparison.OrdinalIgnoreCase)).ToList() ?? [];
        var input = Options is null ? Input() : Select(Options);
        foreach (var attribute in output.Attributes) input.MergeAttribute(attribute.Name, attribute.Value?.ToString() ?? string.Empty, replaceExisting: true);
        input.AddCssClass(Options is null ? "form-control" : "form-select");
        if (problems.Count > 0) input.AddCssClass("is-invalid");
        if (problems.Count > 0) input.MergeAttribute("aria-invalid", "true");
        var describedBy = string.Join(' ', new[] { Hint is null ? null : Name + "-hint", problems.Count > 0 ? Name + "-problem" : null }.OfType<string>());
        if (describedBy.Length > 0) input.MergeAttribute("aria-describedby", describedBy);

        output.Attributes.Clear();
        (output.TagName, output.TagMode) = ("div", TagMode.StartTagAndEndTag);
        output.Attributes.SetAttribute("class", "mb-3");
        var label = Text("label", "form-label", words[Label]);
        label.MergeAttribute("for", Name);
        output.Content.AppendHtml(label).AppendHtml(input);
        if (Hint is not null) output.Content.AppendHtml(Text("div", "form-hint", words[Hint], Name + "-hint"));
        if (problems.Count > 0) output.Content.AppendHtml(Text("div", "invalid-feedback", string.Join(' ', problems.Select(p => words.Of(p))), Name + "-problem"));
    }

    private TagBuilder Input()
    {
        var input = new TagBuilder("input") { TagRenderMode = TagRenderMode.SelfClosing, Attributes = { ["id"] = Name, ["name"] = Name, ["type"] = "text" } };
        if (Value is not null) input.MergeAttribute("value", Value);
        return input;
    }

    private TagBuilder Select(IEnumerable<(string Value, string Text)> options)
    {
        var select = new TagBuilder("select") { Attributes = { ["id"] = Name, ["name"] = Name } };
        foreach (var (value, text) in options)
        {
            var option = Text("option", null, text);
            option.MergeAttribute("value", value);
            if (value == Value) option.MergeAttribute("selected", "selected");
            select.InnerHtml.AppendHtml(option);
        }

        return select;
    }

    private static TagBuilder Text(string tag, string? css, string text, string? id = null)
    {
        var builder = new TagBuilder(tag);
        if (css is not null) builder.AddCssClass(css);
        if (id is not null) builder.MergeAttribute("id", id);
        builder.InnerHtml.Append(text);
        return builder;
    }
}
