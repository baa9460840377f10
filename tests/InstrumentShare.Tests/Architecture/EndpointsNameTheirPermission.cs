using InstrumentShare.Access;
using InstrumentShare.Tests.Support;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.Mvc.RazorPages.Infrastructure;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace InstrumentShare.Tests.Architecture;

/// <summary>
/// Every page and route names a permission that a module declares, or stands here, on the short list of what is open to
/// everyone. Whoever opens something adds it here on purpose.
/// </summary>
public sealed class EndpointsNameTheirPermission(TestHost host) : IClassFixture<TestHost>
{
    private static readonly HashSet<string> Open = new(StringComparer.Ordinal)
    {
        // The program's own face: home, errors, language, mail of the demo (absent elsewhere), static files, health, the API's description.
        "GET /", "GET /error", "GET /language", "GET /docs", "GET /demo/mail/{id:guid?}", "GET /openapi/{documentName}.json", "GET /health/live", "GET /health/ready", "GET /{**path}",

        // Sign-in and all that leads to it.
        "GET /sign-in", "GET /sign-in/code", "GET /sign-out", "GET /sign-up", "GET /confirm-email", "GET /confirm-email/resend", "GET /forgot-password", "GET /reset-password", "GET /forbidden",
        "POST /api/v1/account/login", "POST /api/v1/account/refresh", "POST /api/v1/account/sign-up", "POST /api/v1/account/confirm-email", "POST /api/v1/account/confirm-email/resend",
        "POST /api/v1/account/forgot-password", "POST /api/v1/account/reset-password",

        // Calendar programs cannot sign in: the secret in the address is the key, and it shows what its owner may see.
        "GET /api/v1/feeds/{token}.ics",

        // What the label on an instrument leads to; tablets, which know their devices and people by cookies of their own.
        "GET /usage/seals", "GET /api/v1/usage-seals", "GET /b/{code}", "GET /api/v1/instruments/{id:guid}/bench", "GET /kiosk/{id:guid?}", "GET /kiosk/enrol",

        // Public facts: institutions, the catalogue, an instrument with its calendar without names, policies.
        "GET /api/v1/institutions", "GET /api/v1/institutions/{id:guid}",
        "GET /instruments", "GET /instruments/{id:guid}", "GET /instruments/{id:guid}/calendar", "GET /calendar", "GET /api/v1/calendar", "GET /api/v1/calendar/stream", "GET /classification",
        "GET /api/v1/instruments", "GET /api/v1/instruments/{id:guid}", "GET /api/v1/instruments/{id:guid}/calendar", "GET /api/v1/instruments/{id:guid}/free-slots",
        "GET /api/v1/instruments/{id:guid}/closures", "GET /api/v1/instruments/{id:guid}/prices", "GET /api/v1/instruments/facets", "GET /api/v1/classification", "GET /api/v1/regions", "GET /subsidies/policies", "GET /subsidies/policies/{id}", "GET /api/v1/subsidy/policies", "GET /api/v1/subsidy/policies/{id}",
    };

    private const string StaticFilesInDevelopment = "/{**path:file}";

    [Fact]
    public async Task Every_page_and_route_names_a_declared_permission_or_stands_on_the_open_list()
    {
        var permissions = host.Services.GetRequiredService<PermissionCatalog>();
        var wrong = new List<string>();
        foreach (var (name, metadata) in await EndpointsAsync())
        {
            var named = metadata.OfType<RequirePermissionAttribute>().Select(a => a.Permission).ToList();
            var isOpen = metadata.OfType<IAllowAnonymous>().Any();
            if (isOpen && named.Count > 0) wrong.Add($"{name} is open and names {named[0]}");
            else if (isOpen && metadata.OfType<PublicAttribute>().Any() && !Open.Contains(name)) wrong.Add($"{name} is open and not on the list");
            else if (isOpen && !metadata.OfType<PublicAttribute>().Any()) wrong.Add($"{name} is open by another way than [Public]");
            else if (!isOpen && named.Count == 0) wrong.Add($"{name} names no permission");
            else if (named.FirstOrDefault(n => !permissions.Exists(n)) is { } unknown) wrong.Add($"{name} names {unknown}, which no module declares");
        }

        wrong.ShouldBeEmpty();
    }

    [Fact]
    public void Every_declared_permission_is_given_to_some_role() =>
        host.Services.GetRequiredService<PermissionCatalog>().All.Where(p => p.Roles.Length == 0).Select(p => p.Name).ShouldBeEmpty();

    [Fact]
    public void Auditors_have_no_permission_that_writes() =>
        host.Services.GetRequiredService<PermissionCatalog>().All.Where(p => p.Roles.Contains(Role.Auditor)).Select(p => p.Name.Split('.')[^1])
            .ShouldAllBe(action => action == "own" || action == "read" || action.StartsWith("read", StringComparison.Ordinal) || action.StartsWith("view", StringComparison.Ordinal));

    private async Task<List<(string Name, IReadOnlyList<object> Metadata)>> EndpointsAsync()
    {
        var loader = host.Services.GetRequiredService<PageLoader>();
        var found = new List<(string, IReadOnlyList<object>)>();
        foreach (var endpoint in host.Services.GetServices<EndpointDataSource>().SelectMany(s => s.Endpoints).OfType<RouteEndpoint>())
        {
            var route = "/" + endpoint.RoutePattern.RawText?.Trim('/');
            if (endpoint.Metadata.GetMetadata<PageActionDescriptor>() is { } page)
            {
                var compiled = await loader.LoadAsync(page, EndpointMetadataCollection.Empty);
                found.Add(($"GET {route}", compiled.HandlerTypeInfo.GetCustomAttributes(inherit: true)));
            }
            else if (endpoint.Metadata.GetMetadata<Microsoft.AspNetCore.StaticAssets.StaticAssetDescriptor>() is null && route != StaticFilesInDevelopment)
            {
                var verbs = endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? ["GET"];
                found.AddRange(verbs.Where(v => v != "HEAD").Select(v => ($"{v} {route}", (IReadOnlyList<object>)[.. endpoint.Metadata])));
            }
        }

        return found;
    }
}
