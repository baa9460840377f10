using System.Net;
using System.Net.Http.Json;
using InstrumentShare.Tests.Support;

namespace InstrumentShare.Tests.Access;

public sealed class FewSignIns : TestHost
{
    protected override IEnumerable<KeyValuePair<string, string>> Settings => [new("Web:SignInsPerMinute", "3")];
}

public sealed class RateLimitTests(FewSignIns host) : IClassFixture<FewSignIns>
{
    [Fact]
    public async Task Too_many_attempts_are_a_429_that_says_when_to_come_back_and_forms_can_still_be_seen()
    {
        var api = await host.ApiAsync();
        var answers = new List<HttpResponseMessage>();
        for (var i = 0; i < 5; i++) answers.Add(await api.PostAsJsonAsync("/api/v1/account/login", new { email = "nobody@example.org", password = "x" }));
        answers.Take(3).ShouldAllBe(a => a.StatusCode == HttpStatusCode.Unauthorized);
        answers.Skip(3).ShouldAllBe(a => a.StatusCode == HttpStatusCode.TooManyRequests);
        answers[^1].Headers.RetryAfter!.Delta.ShouldNotBeNull();
        (await answers[^1].Content.ReadAsStringAsync()).ShouldContain("request.too-many");

        (await api.GetAsync("/sign-in")).StatusCode.ShouldBe(HttpStatusCode.OK);
        var page = await api.PostAsync("/sign-in", new FormUrlEncodedContent([]));
        page.StatusCode.ShouldBe(HttpStatusCode.TooManyRequests);
        page.Headers.RetryAfter!.Delta.ShouldNotBeNull();
        (await page.Content.ReadAsStringAsync()).ShouldContain("<h1");
    }
}
