using InstrumentShare.Access;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace InstrumentShare.Web.Pages;

/// <summary>The OpenAPI document as a page to read: no script, no outside font, within our content security policy.</summary>
[Public]
public sealed class DocsModel(IServiceProvider services) : PageModel
{
    public sealed record Operation(string Id, string Method, string Path, OpenApiOperation Details);

    public IReadOnlyList<IGrouping<string, Operation>> Groups { get; private set; } = [];

    public async Task OnGetAsync(CancellationToken cancel)
    {
        var document = await services.GetRequiredKeyedService<IOpenApiDocumentProvider>("v1").GetOpenApiDocumentAsync(cancel);
        Groups = document.Paths
            .SelectMany(p => p.Value.Operations?.Select(o => (Path: p.Key, Method: o.Key.Method.ToUpperInvariant(), o.Value)) ?? [])
            .Select((o, index) => new Operation($"op-{index}", o.Method, o.Path, o.Value))
            .GroupBy(o => o.Details.Tags?.FirstOrDefault()?.Name ?? "API").OrderBy(g => g.Key, StringComparer.Ordinal).ToList();
    }

    /// <summary>A type in one word or two: <c>string (date)</c>, <c>array of Booking</c>.</summary>
    public static string TypeOf(IOpenApiSchema? schema) => schema switch
    {
        null => string.Empty,
        OpenApiSchemaReference reference => reference.Reference.Id ?? "object",
        { Items: { } items } => "array of " + TypeOf(items),
        { Enum: { Count: > 0 } words } => string.Join(" | ", words.Select(w => w?.ToString())),
        { OneOf: { Count: > 0 } choices } => string.Join(" | ", choices.Select(TypeOf)),
        _ => ((schema.Type & ~JsonSchemaType.Null)?.ToString().ToLowerInvariant() ?? "object") + (schema.Format is null ? string.Empty : $" ({schema.Format})"),
    };

    public static IEnumerable<(string Name, IOpenApiSchema Schema, bool IsRequired)> BodyOf(OpenApiOperation operation)
    {
        var schema = operation.RequestBody?.Content?.Values.FirstOrDefault()?.Schema;
        return schema?.Properties?.Select(p => (p.Key, p.Value, schema.Required?.Contains(p.Key) == true)) ?? [];
    }
}
