using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using InstrumentShare.Access;
using InstrumentShare.Persistence;
using InstrumentShare.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace InstrumentShare.Tests.Access;

public sealed class SignUpTests(TestHost host) : IClassFixture<TestHost>
{
    [Fact]
    public async Task Who_signs_up_confirms_the_address_by_the_mailed_link_and_then_signs_in()
    {
        var pages = await host.PagesAsync();
        var email = NewEmail();
        var after = await SignUpAsync(pages, email);
        after.QuerySelector("[role=status]")!.TextContent.ShouldContain(email);

        var api = await host.ApiAsync();
        (await LoginAsync(api, email)).ShouldBe("account.not-confirmed");
        var link = await LinkAsync(email, "account.confirm");
        var confirm = await pages.GetAsync(link);
        (await LoginAsync(api, email)).ShouldBe("account.not-confirmed", "opening the link is not pressing the button");
        var confirmed = await pages.SubmitAsync(confirm, "form[data-confirm]");
        confirmed.QuerySelector("[role=status]").ShouldNotBeNull();
        (await LoginAsync(api, email)).ShouldBeNull();
    }

    [Fact]
    public async Task The_answer_is_the_same_for_a_known_address_and_only_the_address_itself_learns_more()
    {
        var known = await host.Given.PersonAsync();
        var pages = await host.PagesAsync();
        var forKnown = await SignUpAsync(pages, known.Email!);
        var fresh = NewEmail();
        var forFresh = await SignUpAsync(pages, fresh);
        Normal(forKnown.Body!.TextContent, known.Email!).ShouldBe(Normal(forFresh.Body!.TextContent, fresh));
        (await KindsAsync(known.Email!)).ShouldBe(["account.exists"]);
        (await KindsAsync(fresh)).ShouldBe(["account.confirm"]);
    }

    [Fact]
    public async Task All_problems_are_told_at_once_and_what_was_typed_stays()
    {
        var pages = await host.PagesAsync();
        var after = await pages.SubmitAsync(await pages.GetAsync("/sign-up"), "form[data-sign-up]", ("Email", "not an address"), ("Name", "王五"), ("Password", "short"));
        after.QuerySelector("#Email")!.GetAttribute("value").ShouldBe("not an address");
        after.QuerySelector("#Name")!.GetAttribute("value").ShouldBe("王五");
        after.QuerySelector("#Email-problem").ShouldNotBeNull();
        after.QuerySelector("#Password-problem").ShouldNotBeNull();
        after.QuerySelector("#Password")!.GetAttribute("value").ShouldBeNull();
    }

    [Fact]
    public async Task The_institution_is_found_by_search_and_stays_a_claim_until_it_is_confirmed()
    {
        var institution = await host.Given.InstitutionAsync(name: "江淮大学");
        var pages = await host.PagesAsync();
        var email = NewEmail();
        var found = await pages.GetAsync("/sign-up?institution=" + Uri.EscapeDataString("江淮"));
        found.QuerySelector($"input[name=InstitutionId][value='{institution.Id.Value}']").ShouldNotBeNull();
        await pages.SubmitAsync(found, "form[data-sign-up]", ("Email", email), ("Name", "王五"), ("Password", Given.Password), ("InstitutionId", institution.Id.Value.ToString()));
        await ConfirmAsync(pages, email);
        var person = await PersonAsync(email);
        person.InstitutionId.ShouldBeNull();
        person.ClaimedInstitutionId.ShouldBe(institution.Id);
    }

    [Theory]
    [InlineData("mail.jh.example.cn", true)]
    [InlineData("jh.example.cn", true)]
    [InlineData("JH.example.CN", true)]
    [InlineData("notjh.example.cn", false)]
    [InlineData("example.cn", false)]
    public async Task A_confirmed_address_in_the_institutions_mail_domain_confirms_belonging_too(string domain, bool belongs)
    {
        var institution = await host.Given.InstitutionAsync();
        await host.ExecuteAsync("UPDATE institutions SET email_domains = '{jh.example.cn}' WHERE id = @id", ("id", institution.Id.Value));
        var pages = await host.PagesAsync();
        var email = $"p{Guid.CreateVersion7():N}@{domain}";
        var answer = await (await host.ApiAsync()).PostAsJsonAsync("/api/v1/account/sign-up", new { email, password = Given.Password, name = "王五", language = "en", institutionId = institution.Id.Value });
        answer.StatusCode.ShouldBe(HttpStatusCode.Accepted);
        await ConfirmAsync(pages, email);
        (await PersonAsync(email)).InstitutionId.ShouldBe(belongs ? institution.Id : null);
    }

    [Fact]
    public async Task A_made_up_or_mangled_link_confirms_nothing()
    {
        var pages = await host.PagesAsync();
        var email = NewEmail();
        await SignUpAsync(pages, email);
        foreach (var token in new[] { "", "x", "%%%", "AAAA" })
        {
            var after = await pages.SubmitAsync(await pages.GetAsync($"/confirm-email?person={(await PersonAsync(email)).Id}&token={Uri.EscapeDataString(token)}"), "form[data-confirm]");
            after.QuerySelector("[role=alert]")!.TextContent.ShouldContain("account.link");
        }

        (await PersonAsync(email)).EmailConfirmed.ShouldBeFalse();
    }

    [Fact]
    [Trait("Category", "Guarantee")]
    public async Task The_same_address_at_the_same_moment_makes_one_account()
    {
        var api = await host.ApiAsync();
        for (var round = 0; round < 5; round++)
        {
            var email = NewEmail();
            var answers = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => api.PostAsJsonAsync("/api/v1/account/sign-up", new { email, password = Given.Password, name = "王五", language = "en" })));
            answers.Select(a => a.StatusCode).Distinct().ShouldBe([HttpStatusCode.Accepted]);
            (await host.ScalarAsync<long>("SELECT count(*) FROM people WHERE email = @email", ("email", email))).ShouldBe(1);
        }
    }

    [Fact]
    public async Task A_password_reset_works_once_ends_the_lock_and_tells_the_owner()
    {
        var person = await host.Given.PersonAsync();
        var (pages, api) = (await host.PagesAsync(), await host.ApiAsync());
        for (var i = 0; i < 5; i++) await LoginAsync(api, person.Email!, "wrong password");
        (await LoginAsync(api, person.Email!)).ShouldBe("account.locked-out");
        (await pages.SubmitAsync(await pages.GetAsync("/forgot-password"), "form[data-forgot]", ("Email", person.Email!))).QuerySelector("[role=status]").ShouldNotBeNull();
        var link = await LinkAsync(person.Email!, "account.reset");

        var form = await pages.GetAsync(link);
        (await pages.SubmitAsync(form, "form[data-reset]", ("Password", "another good password"))).QuerySelector("[role=status]").ShouldNotBeNull();
        (await LoginAsync(api, person.Email!, "another good password")).ShouldBeNull();
        (await LoginAsync(api, person.Email!)).ShouldBe("account.sign-in-failed");
        var again = await pages.SubmitAsync(await pages.GetAsync(link), "form[data-reset]", ("Password", "a third good password"));
        again.QuerySelector("[role=alert]")!.TextContent.ShouldContain("account.link");
        (await KindsAsync(person.Email!)).ShouldBe(["account.reset", "account.password-changed"]);
    }

    [Fact]
    public async Task Asking_for_a_link_answers_the_same_for_an_unknown_address_and_writes_no_mail()
    {
        var pages = await host.PagesAsync();
        var unknown = NewEmail();
        foreach (var (page, form) in new[] { ("/forgot-password", "form[data-forgot]"), ("/confirm-email/resend", "form[data-resend]") })
            (await pages.SubmitAsync(await pages.GetAsync(page), form, ("Email", unknown))).QuerySelector("[role=status]").ShouldNotBeNull();
        (await KindsAsync(unknown)).ShouldBeEmpty();
    }

    private static string NewEmail() => $"new{Guid.CreateVersion7():N}@example.org";

    private static string Normal(string text, string email) => text.Replace(email, "@", StringComparison.Ordinal);

    private static async Task<AngleSharp.Html.Dom.IHtmlDocument> SignUpAsync(PageClient pages, string email) =>
        await pages.SubmitAsync(await pages.GetAsync("/sign-up"), "form[data-sign-up]", ("Email", email), ("Name", "王五"), ("Password", Given.Password));

    private async Task ConfirmAsync(PageClient pages, string email) =>
        (await pages.SubmitAsync(await pages.GetAsync(await LinkAsync(email, "account.confirm")), "form[data-confirm]")).QuerySelector("[role=status]").ShouldNotBeNull();

    private static async Task<string?> LoginAsync(HttpClient api, string email, string password = Given.Password)
    {
        var answer = await api.PostAsJsonAsync("/api/v1/account/login", new { email, password });
        return answer.IsSuccessStatusCode ? null : (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("code").GetString();
    }

    private async Task<string> LinkAsync(string email, string kind)
    {
        var data = await host.ScalarAsync<string>("SELECT data::text FROM outbox_messages WHERE recipient = @email AND kind = @kind ORDER BY id DESC LIMIT 1", ("email", email), ("kind", kind));
        return JsonDocument.Parse(data).RootElement.GetProperty("path").GetString()!;
    }

    private async Task<List<string>> KindsAsync(string email)
    {
        await using var db = host.NewDb();
        return await db.Set<OutboxMessage>().Where(m => m.Recipient == email).OrderBy(m => m.Id).Select(m => m.Kind).ToListAsync();
    }

    private async Task<Person> PersonAsync(string email)
    {
        await using var db = host.NewDb();
        return await db.Set<Person>().SingleAsync(p => p.Email == email);
    }
}
