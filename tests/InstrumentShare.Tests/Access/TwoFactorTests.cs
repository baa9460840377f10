using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using InstrumentShare.Tests.Support;

namespace InstrumentShare.Tests.Access;

public sealed class TwoFactorTests(TestHost host) : IClassFixture<TestHost>
{
    [Fact]
    public async Task An_authenticator_is_set_up_from_the_page_and_then_asked_for_at_every_sign_in()
    {
        var person = await host.Given.PersonAsync(name: "赵六");
        var (key, codes) = await TurnOnAsync(person);
        codes.Count.ShouldBe(10);

        var pages = await host.PagesAsync();
        var step = await pages.SubmitAsync(await pages.GetAsync("/sign-in?returnUrl=%2Faccount"), "form[data-sign-in]", ("Email", person.Email!), ("Password", Given.Password));
        step.QuerySelector("form[data-sign-in-code]").ShouldNotBeNull();
        (await pages.GetAsync("/")).Body!.TextContent.ShouldNotContain("赵六", customMessage: "the password alone signs nobody in");
        step = await pages.GetAsync("/sign-in/code?returnUrl=%2Faccount");
        var wrong = await pages.SubmitAsync(step, "form[data-sign-in-code]", ("Code", Totp.Code(key) == "000000" ? "000001" : "000000"));
        wrong.QuerySelector("[role=alert]")!.TextContent.ShouldContain("account.two-factor-wrong");
        var inside = await pages.SubmitAsync(wrong, "form[data-sign-in-code]", ("Code", Totp.Code(key)));
        inside.QuerySelector("form[data-account]").ShouldNotBeNull();
    }

    [Fact]
    public async Task A_program_gives_the_code_with_the_password()
    {
        var person = await host.Given.PersonAsync();
        var (key, _) = await TurnOnAsync(person);
        var api = await host.ApiAsync();
        (await LoginAsync(api, person.Email!, null)).ShouldBe("account.two-factor-needed");
        (await LoginAsync(api, person.Email!, "12")).ShouldBe("account.two-factor-wrong");
        (await LoginAsync(api, person.Email!, Totp.Code(key))).ShouldBeNull();
    }

    [Fact]
    public async Task A_recovery_code_stands_in_once()
    {
        var person = await host.Given.PersonAsync();
        var (_, codes) = await TurnOnAsync(person);
        var api = await host.ApiAsync();
        (await LoginAsync(api, person.Email!, codes[0])).ShouldBeNull();
        (await LoginAsync(api, person.Email!, codes[0])).ShouldBe("account.two-factor-wrong");
        (await LoginAsync(api, person.Email!, codes[1])).ShouldBeNull();
    }

    [Fact]
    public async Task Wrong_codes_lock_the_account_even_with_right_passwords_in_between()
    {
        var person = await host.Given.PersonAsync();
        var (key, _) = await TurnOnAsync(person);
        var api = await host.ApiAsync();
        for (var i = 0; i < 4; i++) (await LoginAsync(api, person.Email!, "1")).ShouldBe("account.two-factor-wrong");
        (await LoginAsync(api, person.Email!, "1")).ShouldBe("account.locked-out");
        (await LoginAsync(api, person.Email!, Totp.Code(key))).ShouldBe("account.locked-out");
    }

    [Fact]
    public async Task Turning_it_off_takes_the_password_not_just_an_open_session()
    {
        var person = await host.Given.PersonAsync();
        var pages = await host.PagesAsync(person);
        await TurnOnAsync(person, pages);
        var refused = await pages.SubmitAsync(await pages.GetAsync("/account/two-factor"), "form[data-disable]", ("Password", "wrong password"));
        refused.QuerySelector("[role=alert]")!.TextContent.ShouldContain("account.password-wrong");
        var off = await pages.SubmitAsync(await pages.GetAsync("/account/two-factor"), "form[data-disable]", ("Password", Given.Password));
        off.QuerySelector("form[data-enable]").ShouldNotBeNull();
        (await LoginAsync(await host.ApiAsync(), person.Email!, null)).ShouldBeNull();
    }

    private async Task<(string Key, IReadOnlyList<string> Codes)> TurnOnAsync(InstrumentShare.Access.Person person, PageClient? pages = null)
    {
        pages ??= await host.PagesAsync(person);
        var page = await pages.GetAsync("/account/two-factor");
        page.QuerySelector("img")!.GetAttribute("src")!.ShouldStartWith("data:image/png;base64,");
        var key = page.QuerySelector("[data-key]")!.TextContent;
        var on = await pages.SubmitAsync(page, "form[data-enable]", ("Code", Totp.Code(key)));
        return (key, on.QuerySelectorAll("[data-recovery-codes] code").Select(c => c.TextContent).ToList());
    }

    private static async Task<string?> LoginAsync(HttpClient api, string email, string? twoFactorCode)
    {
        var answer = await api.PostAsJsonAsync("/api/v1/account/login", new { email, password = Given.Password, twoFactorCode });
        if (answer.StatusCode == HttpStatusCode.OK) return null;
        return (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("code").GetString();
    }
}
