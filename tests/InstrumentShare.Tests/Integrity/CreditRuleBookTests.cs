using System.Net;
using System.Net.Http.Json;
using InstrumentShare.Access;
using InstrumentShare.Tests.Support;

namespace InstrumentShare.Tests.Integrity;

/// <summary>Credit rules of an institution and a region: who makes them, what holds where, and the page on which everybody reads them.</summary>
public sealed class CreditRuleBookTests(TestHost host) : IClassFixture<TestHost>, IAsyncLifetime
{
    private const string Rules = "/api/v1/credit/rules";

    private Institution owner = null!;

    public async Task InitializeAsync()
    {
        host.Clock.Now = FixedClock.Start;
        owner = await host.Given.InstitutionAsync();
    }

    public Task DisposeAsync() => Task.CompletedTask;

    [Theory]
    [InlineData(null, HttpStatusCode.Unauthorized, HttpStatusCode.Unauthorized, HttpStatusCode.Unauthorized)]
    [InlineData(Role.Researcher, HttpStatusCode.OK, HttpStatusCode.Forbidden, HttpStatusCode.Forbidden)]
    [InlineData(Role.LabManager, HttpStatusCode.OK, HttpStatusCode.Forbidden, HttpStatusCode.Forbidden)]
    [InlineData(Role.InstitutionAdministrator, HttpStatusCode.OK, HttpStatusCode.OK, HttpStatusCode.Forbidden)]
    [InlineData(Role.FundingOfficer, HttpStatusCode.OK, HttpStatusCode.Forbidden, HttpStatusCode.OK)]
    [InlineData(Role.Auditor, HttpStatusCode.OK, HttpStatusCode.Forbidden, HttpStatusCode.Forbidden)]
    public async Task Who_reads_and_makes_credit_rules(Role? role, HttpStatusCode read, HttpStatusCode ofInstitution, HttpStatusCode ofRegion)
    {
        var region = role == Role.FundingOfficer ? "CN-42" : "CN-43";
        var institution = await host.Given.InstitutionAsync(region: region + "01");
        var person = role switch { null => null, Role.Researcher => await host.Given.PersonAsync(institution), Role.FundingOfficer => await host.Given.PersonWithRoleAsync(role.Value, region: region), _ => await host.Given.PersonWithRoleAsync(role.Value, institution) };
        var api = await host.ApiAsync(person);
        (await api.GetAsync($"{Rules}?place=institution:{institution.Id.Value}")).StatusCode.ShouldBe(read);
        (await api.PutAsJsonAsync(Rules, new { institutionId = institution.Id.Value, @event = "late", points = -2 })).StatusCode.ShouldBe(ofInstitution);
        (await api.PutAsJsonAsync(Rules, new { region = region + "01", @event = "late", points = -2 })).StatusCode.ShouldBe(ofRegion);
        if (person is null) return;
        var page = await (await host.PagesAsync(person)).GetAsync($"/credit-rules?place=institution:{institution.Id.Value}");
        page.QuerySelectorAll("[data-in-force] tbody tr").Length.ShouldBe(5);
        (page.QuerySelector("form[data-credit-rule]") is not null).ShouldBe(ofInstitution == HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_regions_rule_holds_where_no_nearer_one_does()
    {
        var (near, far) = (await host.Given.InstitutionAsync(region: "CN-4401"), await host.Given.InstitutionAsync(region: "CN-4501"));
        var officer = await host.ApiAsync(await host.Given.PersonWithRoleAsync(Role.FundingOfficer, region: "CN-44"));
        var rule = await (await officer.PutAsJsonAsync(Rules, new { region = "CN-44", @event = "cancelledLate", points = -4, expiresDays = 30 })).JsonAsync();
        (rule.GetProperty("region").GetString(), rule.GetProperty("version").GetInt32()).ShouldBe(("CN-44", 1));
        await (await officer.PutAsJsonAsync(Rules, new { region = "CN-45", @event = "late", points = -4 })).ShouldRefuseAsync(HttpStatusCode.Forbidden, "access.forbidden");
        var reader = await host.PagesAsync(await host.Given.PersonAsync(near));
        (await LateAsync(reader, near)).ShouldBe("4");
        (await LateAsync(reader, far)).ShouldBe("2");
        var administrator = await host.ApiAsync(await host.Given.PersonWithRoleAsync(Role.InstitutionAdministrator, near));
        await (await administrator.PutAsJsonAsync(Rules, new { institutionId = near.Id.Value, @event = "cancelledLate", points = -9, enabled = false })).JsonAsync();
        (await LateAsync(reader, near)).ShouldBe("0", "switched off here, whatever wider rules say");
        (await host.ScalarAsync<string>("SELECT subject_kind || ' ' || subject_id FROM audit_entries WHERE action = 'credit-rule.change' AND subject_id = 'CN-44'")).ShouldBe("region CN-44");
    }

    [Theory]
    [InlineData("{\"event\":\"late\",\"points\":-1}", "credit-rule.place")]
    [InlineData("{\"region\":\"CN-99\",\"event\":\"late\",\"points\":-1}", "credit-rule.region-unknown")]
    [InlineData("{\"region\":\"CN-46\",\"points\":-1}", "credit-rule.event")]
    [InlineData("{\"region\":\"CN-46\",\"event\":\"late\",\"points\":1}", "credit-rule.points")]
    [InlineData("{\"region\":\"CN-46\",\"event\":\"late\",\"points\":-1,\"expiresDays\":0}", "credit-rule.expires")]
    [InlineData("{\"region\":\"CN-46\",\"event\":\"late\",\"points\":-1,\"validFrom\":\"2026-03-01\"}", "credit-rule.past")]
    public async Task What_makes_no_rule_is_refused_by_name(string body, string code)
    {
        var officer = await host.ApiAsync(await host.Given.PersonWithRoleAsync(Role.FundingOfficer, region: "CN-46"));
        await (await officer.PutAsync(Rules, new StringContent(body, System.Text.Encoding.UTF8, "application/json"))).ShouldRefuseAsync(HttpStatusCode.BadRequest, code);
    }

    [Theory]
    [InlineData("here")]
    [InlineData("region:CN-99")]
    [InlineData("institution:5")]
    public async Task A_place_that_is_none_is_named(string place)
    {
        var person = await host.Given.PersonAsync(owner);
        await (await (await host.ApiAsync(person)).GetAsync($"{Rules}?place={place}")).ShouldRefuseAsync(HttpStatusCode.BadRequest, "credit-rule.place-unreadable");
        (await (await host.PagesAsync(person)).Http.GetAsync($"/credit-rules?place={place}")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task The_page_puts_a_rule_in_force_keeps_what_was_typed_and_shows_what_was_before()
    {
        var desk = await host.PagesAsync(await host.Given.PersonWithRoleAsync(Role.InstitutionAdministrator, owner));
        var page = await desk.SubmitAsync(await desk.GetAsync("/credit-rules"), "form[data-credit-rule]", ("Event", "noShow"), ("Points", "101"), ("ExpiresDays", "45"));
        ((int)desk.Last.StatusCode).ShouldBe(400);
        page.QuerySelector("#Points")!.GetAttribute("value").ShouldBe("101");
        page.QuerySelector("#ExpiresDays")!.GetAttribute("value").ShouldBe("45");
        page.QuerySelector("#Event option[selected]")!.GetAttribute("value").ShouldBe("noShow");
        page = await desk.SubmitAsync(page, "form[data-credit-rule]", ("Points", "12"));
        page.QuerySelector("[data-event=noShow] td.num")!.TextContent.Trim().ShouldBe("12");
        page = await desk.SubmitAsync(page, "form[data-credit-rule]", ("Event", "noShow"), ("Points", "15"), ("ValidFrom", "2026-03-09"));
        page.QuerySelector("[data-event=noShow] td.num")!.TextContent.Trim().ShouldBe("12", "the other begins later");
        page.QuerySelectorAll("[data-history] tbody tr").Select(r => r.QuerySelector("td.num")!.TextContent.Trim()).Take(2).ShouldBe(["15", "12"]);
        page = await desk.SubmitAsync(page, "form[data-credit-rule]", ("Event", "noShow"), ("Points", "abc"));
        page.QuerySelector("[data-problems]").ShouldNotBeNull();
        page = await desk.SubmitAsync(page, "form[data-credit-rule]", ("Points", "3"), ("ValidFrom", "2026-03-05"));
        page.QuerySelector("[data-problems]")!.TextContent.ShouldContain("credit-rule.overlap");
    }

    [Fact]
    public async Task An_officer_makes_the_regions_rules_on_the_page()
    {
        await host.Given.InstitutionAsync(region: "CN-6101");
        var desk = await host.PagesAsync(await host.Given.PersonWithRoleAsync(Role.FundingOfficer, region: "CN-61"), "zh-CN");
        var page = await desk.GetAsync("/credit-rules");
        page.QuerySelectorAll("select#place option").Select(o => o.GetAttribute("value")).ShouldBe(["region:CN-61", "region:CN-6101"]);
        page = await desk.SubmitAsync(await desk.GetAsync("/credit-rules?place=region:CN-6101"), "form[data-credit-rule]", ("Event", "cancelledLate"), ("Points", "6"));
        page.QuerySelector("[data-event=cancelledLate] td.num")!.TextContent.Trim().ShouldBe("6");
        (await desk.GetAsync("/credit-rules?place=region:CN-61")).QuerySelector("[data-event=cancelledLate] td.num")!.TextContent.Trim().ShouldBe("2");
    }

    private static async Task<string> LateAsync(PageClient reader, Institution at) =>
        (await reader.GetAsync($"/credit-rules?place=institution:{at.Id.Value}")).QuerySelector("[data-event=cancelledLate] td.num")!.TextContent.Trim();
}
