using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using InstrumentShare.Tests.Support;

namespace InstrumentShare.Tests.Web;

public sealed class AnswerTests(TestHost host) : IClassFixture<TestHost>
{
    [Fact]
    public async Task Every_answer_carries_the_security_headers()
    {
        var answer = await (await host.ApiAsync()).GetAsync("/");
        answer.Headers.GetValues("Content-Security-Policy").Single().ShouldContain("script-src 'self'");
        answer.Headers.GetValues("X-Content-Type-Options").Single().ShouldBe("nosniff");
        answer.Headers.Contains("Server").ShouldBeFalse();
    }

    [Theory]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("")]
    public async Task Unreadable_json_is_a_400_with_a_code(string body)
    {
        var answer = await (await host.ApiAsync()).PostAsync("/api/v1/account/login", new StringContent(body, System.Text.Encoding.UTF8, "application/json"));
        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await CodeOf(answer)).ShouldBe("request.unreadable");
    }

    [Fact]
    public async Task An_unknown_address_is_a_404_for_programs_and_people()
    {
        var api = await host.ApiAsync();
        var answer = await api.GetAsync("/api/v1/nothing");
        answer.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await CodeOf(answer)).ShouldBe("request.not-found");
        var page = await api.GetAsync("/nothing");
        page.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await page.Content.ReadAsStringAsync()).ShouldContain("<h1");
    }

    [Theory]
    [InlineData("zh-CN", "邮箱或密码不正确")]
    [InlineData("en", "is not right")]
    public async Task Problems_speak_the_callers_language(string language, string words)
    {
        var answer = await (await host.ApiAsync(language: language)).PostAsJsonAsync("/api/v1/account/login", new { email = "nobody@example.org", password = "x" });
        answer.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await answer.Content.ReadAsStringAsync()).ShouldContain(words);
    }

    [Fact]
    public async Task Health_is_told_without_sign_in()
    {
        var api = await host.ApiAsync();
        (await api.GetAsync("/health/live")).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await api.GetAsync("/health/ready")).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    private static async Task<string?> CodeOf(HttpResponseMessage answer) => (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("code").GetString();
}
