using System.Net;
using System.Net.Http.Json;
using InstrumentShare.Access;
using InstrumentShare.Catalog;
using InstrumentShare.Tests.Bookings;
using InstrumentShare.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using NodaTime;

namespace InstrumentShare.Tests.Catalog;

/// <summary>Booking rules of a group of instruments, an institution and a region, over HTTP.</summary>
public sealed class BookingRulesApiTests(TestHost host) : IClassFixture<TestHost>
{
    private const string Rules = "/api/v1/booking-rules";

    [Theory]
    [InlineData(null, HttpStatusCode.Unauthorized, HttpStatusCode.Unauthorized, HttpStatusCode.Unauthorized)]
    [InlineData(Role.Researcher, HttpStatusCode.Forbidden, HttpStatusCode.Forbidden, HttpStatusCode.Forbidden)]
    [InlineData(Role.Technician, HttpStatusCode.Forbidden, HttpStatusCode.Forbidden, HttpStatusCode.Forbidden)]
    [InlineData(Role.LabManager, HttpStatusCode.OK, HttpStatusCode.OK, HttpStatusCode.Forbidden)]
    [InlineData(Role.InstitutionAdministrator, HttpStatusCode.OK, HttpStatusCode.OK, HttpStatusCode.Forbidden)]
    [InlineData(Role.FundingOfficer, HttpStatusCode.OK, HttpStatusCode.Forbidden, HttpStatusCode.OK)]
    [InlineData(Role.Auditor, HttpStatusCode.OK, HttpStatusCode.Forbidden, HttpStatusCode.Forbidden)]
    public async Task Who_may_see_and_change_rules(Role? role, HttpStatusCode list, HttpStatusCode ofInstitution, HttpStatusCode ofRegion)
    {
        var institution = await host.Given.InstitutionAsync();
        var api = await host.ApiAsync(role switch { null => null, Role.Researcher => await host.Given.PersonAsync(institution), Role.FundingOfficer => await host.Given.PersonWithRoleAsync(role.Value, region: "CN-34"), _ => await host.Given.PersonWithRoleAsync(role.Value, institution) });
        (await api.GetAsync(Rules)).StatusCode.ShouldBe(list);
        (await api.PutAsJsonAsync(Rules, new { target = new { institutionId = institution.Id.Value }, rules = new { gapMinutes = 5 } })).StatusCode.ShouldBe(ofInstitution);
        (await api.PutAsJsonAsync(Rules, new { target = new { region = institution.Region.Code, userClass = "enterprise" }, rules = new { gapMinutes = 5 } })).StatusCode.ShouldBe(ofRegion);
    }

    [Fact]
    public async Task An_institutions_rule_holds_for_its_instruments_until_it_ends()
    {
        var institution = await host.Given.InstitutionAsync();
        var instrument = await host.Given.InstrumentAsync(institution);
        var manager = await host.ApiAsync(await host.Given.PersonWithRoleAsync(Role.LabManager, institution));
        var researcher = await host.ApiAsync(await host.Given.PersonAsync(institution));
        var put = await manager.PutAsJsonAsync(Rules, new { target = new { institutionId = institution.Id.Value }, rules = new { maxMinutes = 60, reason = "机时紧张" } });
        put.StatusCode.ShouldBe(HttpStatusCode.OK, await put.Content.ReadAsStringAsync());

        var day = new LocalDate(2026, 3, 4);
        (await (await researcher.BookAsync(instrument, Day.At(day, 9), Day.At(day, 11))).CodesAsync()).ShouldBe(["booking.max-length"]);
        var id = (await put.JsonAsync()).GetProperty("id").GetGuid();
        (await manager.PostAsJsonAsync($"{Rules}/{id}/end", new { validTo = "2026-03-03" })).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await researcher.BookAsync(instrument, Day.At(day, 9), Day.At(day, 11))).StatusCode.ShouldBe(HttpStatusCode.Created);
        (await host.ScalarAsync<long>("SELECT count(*) FROM audit_entries WHERE action = 'booking-rules.change' AND subject_id = @id", ("id", institution.Id.Value.ToString()))).ShouldBe(2);
    }

    [Fact]
    public async Task A_regions_rule_raises_the_version_of_all_its_instruments_and_of_no_other()
    {
        var here = await host.Given.InstrumentAsync(await host.Given.InstitutionAsync(region: "CN-3702"));
        var there = await host.Given.InstrumentAsync(await host.Given.InstitutionAsync(region: "CN-3502"));
        var officer = await host.ApiAsync(await host.Given.PersonWithRoleAsync(Role.FundingOfficer, region: "CN-37"));
        (await officer.PutAsJsonAsync(Rules, new { target = new { region = "CN-37", userClass = "academic" }, rules = new { horizonDays = 99 } })).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await officer.PutAsJsonAsync(Rules, new { target = new { region = "CN-35" }, rules = new { horizonDays = 99 } })).StatusCode.ShouldBe(HttpStatusCode.Forbidden);

        var query = host.Services.GetRequiredService<InstrumentRulesQuery>();
        var (near, far) = ((await query.OfAsync(here.Id))!, (await query.OfAsync(there.Id))!);
        (near.RulesVersion, far.RulesVersion).ShouldBe((2, 1));
        near.RulesFor(new RuleAudience(UserClass.Academic, null, []), new LocalDate(2026, 3, 4))!.HorizonDays.ShouldBe(99);
        near.RulesFor(new RuleAudience(UserClass.Internal, null, []), new LocalDate(2026, 3, 4))!.HorizonDays.ShouldBe(30);
        far.RuleSets.Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_regions_rule_is_read_by_whom_it_binds_and_listed_by_its_region()
    {
        var manager = await host.ApiAsync(await host.Given.PersonWithRoleAsync(Role.LabManager, await host.Given.InstitutionAsync(region: "CN-5302")));
        var elsewhere = await host.ApiAsync(await host.Given.PersonWithRoleAsync(Role.LabManager, await host.Given.InstitutionAsync(region: "CN-5401")));
        var officer = await host.ApiAsync(await host.Given.PersonWithRoleAsync(Role.FundingOfficer, region: "CN-53"));
        var id = (await (await officer.PutAsJsonAsync(Rules, new { target = new { region = "CN-53" }, rules = new { lateCancel = true, reason = "便于接用" } })).JsonAsync()).GetProperty("id").GetGuid();
        async Task<int> TotalAsync(HttpClient api, string query) => (await (await api.GetAsync(Rules + query)).JsonAsync()).GetProperty("total").GetInt32();
        (await TotalAsync(manager, "?region=CN-53")).ShouldBe(1);
        (await TotalAsync(manager, "?region=CN-5302")).ShouldBe(0);
        (await TotalAsync(elsewhere, "?region=CN-53")).ShouldBe(0);
        (await manager.PostAsJsonAsync($"{Rules}/{id}/end", new { validTo = "2026-03-30" })).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await (await manager.GetAsync(Rules + "?region=53")).CodesAsync()).ShouldBe(["booking-rules.filter"]);
    }

    [Fact]
    public async Task A_rule_for_a_research_group_of_a_group_of_instruments_holds_where_both_meet()
    {
        var institution = await host.Given.InstitutionAsync();
        var (inside, outside) = (await host.Given.InstrumentAsync(institution), await host.Given.InstrumentAsync(institution));
        var (member, other) = (await host.Given.PersonAsync(institution), await host.Given.PersonAsync(institution));
        var team = await host.Given.GroupAsync(institution, leader: member);
        var manager = await host.ApiAsync(await host.Given.PersonWithRoleAsync(Role.InstitutionAdministrator, institution));
        var group = (await (await manager.PostAsJsonAsync("/api/v1/instrument-groups", new { institutionId = institution.Id.Value, name = "电镜组", nameEn = "Microscopes" })).JsonAsync()).GetProperty("id").GetGuid();
        await manager.PostAsJsonAsync($"/api/v1/instrument-groups/{group}/instruments", new { instrumentIds = new[] { inside.Id.Value } });
        var put = await manager.PutAsJsonAsync(Rules, new { target = new { instrumentGroupId = group, userGroupId = team.Id.Value }, rules = new { offHours = true } });
        put.StatusCode.ShouldBe(HttpStatusCode.OK, await put.Content.ReadAsStringAsync());

        var night = new LocalDate(2026, 3, 4);
        (await (await host.ApiAsync(member)).BookAsync(inside, Day.At(night, 21), Day.At(night, 22))).StatusCode.ShouldBe(HttpStatusCode.Created);
        (await (await (await host.ApiAsync(member)).BookAsync(outside, Day.At(night, 21), Day.At(night, 22))).CodesAsync()).ShouldBe(["booking.outside-hours"]);
        (await (await (await host.ApiAsync(other)).BookAsync(inside, Day.At(night, 22), Day.At(night, 23))).CodesAsync()).ShouldBe(["booking.outside-hours"]);
    }

    [Theory]
    [InlineData("{\"target\":{},\"rules\":{}}", "booking-rules.one-place")]
    [InlineData("{\"target\":{\"region\":\"CN-99\"},\"rules\":{}}", "booking-rules.region-unknown")]
    [InlineData("{\"rules\":{}}", "booking-rules.body")]
    [InlineData("{\"target\":{\"region\":\"CN-34\",\"userGroupId\":\"01980000-0000-7000-8000-0000000000f2\"},\"rules\":{}}", "booking-rules.audience-unknown")]
    [InlineData("{\"target\":{\"region\":\"CN-34\",\"userClass\":\"internal\"},\"rules\":{\"limits\":[{\"per\":\"person\",\"measure\":\"count\",\"window\":\"day\",\"max\":0}]}}", "booking-rules.out-of-bounds")]
    [InlineData("{\"target\":{\"region\":\"CN-34\",\"userClass\":\"internal\"},\"rules\":{\"exemptTimes\":[{\"weekdays\":[8],\"fromMinute\":0,\"toMinute\":1440}]}}", "booking-rules.out-of-bounds")]
    [InlineData("{\"target\":{\"region\":\"CN-34\",\"userClass\":\"internal\"},\"rules\":{\"blockSlots\":[{\"fromMinute\":60,\"toMinute\":60}]}}", "booking-rules.empty-span")]
    public async Task What_makes_no_rule_is_refused_by_name(string body, string code)
    {
        var officer = await host.ApiAsync(await host.Given.PersonWithRoleAsync(Role.FundingOfficer, region: "CN-34"));
        var answer = await officer.PutAsync(Rules, new StringContent(body, System.Text.Encoding.UTF8, "application/json"));
        ((int)answer.StatusCode).ShouldBe(400);
        (await answer.CodesAsync()).ShouldContain(code);
    }

    [Fact]
    public async Task Sets_of_others_are_neither_listed_nor_ended()
    {
        // In a region for which nobody else makes rules.
        var mine = await host.Given.InstitutionAsync(region: "CN-5201");
        var manager = await host.ApiAsync(await host.Given.PersonWithRoleAsync(Role.LabManager, mine));
        var id = (await (await manager.PutAsJsonAsync(Rules, new { target = new { institutionId = mine.Id.Value, userClass = "academic" }, rules = new { gapMinutes = 5 } })).JsonAsync()).GetProperty("id").GetGuid();
        (await (await manager.GetAsync(Rules)).JsonAsync()).GetProperty("total").GetInt32().ShouldBe(1);
        var other = await host.ApiAsync(await host.Given.PersonWithRoleAsync(Role.LabManager, await host.Given.InstitutionAsync(region: "CN-5201")));
        (await (await other.GetAsync(Rules)).JsonAsync()).GetProperty("total").GetInt32().ShouldBe(0);
        (await other.PostAsJsonAsync($"{Rules}/{id}/end", new { validTo = "2026-03-30" })).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }
}
