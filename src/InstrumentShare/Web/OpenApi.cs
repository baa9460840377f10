using InstrumentShare.Kernel;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using NodaTime;

namespace InstrumentShare.Web;

/// <summary>Says in the OpenAPI document what our converters write, and how one signs in.</summary>
public static class OpenApi
{
    public static void Configure(OpenApiOptions options)
    {
        options.AddDocumentTransformer((document, _, _) =>
        {
            document.Info = new OpenApiInfo { Title = "InstrumentShare", Version = "v1" };
            document.Servers = [];
            document.Components ??= new OpenApiComponents();
            document.Components.SecuritySchemes = new Dictionary<string, IOpenApiSecurityScheme>
            {
                ["bearer"] = new OpenApiSecurityScheme { Type = SecuritySchemeType.Http, Scheme = "bearer", Description = "A token from /api/v1/account/login, or an API key (is_…)." },
            };
            document.Security = [new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference("bearer", document)] = [] }];
            return Task.CompletedTask;
        });
        options.AddSchemaTransformer((schema, context, _) =>
        {
            Describe(schema, Nullable.GetUnderlyingType(context.JsonTypeInfo.Type) ?? context.JsonTypeInfo.Type);
            return Task.CompletedTask;
        });
    }

    private static void Describe(OpenApiSchema schema, Type type)
    {
        if (type == typeof(Instant)) Text(schema, "date-time", "ISO 8601 with an offset; UTC on output");
        else if (type == typeof(LocalDate)) Text(schema, "date", "yyyy-MM-dd");
        else if (type == typeof(Region)) Text(schema, null, "CN- and 2, 4 or 6 digits of GB/T 2260");
        else if (type.GetInterfaces().Any(i => i.IsGenericType && i.GetGenericTypeDefinition() == typeof(ITypedId<>))) Text(schema, "uuid", null);
        else if (type == typeof(Money))
        {
            schema.Type = JsonSchemaType.Object;
            schema.Properties = new Dictionary<string, IOpenApiSchema>
            {
                ["amount"] = new OpenApiSchema { Type = JsonSchemaType.String, Description = "At most two decimals, such as 123.45" },
                ["currency"] = new OpenApiSchema { Type = JsonSchemaType.String, Description = "ISO 4217" },
            };
        }
    }

    private static void Text(OpenApiSchema schema, string? format, string? description)
    {
        (schema.Type, schema.Format, schema.Description) = (JsonSchemaType.String, format, description);
        schema.Properties?.Clear();
    }
}
