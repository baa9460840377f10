using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using InstrumentShare.Tests.Support;

namespace InstrumentShare.Tests.Access;

public sealed class SignInTests(TestHost host) : IClassFixture<TestHost>
{
    private const string Wrong = "not the password";

    [Fact]
    public async Task Address_and_password_sign_in_and_the_cookie_signs_out()
    {
        var person = await host.Given.PersonAsync(name: "李四");
        var pages = await host.PagesAsync(person);
        (await pages.GetAsync("/")).Body!.TextContent.ShouldContain("李四");
        var after = await pages.SubmitAsync(await pages.GetAsync("/"), "form[action='/sign-out']");
        after.Body!.TextContent.ShouldNotContain("李四");
    }

    [Theory]
    [InlineData("/language", "/language")]
    [InlineData("https://elsewhere.example/", "/")]
    [InlineData("//elsewhere.example/", "/")]
    public async Task After_sign_in_the_reader_goes_back_to_where_they_were_but_never_elsewhere(string returnUrl, string expected)
    {
        var person = await host.Given.PersonAsync();
        var client = host.First.CreateClient(new() { AllowAutoRedirect = false });
        var pages = new PageClient(client);
        var form = await pages.GetAsync("/sign-in?returnUrl=" + Uri.EscapeDataString(returnUrl));
        await pages.SubmitAsync(form, "form[data-sign-in]", ("Email", person.Email!), ("Password", Given.Password));
        pages.Last.StatusCode.ShouldBe(HttpStatusCode.Redirect);
        pages.Last.Headers.Location!.ToString().ShouldBe(expected);
    }

    [Fact]
    public async Task A_wrong_password_and_an_unknown_address_answer_the_same_and_keep_what_was_typed()
    {
        var person = await host.Given.PersonAsync();
        var pages = await host.PagesAsync();
        foreach (var email in new[] { person.Email!, "nobody@example.org" })
        {
            var after = await pages.SubmitAsync(await pages.GetAsync("/sign-in"), "form[data-sign-in]", ("Email", email), ("Password", Wrong));
            after.QuerySelector("[role=alert]")!.TextContent.ShouldContain("account.sign-in-failed");
            after.QuerySelector("#Email")!.GetAttribute("value").ShouldBe(email);
        }
    }

    [Fact]
    public async Task Five_wrong_passwords_lock_the_account_for_page_and_program_and_the_right_one_no_longer_helps()
    {
        var person = await host.Given.PersonAsync();
        var api = await host.ApiAsync();
        for (var i = 0; i < 4; i++) (await CodeAsync(api, person.Email!, Wrong)).ShouldBe("account.sign-in-failed");
        (await CodeAsync(api, person.Email!, Wrong)).ShouldBe("account.locked-out");
        (await CodeAsync(api, person.Email!, Given.Password)).ShouldBe("account.locked-out");
        var pages = await host.PagesAsync();
        var after = await pages.SubmitAsync(await pages.GetAsync("/sign-in"), "form[data-sign-in]", ("Email", person.Email!), ("Password", Given.Password));
        after.QuerySelector("[role=alert]")!.TextContent.ShouldContain("account.locked-out");
    }

    [Fact]
    public async Task A_right_password_in_between_starts_the_count_anew()
    {
        var person = await host.Given.PersonAsync();
        var api = await host.ApiAsync();
        for (var round = 0; round < 2; round++)
        {
            for (var i = 0; i < 4; i++) (await CodeAsync(api, person.Email!, Wrong)).ShouldBe("account.sign-in-failed");
            (await api.PostAsJsonAsync("/api/v1/account/login", new { email = person.Email, password = Given.Password })).StatusCode.ShouldBe(HttpStatusCode.OK);
        }
    }

    [Fact]
    public async Task An_unconfirmed_address_is_told_only_to_who_knows_the_password()
    {
        var person = await host.Given.PersonAsync();
        await host.ExecuteAsync("UPDATE people SET email_confirmed = false WHERE id = @id", ("id", person.Id));
        var api = await host.ApiAsync();
        (await CodeAsync(api, person.Email!, Wrong)).ShouldBe("account.sign-in-failed");
        (await CodeAsync(api, person.Email!, Given.Password)).ShouldBe("account.not-confirmed");
    }

    [Fact]
    public async Task Outside_a_demo_no_account_is_offered_or_taken_by_tap()
    {
        var pages = await host.PagesAsync();
        var form = await pages.GetAsync("/sign-in");
        form.QuerySelector("button[name=account]").ShouldBeNull();
        var token = form.QuerySelector("form[data-sign-in] input[name=__RequestVerificationToken]")!.GetAttribute("value")!;
        var answer = await pages.Http.PostAsync("/sign-in?handler=Demo", new FormUrlEncodedContent([new("account", "admin@demo.example"), new("__RequestVerificationToken", token)]));
        answer.StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    private static async Task<string?> CodeAsync(HttpClient api, string email, string password)
    {
        var answer = await api.PostAsJsonAsync("/api/v1/account/login", new { email, password });
        answer.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        return (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("code").GetString();
    }
}
