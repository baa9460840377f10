using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using InstrumentShare.Access;
using InstrumentShare.Tests.Support;

namespace InstrumentShare.Tests.Access;

public sealed class PeopleTests(TestHost host) : IClassFixture<TestHost>
{
    [Theory]
    [InlineData(null, HttpStatusCode.Unauthorized)]
    [InlineData(Role.Researcher, HttpStatusCode.Forbidden)]
    [InlineData(Role.LabManager, HttpStatusCode.Forbidden)]
    [InlineData(Role.FundingOfficer, HttpStatusCode.Forbidden)]
    [InlineData(Role.InstitutionAdministrator, HttpStatusCode.OK)]
    [InlineData(Role.Auditor, HttpStatusCode.OK)]
    [InlineData(Role.SystemAdministrator, HttpStatusCode.OK)]
    public async Task Who_sees_the_people_of_an_institution(Role? role, HttpStatusCode expected)
    {
        var institution = await host.Given.InstitutionAsync();
        var everywhere = role is Role.Auditor or Role.SystemAdministrator;
        var api = await host.ApiAsync(role is null ? null : await host.Given.PersonWithRoleAsync(role.Value, everywhere ? null : institution));
        (await api.GetAsync($"/api/v1/institutions/{institution.Id.Value}/people")).StatusCode.ShouldBe(expected);
    }

    [Fact]
    public async Task An_administrator_sees_their_own_institutions_people_only()
    {
        var (mine, other) = (await host.Given.InstitutionAsync(), await host.Given.InstitutionAsync());
        var stranger = await host.Given.PersonAsync(other);
        var admin = await host.Given.PersonWithRoleAsync(Role.InstitutionAdministrator, mine);
        var (api, pages) = (await host.ApiAsync(admin), await host.PagesAsync(admin));
        (await api.GetAsync($"/api/v1/institutions/{other.Id.Value}/people")).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await api.GetAsync($"/api/v1/people/{stranger.Id}")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        await pages.GetAsync($"/institutions/{other.Id.Value}/people");
        pages.Last.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        await pages.GetAsync($"/people/{stranger.Id}");
        pages.Last.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        await pages.GetAsync($"/institutions/{mine.Id.Value}/people");
        pages.Last.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_claim_is_confirmed_by_the_institution_and_then_holds()
    {
        var institution = await host.Given.InstitutionAsync();
        var claimant = await host.Given.PersonAsync(name: "卫二");
        await host.ExecuteAsync("UPDATE people SET claimed_institution_id = @i WHERE id = @id", ("i", institution.Id.Value), ("id", claimant.Id));
        var theirs = await host.ApiAsync(claimant);
        (await theirs.PostAsync($"/api/v1/institutions/{institution.Id.Value}/people/{claimant.Id}/confirm", null)).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        var pages = await host.PagesAsync(await host.Given.PersonWithRoleAsync(Role.InstitutionAdministrator, institution));
        var list = await pages.GetAsync($"/institutions/{institution.Id.Value}/people");
        var token = list.QuerySelector("form[data-claim] input[name=__RequestVerificationToken]")!.GetAttribute("value")!;
        await pages.Http.PostAsync($"/institutions/{institution.Id.Value}/people?handler=Confirm", new FormUrlEncodedContent([new("person", claimant.Id.ToString()), new("__RequestVerificationToken", token)]));
        (await theirs.GetFromJsonAsync<JsonElement>("/api/v1/account")).GetProperty("institutionId").GetGuid().ShouldBe(institution.Id.Value);
    }

    [Fact]
    public async Task A_role_given_is_had_at_once_and_a_role_taken_is_gone_at_once()
    {
        var institution = await host.Given.InstitutionAsync();
        var person = await host.Given.PersonAsync(institution);
        var admin = await host.ApiAsync(await host.Given.PersonWithRoleAsync(Role.InstitutionAdministrator, institution));
        var theirs = await host.ApiAsync(person);
        (await RolesAsync(theirs)).ShouldBeEmpty();
        var request = new { personId = person.Id, role = "labManager", scopeKind = "institution", scopeId = institution.Id.Value, reason = "new head of the platform" };
        var made = await admin.PostAsJsonAsync("/api/v1/role-grants", request);
        made.StatusCode.ShouldBe(HttpStatusCode.Created);
        (await RolesAsync(theirs)).ShouldBe(["labManager"]);
        var again = await admin.PostAsJsonAsync("/api/v1/role-grants", request);
        again.StatusCode.ShouldBe(HttpStatusCode.Conflict);
        (await again.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("code").GetString().ShouldBe("role.already");
        var id = (await made.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetGuid();
        (await theirs.PostAsJsonAsync($"/api/v1/role-grants/{id}/revoke", new { })).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await admin.PostAsJsonAsync($"/api/v1/role-grants/{id}/revoke", new { reason = "left" })).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (await RolesAsync(theirs)).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_role_for_an_instrument_is_given_by_its_own_institution_only()
    {
        var (mine, other) = (await host.Given.InstitutionAsync(), await host.Given.InstitutionAsync());
        var person = await host.Given.PersonAsync(mine);
        var admin = await host.ApiAsync(await host.Given.PersonWithRoleAsync(Role.InstitutionAdministrator, mine));
        foreach (var (institution, expected) in new[] { (mine, HttpStatusCode.Created), (other, HttpStatusCode.Forbidden) })
        {
            var instrument = await host.Given.InstrumentAsync(institution);
            (await admin.PostAsJsonAsync("/api/v1/role-grants", new { personId = person.Id, role = "technician", scopeKind = "instrument", scopeId = instrument.Id.Value })).StatusCode.ShouldBe(expected);
        }

        (await admin.PostAsJsonAsync("/api/v1/role-grants", new { personId = person.Id, role = "technician", scopeKind = "instrument", scopeId = Guid.CreateVersion7() })).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task Who_leaves_the_institution_loses_its_roles()
    {
        var institution = await host.Given.InstitutionAsync();
        var manager = await host.Given.PersonWithRoleAsync(Role.LabManager, institution);
        var admin = await host.ApiAsync(await host.Given.PersonWithRoleAsync(Role.InstitutionAdministrator, institution));
        (await admin.DeleteAsync($"/api/v1/institutions/{institution.Id.Value}/people/{manager.Id}")).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        var me = await (await host.ApiAsync(manager)).GetFromJsonAsync<JsonElement>("/api/v1/account");
        me.GetProperty("institutionId").ValueKind.ShouldBe(JsonValueKind.Null);
        me.GetProperty("roles").GetArrayLength().ShouldBe(0);
    }

    [Fact]
    public async Task A_group_has_a_leader_who_adds_members_and_hands_over()
    {
        var institution = await host.Given.InstitutionAsync();
        var (leader, next, member) = (await host.Given.PersonAsync(institution), await host.Given.PersonAsync(institution), await host.Given.PersonAsync());
        var admin = await host.ApiAsync(await host.Given.PersonWithRoleAsync(Role.InstitutionAdministrator, institution));
        var made = await admin.PostAsJsonAsync("/api/v1/groups", new { institutionId = institution.Id.Value, name = "电镜组", nameEn = "Microscopy", leaderId = leader.Id });
        made.StatusCode.ShouldBe(HttpStatusCode.Created);
        var id = (await made.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetGuid();

        var (lead, others) = (await host.ApiAsync(leader), await host.ApiAsync(member));
        (await others.GetAsync($"/api/v1/groups/{id}/members")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        var add = new { email = member.Email, startsOn = "2026-03-01" };
        (await others.PostAsJsonAsync($"/api/v1/groups/{id}/members", add)).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        var added = await lead.PostAsJsonAsync($"/api/v1/groups/{id}/members", add);
        added.StatusCode.ShouldBe(HttpStatusCode.Created);
        (await others.GetFromJsonAsync<JsonElement>("/api/v1/account")).GetProperty("groups")[0].GetGuid().ShouldBe(id);
        var twice = await lead.PostAsJsonAsync($"/api/v1/groups/{id}/members", new { email = member.Email, startsOn = "2026-05-01" });
        (await twice.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("code").GetString().ShouldBe("membership.overlap");

        var membership = (await added.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetGuid();
        (await lead.PatchAsJsonAsync($"/api/v1/memberships/{membership}", new { endsOn = "2026-03-01" })).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await others.GetFromJsonAsync<JsonElement>("/api/v1/account")).GetProperty("groups").GetArrayLength().ShouldBe(0);

        (await admin.PatchAsJsonAsync($"/api/v1/groups/{id}", new { leaderId = next.Id })).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await lead.PostAsJsonAsync($"/api/v1/groups/{id}/members", add)).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await RolesAsync(await host.ApiAsync(next))).ShouldBe(["groupLeader"]);
    }

    [Theory]
    [InlineData(Role.Researcher, HttpStatusCode.Forbidden)]
    [InlineData(Role.InstitutionAdministrator, HttpStatusCode.Forbidden)]
    [InlineData(Role.FundingOfficer, HttpStatusCode.Forbidden)]
    [InlineData(Role.Auditor, HttpStatusCode.OK)]
    [InlineData(Role.SystemAdministrator, HttpStatusCode.OK)]
    public async Task Who_reads_the_audit_trail(Role role, HttpStatusCode expected)
    {
        var pages = await host.PagesAsync(await host.Given.PersonWithRoleAsync(role, role == Role.InstitutionAdministrator ? await host.Given.InstitutionAsync() : null));
        (await pages.Http.GetAsync("/audit")).StatusCode.ShouldBe(expected);
        (await pages.Http.GetAsync("/api/v1/audit-entries")).StatusCode.ShouldBe(expected);
    }

    [Fact]
    public async Task An_auditor_of_a_region_reads_that_regions_trail_only()
    {
        var (inside, outside) = (await host.Given.InstitutionAsync(region: "CN-3401"), await host.Given.InstitutionAsync(region: "CN-3702"));
        var admin = await host.ApiAsync(await host.Given.PersonWithRoleAsync(Role.SystemAdministrator));
        foreach (var institution in new[] { inside, outside }) await admin.PatchAsJsonAsync($"/api/v1/institutions/{institution.Id.Value}", new { nameEn = "Renamed" });
        var auditor = await host.Given.PersonWithRoleAsync(Role.Auditor, region: "CN-34");
        var api = await host.ApiAsync(auditor);
        (await api.GetFromJsonAsync<JsonElement>($"/api/v1/audit-entries?subjectId={inside.Id.Value}")).GetProperty("items").GetArrayLength().ShouldBe(1);
        (await api.GetFromJsonAsync<JsonElement>($"/api/v1/audit-entries?subjectId={outside.Id.Value}")).GetProperty("items").GetArrayLength().ShouldBe(0);
        var page = await (await host.PagesAsync(auditor)).GetAsync($"/audit?subjectId={inside.Id.Value}");
        page.QuerySelector("main")!.TextContent.ShouldContain("Renamed");
    }

    [Fact]
    public async Task The_first_administrator_is_made_once_from_the_setting()
    {
        await using var node = new Node(host.ConnectionString, host.Clock, [new("Access:FirstAdministrator", "first@example.org")]);
        await host.ExecuteAsync("UPDATE role_grants SET revoked_at = now() WHERE role = 'systemAdministrator'");
        var api = node.CreateClient();
        (await api.PostAsJsonAsync("/api/v1/account/sign-up", new { email = "first@example.org", password = Given.Password, name = "首任", language = "zh-CN" })).StatusCode.ShouldBe(HttpStatusCode.Accepted);
        var path = await host.ScalarAsync<string>("SELECT data->>'path' FROM outbox_messages WHERE recipient = 'first@example.org'");
        var query = Microsoft.AspNetCore.WebUtilities.QueryHelpers.ParseQuery(path.Split('?')[1]);
        (await api.PostAsJsonAsync("/api/v1/account/confirm-email", new { personId = query["person"].ToString(), token = query["token"].ToString() })).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (await host.ScalarAsync<long>("SELECT count(*) FROM role_grants g JOIN people p ON p.id = g.person_id WHERE p.email = 'first@example.org' AND g.role = 'systemAdministrator'")).ShouldBe(1);
    }

    private static async Task<List<string>> RolesAsync(HttpClient api) =>
        (await api.GetFromJsonAsync<JsonElement>("/api/v1/account")).GetProperty("roles").EnumerateArray().Select(r => r.GetProperty("role").GetString()!).ToList();
}
