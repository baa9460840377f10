using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using InstrumentShare.Tests.Support;

namespace InstrumentShare.Tests.Access;

public sealed class SessionTests(TestHost host) : IClassFixture<TestHost>
{
    [Fact]
    public async Task A_cookie_and_a_token_of_one_node_are_good_on_another()
    {
        var person = await host.Given.PersonAsync(name: "孙七");
        await using var second = host.NewNode();
        var client = host.First.CreateClient(new() { AllowAutoRedirect = false });
        var pages = new PageClient(client);
        await pages.SubmitAsync(await pages.GetAsync("/sign-in"), "form[data-sign-in]", ("Email", person.Email!), ("Password", Given.Password));
        var cookie = pages.Last.Headers.GetValues("Set-Cookie").Single(c => c.StartsWith("instrumentshare=", StringComparison.Ordinal)).Split(';')[0];
        var elsewhere = second.CreateClient(new() { HandleCookies = false });
        elsewhere.DefaultRequestHeaders.Add("Cookie", cookie);
        (await elsewhere.GetStringAsync("/account")).ShouldContain("孙七");

        var token = (await host.ApiAsync(person)).DefaultRequestHeaders.Authorization;
        var program = second.CreateClient();
        program.DefaultRequestHeaders.Authorization = token;
        (await program.GetFromJsonAsync<JsonElement>("/api/v1/account")).GetProperty("name").GetString().ShouldBe("孙七");
    }

    [Fact]
    public async Task A_refresh_token_gives_a_new_token_until_the_password_changes()
    {
        var person = await host.Given.PersonAsync();
        var api = await host.ApiAsync();
        var login = await (await api.PostAsJsonAsync("/api/v1/account/login", new { email = person.Email, password = Given.Password })).Content.ReadFromJsonAsync<JsonElement>();
        var refreshToken = login.GetProperty("refreshToken").GetString();
        var refreshed = await api.PostAsJsonAsync("/api/v1/account/refresh", new { refreshToken });
        refreshed.StatusCode.ShouldBe(HttpStatusCode.OK);
        var token = (await refreshed.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("accessToken").GetString();
        api.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        var changed = await api.PostAsJsonAsync("/api/v1/account/password", new { currentPassword = Given.Password, newPassword = "another good password" });
        changed.StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (await api.PostAsJsonAsync("/api/v1/account/refresh", new { refreshToken })).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("nonsense")]
    public async Task A_made_up_refresh_token_is_a_401(string? refreshToken) =>
        (await (await host.ApiAsync()).PostAsJsonAsync("/api/v1/account/refresh", new { refreshToken })).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);

    [Fact]
    public async Task A_form_without_its_antiforgery_field_is_refused_and_changes_nothing()
    {
        var person = await host.Given.PersonAsync(name: "周八");
        var pages = await host.PagesAsync(person);
        var answer = await pages.Http.PostAsync("/account", new FormUrlEncodedContent([new("Name", "changed"), new("Language", "en")]));
        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        var api = await pages.Http.PatchAsJsonAsync("/api/v1/account", new { name = "changed" });
        api.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await api.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("code").GetString().ShouldBe("request.antiforgery");
        (await pages.GetAsync("/account")).QuerySelector("#Name")!.GetAttribute("value").ShouldBe("周八");
    }

    [Fact]
    public async Task The_account_page_keeps_names_and_language()
    {
        var person = await host.Given.PersonAsync(language: "en");
        var pages = await host.PagesAsync(person);
        var after = await pages.SubmitAsync(await pages.GetAsync("/account"), "form[data-account]", ("Name", "吴九"), ("NameEn", "Wu Jiu"), ("Language", "zh-CN"));
        after.DocumentElement.GetAttribute("lang").ShouldBe("zh-CN");
        after.QuerySelector("#Name")!.GetAttribute("value").ShouldBe("吴九");
        (await host.ScalarAsync<string>("SELECT after->>'nameEn' FROM audit_entries WHERE subject_id = @id AND action = 'account.changed'", ("id", person.Id.ToString()))).ShouldBe("Wu Jiu");
    }

    [Fact]
    public async Task A_wrong_present_password_changes_nothing_and_counts_towards_the_lock()
    {
        var pages = await host.PagesAsync(await host.Given.PersonAsync());
        for (var i = 0; i < 5; i++)
        {
            var after = await pages.SubmitAsync(await pages.GetAsync("/account"), "form[data-password]", ("CurrentPassword", "wrong password"), ("NewPassword", "another good password"));
            after.QuerySelector("#CurrentPassword-problem").ShouldNotBeNull();
        }

        var locked = await pages.SubmitAsync(await pages.GetAsync("/account"), "form[data-password]", ("CurrentPassword", Given.Password), ("NewPassword", "another good password"));
        locked.QuerySelector("[role=alert]")!.TextContent.ShouldContain("account.locked-out");
    }

    [Fact]
    public async Task Personal_data_holds_what_is_kept_and_no_secret()
    {
        var person = await host.Given.PersonAsync(name: "郑十");
        var pages = await host.PagesAsync(person);
        var file = await pages.Http.GetAsync("/account/personal-data?handler=Download");
        file.Content.Headers.ContentDisposition!.FileName.ShouldNotBeNull();
        var text = await file.Content.ReadAsStringAsync();
        text.ShouldContain("郑十");
        text.ShouldContain(person.Email!);
        text.ShouldNotContain("passwordHash", Case.Insensitive);
        text.ShouldNotContain("stamp", Case.Insensitive);
    }

    [Fact]
    public async Task A_closed_account_is_gone_for_its_owner_and_kept_for_the_auditor()
    {
        var person = await host.Given.PersonAsync(name: "冯一");
        var (pages, api) = (await host.PagesAsync(person), await host.ApiAsync(person));
        var wrong = await pages.SubmitAsync(await pages.GetAsync("/account/personal-data"), "form[data-close]", ("Password", "wrong password"));
        wrong.QuerySelector("[role=alert]")!.TextContent.ShouldContain("account.password-wrong");
        await pages.SubmitAsync(await pages.GetAsync("/account/personal-data"), "form[data-close]", ("Password", Given.Password));
        (await api.GetAsync("/api/v1/account")).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await api.PostAsJsonAsync("/api/v1/account/login", new { email = person.Email, password = Given.Password })).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await host.ScalarAsync<long>("SELECT count(*) FROM people WHERE id = @id AND email IS NULL AND password_hash IS NULL AND name <> '冯一'", ("id", person.Id))).ShouldBe(1);
        (await host.ScalarAsync<string>("SELECT before->>'name' FROM audit_entries WHERE subject_id = @id AND action = 'account.closed'", ("id", person.Id.ToString()))).ShouldBe("冯一");
    }

    [Fact]
    public async Task Who_leads_a_group_hands_it_over_before_leaving()
    {
        var institution = await host.Given.InstitutionAsync();
        var leader = await host.Given.PersonAsync(institution);
        await host.Given.GroupAsync(institution, leader);
        var pages = await host.PagesAsync(leader);
        var refused = await pages.SubmitAsync(await pages.GetAsync("/account/personal-data"), "form[data-close]", ("Password", Given.Password));
        refused.QuerySelector("[role=alert]")!.TextContent.ShouldContain("account.leads-group");
    }
}
