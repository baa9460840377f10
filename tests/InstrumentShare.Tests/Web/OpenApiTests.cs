using System.Net.Http.Json;
using System.Text.Json;
using InstrumentShare.Tests.Support;

namespace InstrumentShare.Tests.Web;

public sealed class OpenApiTests(TestHost host) : IClassFixture<TestHost>
{
    [Fact]
    public async Task Every_operation_has_a_name_a_summary_and_a_tag()
    {
        var document = await (await host.ApiAsync()).GetFromJsonAsync<JsonElement>("/openapi/v1.json");
        var bare = document.GetProperty("paths").EnumerateObject()
            .Where(p => p.Name.StartsWith("/api/v1/", StringComparison.Ordinal))
            .SelectMany(p => p.Value.EnumerateObject().Select(o => (Name: $"{o.Name} {p.Name}", Operation: o.Value)))
            .Where(o => !o.Operation.TryGetProperty("operationId", out _) || !o.Operation.TryGetProperty("summary", out _) || !o.Operation.TryGetProperty("tags", out _))
            .Select(o => o.Name);
        bare.ShouldBeEmpty();
    }
}
