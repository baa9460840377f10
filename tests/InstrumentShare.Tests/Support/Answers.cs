using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace InstrumentShare.Tests.Support;

/// <summary>Reads answers as a program does.</summary>
public static class Answers
{
    public static async Task<JsonElement> JsonAsync(this HttpResponseMessage answer, HttpStatusCode expected = HttpStatusCode.OK)
    {
        var text = await answer.Content.ReadAsStringAsync();
        answer.StatusCode.ShouldBe(expected, text);
        return JsonSerializer.Deserialize<JsonElement>(text);
    }

    public static async Task<string?> CodeAsync(this HttpResponseMessage answer) => (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("code").GetString();

    public static async Task ShouldRefuseAsync(this HttpResponseMessage answer, HttpStatusCode status, string code)
    {
        var text = await answer.Content.ReadAsStringAsync();
        answer.StatusCode.ShouldBe(status, text);
        JsonSerializer.Deserialize<JsonElement>(text).GetProperty("code").GetString().ShouldBe(code);
    }
}
