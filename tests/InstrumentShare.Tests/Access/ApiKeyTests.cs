using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using InstrumentShare.Access;
using InstrumentShare.Access.ApiKeys;
using InstrumentShare.Tests.Support;
using NodaTime;

namespace InstrumentShare.Tests.Access;

public sealed class ApiKeyTests(TestHost host) : IClassFixture<TestHost>
{
    [Theory]
    [InlineData(-1, "api-key.expiry")]
    [InlineData(0, "api-key.expiry")]
    [InlineData(1, null)]
    [InlineData(365L * 86_400, null)]
    [InlineData((365L * 86_400) + 1, "api-key.expiry")]
    public void A_key_expires_in_the_future_and_within_a_year(long seconds, string? code) =>
        Check("key", ["a"], FixedClock.Start + Duration.FromSeconds(seconds), 0).ShouldBe(code is null ? [] : [code]);

    [Fact]
    public void A_key_has_at_least_one_permission_and_none_that_its_owner_lacks()
    {
        Check("key", [], FixedClock.Start + Duration.FromDays(1), 0).ShouldBe(["api-key.no-scope"]);
        Check("key", ["a", "b", "c"], FixedClock.Start + Duration.FromDays(1), 0).ShouldBe(["api-key.scope", "api-key.scope"]);
    }

    [Theory]
    [InlineData(19, false)]
    [InlineData(20, true)]
    public void Nobody_has_more_than_20_live_keys(int live, bool refused) =>
        Check("key", ["a"], FixedClock.Start + Duration.FromDays(1), live).ShouldBe(refused ? ["api-key.too-many"] : []);

    [Fact]
    public async Task A_key_acts_as_its_owner_within_its_permissions_only_and_its_use_is_seen()
    {
        var admin = await host.Given.PersonWithRoleAsync(Role.SystemAdministrator);
        var api = await host.ApiAsync(admin);
        var machine = await MachineAsync(await MakeAsync(api, "account.own"));
        (await machine.GetFromJsonAsync<JsonElement>("/api/v1/account")).GetProperty("id").GetGuid().ShouldBe(admin.Id);
        (await machine.PostAsJsonAsync("/api/v1/institutions", new { })).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        var listed = (await api.GetFromJsonAsync<JsonElement>("/api/v1/account/api-keys")).GetProperty("items")[0];
        listed.GetProperty("lastUsedAt").ValueKind.ShouldBe(JsonValueKind.String);
        listed.ToString().ShouldNotContain("secret");
    }

    [Fact]
    public async Task A_key_makes_no_keys()
    {
        var machine = await MachineAsync(await MakeAsync(await host.ApiAsync(await host.Given.PersonAsync()), "account.own"));
        var answer = await machine.PostAsJsonAsync("/api/v1/account/api-keys", Request("account.own"));
        answer.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await CodeAsync(answer)).ShouldBe("api-key.by-key");
    }

    [Fact]
    public async Task A_permission_that_the_owner_loses_is_lost_to_the_key()
    {
        var admin = await host.Given.PersonWithRoleAsync(Role.SystemAdministrator);
        var machine = await MachineAsync(await MakeAsync(await host.ApiAsync(admin), "system.manage"));
        (await machine.PostAsJsonAsync("/api/v1/institutions", new { })).StatusCode.ShouldBe(HttpStatusCode.BadRequest, "allowed, and the empty request is told its problems");
        await host.ExecuteAsync("UPDATE role_grants SET revoked_at = now() WHERE person_id = @id", ("id", admin.Id));
        var other = host.NewNode();
        await using (other.ConfigureAwait(false))
        {
            var client = other.CreateClient();
            client.DefaultRequestHeaders.Authorization = machine.DefaultRequestHeaders.Authorization;
            (await client.PostAsJsonAsync("/api/v1/institutions", new { })).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        }
    }

    [Fact]
    public async Task A_revoked_expired_mangled_or_unknown_key_opens_nothing()
    {
        var api = await host.ApiAsync(await host.Given.PersonAsync());
        var revoked = await MakeAsync(api, "account.own");
        (await (await MachineAsync(revoked)).GetAsync("/api/v1/account")).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await api.DeleteAsync($"/api/v1/account/api-keys/{revoked.Id}")).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        var expired = await MakeAsync(api, "account.own");
        await host.ExecuteAsync("UPDATE api_keys SET expires_at = created_at WHERE id = @id", ("id", expired.Id));
        var good = await MakeAsync(api, "account.own");
        var otherSecret = good.Key[..^1] + (good.Key[^1] == '0' ? '1' : '0');
        foreach (var key in new[] { revoked.Key, expired.Key, otherSecret, "is_", "is_a_b_c", "is_000000000000_" + new string('0', 64) })
            (await (await MachineAsync((Guid.Empty, key))).GetAsync("/api/v1/account")).StatusCode.ShouldBe(HttpStatusCode.Unauthorized, key);
    }

    [Fact]
    public async Task Nobody_revokes_anothers_key()
    {
        var key = await MakeAsync(await host.ApiAsync(await host.Given.PersonAsync()), "account.own");
        (await (await host.ApiAsync(await host.Given.PersonAsync())).DeleteAsync($"/api/v1/account/api-keys/{key.Id}")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await (await MachineAsync(key)).GetAsync("/api/v1/account")).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task The_page_shows_a_new_key_once()
    {
        var pages = await host.PagesAsync(await host.Given.PersonAsync());
        var made = await pages.SubmitAsync(await pages.GetAsync("/account/api-keys"), "form[data-new-key]", ("Name", "nightly export"), ("Scopes", "account.own"));
        var key = made.QuerySelector("[data-made]")!.TextContent;
        (await (await MachineAsync((Guid.Empty, key))).GetAsync("/api/v1/account")).StatusCode.ShouldBe(HttpStatusCode.OK);
        var later = await pages.GetAsync("/account/api-keys");
        later.Body!.TextContent.ShouldContain("nightly export");
        later.Body!.TextContent.ShouldNotContain(key);
    }

    private static IEnumerable<string> Check(string name, IReadOnlyCollection<string> scopes, Instant expiresAt, int live) =>
        ApiKeyRules.Check(name, scopes, expiresAt, new HashSet<string> { "a" }, live, FixedClock.Start).Select(p => p.Code);

    private static object Request(string scope) => new { name = "key", scopes = new[] { scope }, expiresAt = "2026-06-01T00:00:00Z" };

    private static async Task<(Guid Id, string Key)> MakeAsync(HttpClient api, string scope)
    {
        var answer = await api.PostAsJsonAsync("/api/v1/account/api-keys", Request(scope));
        answer.StatusCode.ShouldBe(HttpStatusCode.Created);
        var made = await answer.Content.ReadFromJsonAsync<JsonElement>();
        return (made.GetProperty("id").GetGuid(), made.GetProperty("key").GetString()!);
    }

    private async Task<HttpClient> MachineAsync((Guid Id, string Key) key)
    {
        var client = await host.ApiAsync();
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key.Key);
        return client;
    }

    private static async Task<string?> CodeAsync(HttpResponseMessage answer) => (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("code").GetString();
}
