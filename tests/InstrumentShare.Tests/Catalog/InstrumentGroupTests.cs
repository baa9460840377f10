using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using InstrumentShare.Access;
using InstrumentShare.Catalog;
using InstrumentShare.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace InstrumentShare.Tests.Catalog;

public sealed class InstrumentGroupTests(TestHost host) : IClassFixture<TestHost>
{
    private const string Groups = "/api/v1/instrument-groups";

    [Theory]
    [InlineData(null, HttpStatusCode.Unauthorized)]
    [InlineData(Role.Researcher, HttpStatusCode.Forbidden)]
    [InlineData(Role.Technician, HttpStatusCode.Forbidden)]
    [InlineData(Role.GroupLeader, HttpStatusCode.Forbidden)]
    [InlineData(Role.Auditor, HttpStatusCode.Forbidden)]
    [InlineData(Role.LabManager, HttpStatusCode.OK)]
    [InlineData(Role.InstitutionAdministrator, HttpStatusCode.OK)]
    public async Task Who_may_manage_groups_of_instruments(Role? role, HttpStatusCode expected)
    {
        var institution = await host.Given.InstitutionAsync();
        var api = await host.ApiAsync(role switch { null => null, Role.Researcher => await host.Given.PersonAsync(institution), _ => await host.Given.PersonWithRoleAsync(role.Value, institution) });
        (await api.GetAsync(Groups)).StatusCode.ShouldBe(expected);
        (await api.PostAsJsonAsync(Groups, Named())).StatusCode.ShouldBe(expected == HttpStatusCode.OK ? HttpStatusCode.Created : expected);
        (await api.PostAsJsonAsync($"{Groups}/{Guid.CreateVersion7()}/instruments", new { instrumentIds = Array.Empty<Guid>() })).StatusCode.ShouldBe(expected == HttpStatusCode.OK ? HttpStatusCode.NotFound : expected);
    }

    [Fact]
    public async Task A_group_of_another_institution_is_not_there()
    {
        var (_, group, _) = await GroupAsync();
        var other = await host.ApiAsync(await host.Given.PersonWithRoleAsync(Role.LabManager, await host.Given.InstitutionAsync()));
        (await other.GetAsync($"{Groups}/{group}")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await other.PatchAsJsonAsync($"{Groups}/{group}", new { isActive = false })).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await other.GetAsync($"{Groups}/{group}/instruments")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await (await other.GetAsync(Groups)).JsonAsync()).GetProperty("total").GetInt32().ShouldBe(0);
    }

    [Fact]
    public async Task A_change_of_membership_or_use_raises_the_rules_version_and_the_rules_name_the_groups_in_use()
    {
        var (api, group, institution) = await GroupAsync();
        var instrument = await host.Given.InstrumentAsync(institution);
        (await RulesAsync(instrument.Id)).Groups.ShouldBeEmpty();

        await ChangedAsync(api, $"{Groups}/{group}/instruments", instrument.Id, 1);
        var within = await RulesAsync(instrument.Id);
        (within.RulesVersion, within.Groups.Single().Value).ShouldBe((2, group));
        await ChangedAsync(api, $"{Groups}/{group}/instruments", instrument.Id, 0);
        (await RulesAsync(instrument.Id)).RulesVersion.ShouldBe(2, "it was in already");

        await (await api.PatchAsJsonAsync($"{Groups}/{group}", new { isActive = false })).JsonAsync();
        var unused = await RulesAsync(instrument.Id);
        (unused.RulesVersion, unused.Groups.Count).ShouldBe((3, 0));
        await (await api.PatchAsJsonAsync($"{Groups}/{group}", new { isActive = true })).JsonAsync();

        await ChangedAsync(api, $"{Groups}/{group}/instruments/remove", instrument.Id, 1);
        var without = await RulesAsync(instrument.Id);
        (without.RulesVersion, without.Groups.Count).ShouldBe((5, 0));
        (await host.ScalarAsync<string>("SELECT string_agg(action, ' ' ORDER BY id) FROM audit_entries WHERE subject_id = @id", ("id", group.ToString())))
            .ShouldBe("instrument-group.create instrument-group.add instrument-group.change instrument-group.change instrument-group.remove");
    }

    [Fact]
    public async Task Instruments_of_another_institution_stay_out_by_code_and_by_the_database()
    {
        var (api, group, institution) = await GroupAsync();
        var foreign = await host.Given.InstrumentAsync();
        await (await api.PostAsJsonAsync($"{Groups}/{group}/instruments", new { instrumentIds = new[] { foreign.Id.Value } })).ShouldRefuseAsync(HttpStatusCode.BadRequest, "instrument-group.other-institution");
        var failure = await Should.ThrowAsync<Npgsql.PostgresException>(() => host.ExecuteAsync(
            "INSERT INTO instrument_group_members VALUES (@i, @g, @n)", ("i", foreign.Id.Value), ("g", group), ("n", institution.Id.Value)));
        failure.ConstraintName.ShouldBe("instrument-group.other-institution");
    }

    [Fact]
    public async Task Names_are_needed_bounded_and_taken_once_in_an_institution()
    {
        var (api, _, _) = await GroupAsync("电镜组");
        await (await api.PostAsJsonAsync(Groups, Named("电镜组"))).ShouldRefuseAsync(HttpStatusCode.Conflict, "instrument-group.name-taken");
        var wrong = await (await api.PostAsJsonAsync(Groups, new { name = " ", nameEn = new string('x', 201), description = "a\0" })).JsonAsync(HttpStatusCode.BadRequest);
        wrong.GetProperty("problems").EnumerateArray().Select(p => p.GetProperty("field").GetString()).ShouldBe(["name", "nameEn", "description"]);
        await (await api.PostAsJsonAsync($"{Groups}/{Guid.Empty}/instruments", new { })).ShouldRefuseAsync(HttpStatusCode.NotFound, "request.not-found");
    }

    [Fact]
    public async Task Groups_and_instruments_are_listed_page_by_page()
    {
        var (api, group, institution) = await GroupAsync("甲");
        await api.PostAsJsonAsync(Groups, Named("乙"));
        var first = await (await api.GetAsync(Groups + "?limit=1")).JsonAsync();
        var second = await (await api.GetAsync($"{Groups}?limit=1&cursor={first.GetProperty("nextCursor")}")).JsonAsync();
        new[] { first, second }.Select(p => p.GetProperty("items")[0].GetProperty("name").GetString()).ShouldBe(["甲", "乙"], ignoreOrder: true);
        second.GetProperty("nextCursor").ValueKind.ShouldBe(JsonValueKind.Null);

        var instruments = new[] { await host.Given.InstrumentAsync(institution), await host.Given.InstrumentAsync(institution) };
        await api.PostAsJsonAsync($"{Groups}/{group}/instruments", new { instrumentIds = instruments.Select(i => i.Id.Value) });
        var page = await (await api.GetAsync($"{Groups}/{group}/instruments?limit=1")).JsonAsync();
        var rest = await (await api.GetAsync($"{Groups}/{group}/instruments?limit=1&cursor={page.GetProperty("nextCursor")}")).JsonAsync();
        new[] { page, rest }.Select(p => p.GetProperty("items")[0].GetProperty("id").GetGuid()).ShouldBe(instruments.Select(i => i.Id.Value), ignoreOrder: true);
    }

    [Fact]
    public async Task A_manager_makes_a_group_and_puts_an_instrument_in_and_out_on_the_page()
    {
        var institution = await host.Given.InstitutionAsync();
        var instrument = await host.Given.InstrumentAsync(institution, name: "场发射扫描电镜", nameEn: "Field emission microscope");
        var pages = await host.PagesAsync(await host.Given.PersonWithRoleAsync(Role.LabManager, institution));
        var refused = await pages.SubmitAsync(await pages.GetAsync("/manage/instrument-groups"), "form[data-group]", ("name", "电镜"), ("nameEn", ""));
        refused.QuerySelector("#name")!.GetAttribute("value").ShouldBe("电镜");
        refused.QuerySelector("#nameEn-problem").ShouldNotBeNull();
        var group = await pages.SubmitAsync(refused, "form[data-group]", ("name", "电镜"), ("nameEn", "Microscopes"));
        group.QuerySelector("h1")!.TextContent.ShouldBe("Microscopes");
        var address = pages.Last.RequestMessage!.RequestUri!.AbsolutePath;

        var found = await pages.GetAsync(address + "?q=emission");
        var within = await pages.SubmitAsync(found, "form[data-add]", ("instruments", instrument.Id.Value.ToString()));
        within.QuerySelector("form[data-remove]")!.TextContent.ShouldContain("Field emission microscope");
        var without = await pages.SubmitAsync(within, "form[data-remove]", ("instruments", instrument.Id.Value.ToString()));
        without.QuerySelector("form[data-remove]").ShouldBeNull();
    }

    private static object Named(string name = "组") => new { name, nameEn = "Group" };

    private async Task<(HttpClient Api, Guid Group, Institution Institution)> GroupAsync(string name = "组")
    {
        var institution = await host.Given.InstitutionAsync();
        var api = await host.ApiAsync(await host.Given.PersonWithRoleAsync(Role.LabManager, institution));
        var made = await (await api.PostAsJsonAsync(Groups, Named(name))).JsonAsync(HttpStatusCode.Created);
        return (api, made.GetProperty("id").GetGuid(), institution);
    }

    private static async Task ChangedAsync(HttpClient api, string path, InstrumentId instrument, int expected) =>
        (await (await api.PostAsJsonAsync(path, new { instrumentIds = new[] { instrument.Value } })).JsonAsync()).GetProperty("count").GetInt32().ShouldBe(expected);

    private async Task<InstrumentRules> RulesAsync(InstrumentId id) => (await host.Services.GetRequiredService<InstrumentRulesQuery>().OfAsync(id))!;
}
