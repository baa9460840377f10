using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using InstrumentShare.Access;
using InstrumentShare.Access.Institutions;
using InstrumentShare.Tests.Support;

namespace InstrumentShare.Tests.Access;

public sealed class InstitutionTests(TestHost host) : IClassFixture<TestHost>
{
    // A real one: the University of Science and Technology of China.
    private const string Code = "12100000485001086E";
    private const string Ror = "https://ror.org/04c4dkn09";

    private static readonly InstitutionFields Good = new("中国科学技术大学", "University of Science and Technology of China", Code, "university", "CN-3401", Ror, "Asia/Shanghai", ["networkMember"], ["ustc.edu.cn"], true);

    public static TheoryData<string, InstitutionFields, string?> Fields => new()
    {
        { "all good", Good, null },
        { "only what is needed", Good with { SocialCreditCode = null, RorId = null, Tags = [], EmailDomains = [] }, null },
        { "no name", Good with { Name = " " }, "institution.name" },
        { "name of 101", Good with { Name = new string('大', 101) }, "institution.name" },
        { "English name of 201", Good with { NameEn = new string('a', 201) }, "institution.name" },
        { "wrong check character", Good with { SocialCreditCode = Code[..17] + "0" }, "institution.code" },
        { "too short", Good with { SocialCreditCode = Code[..17] }, "institution.code" },
        { "wrong ROR digits", Good with { RorId = "https://ror.org/04c4dkn08" }, "institution.ror" },
        { "ROR without address", Good with { RorId = "04c4dkn09" }, "institution.ror" },
        { "unknown zone", Good with { TimeZone = "Asia/Hefei" }, "institution.time-zone" },
        { "offset for a zone", Good with { TimeZone = "+08:00" }, "institution.time-zone" },
        { "unknown tag", Good with { Tags = ["rich"] }, "institution.tag" },
        { "public suffix", Good with { EmailDomains = ["edu.cn"] }, "institution.domain" },
        { "top level", Good with { EmailDomains = ["cn"] }, "institution.domain" },
        { "address for a domain", Good with { EmailDomains = ["a@ustc.edu.cn"] }, "institution.domain" },
    };

    [Theory]
    [MemberData(nameof(Fields))]
    public void Fields_are_checked_down_to_their_check_digits(string what, InstitutionFields fields, string? code) =>
        InstitutionRules.Check(fields, kindExists: true, regionExists: true).Select(p => p.Code).ShouldBe(code is null ? [] : [code], what);

    [Theory]
    [InlineData(null, HttpStatusCode.Unauthorized)]
    [InlineData(Role.Researcher, HttpStatusCode.Forbidden)]
    [InlineData(Role.LabManager, HttpStatusCode.Forbidden)]
    [InlineData(Role.InstitutionAdministrator, HttpStatusCode.Forbidden)]
    [InlineData(Role.FundingOfficer, HttpStatusCode.Forbidden)]
    [InlineData(Role.Auditor, HttpStatusCode.Forbidden)]
    [InlineData(Role.SystemAdministrator, HttpStatusCode.BadRequest)]
    public async Task Only_the_system_administrator_enters_institutions(Role? role, HttpStatusCode expected)
    {
        var institution = await host.Given.InstitutionAsync();
        var api = await host.ApiAsync(role is null ? null : await host.Given.PersonWithRoleAsync(role.Value, role == Role.SystemAdministrator ? null : institution));
        (await api.PostAsJsonAsync("/api/v1/institutions", new { })).StatusCode.ShouldBe(expected);
        var change = await api.PatchAsJsonAsync($"/api/v1/institutions/{institution.Id.Value}", new { name = "" });
        change.StatusCode.ShouldBe(expected);
        (await api.GetAsync($"/api/v1/institutions/{institution.Id.Value}")).StatusCode.ShouldBe(HttpStatusCode.OK, "these are public facts");
    }

    [Fact]
    public async Task An_institution_is_entered_changed_and_found_and_the_trail_tells_it()
    {
        var api = await host.ApiAsync(await host.Given.PersonWithRoleAsync(Role.SystemAdministrator));
        var made = await api.PostAsJsonAsync("/api/v1/institutions", new { name = "江南研究所", nameEn = "Jiangnan Institute", socialCreditCode = Code, kind = "institute", region = "CN-3205", rorId = Ror });
        made.StatusCode.ShouldBe(HttpStatusCode.Created);
        var at = made.Headers.Location!.ToString();
        (await (await api.PatchAsJsonAsync(at, new { timeZone = "Asia/Urumqi", rorId = "" })).Content.ReadFromJsonAsync<JsonElement>()).GetProperty("rorId").ValueKind.ShouldBe(JsonValueKind.Null);
        var found = (await (await host.ApiAsync()).GetFromJsonAsync<JsonElement>("/api/v1/institutions?q=江南&region=CN-32&kind=institute")).GetProperty("items");
        found.GetArrayLength().ShouldBe(1);

        var again = await api.PostAsJsonAsync("/api/v1/institutions", new { name = "另一个", nameEn = "Another", socialCreditCode = Code, kind = "institute", region = "CN-32" });
        again.StatusCode.ShouldBe(HttpStatusCode.Conflict);
        (await again.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("code").GetString().ShouldBe("institution.code-taken");

        var trail = (await api.GetFromJsonAsync<JsonElement>($"/api/v1/audit-entries?subjectId={at.Split('/')[^1]}")).GetProperty("items");
        trail.EnumerateArray().Select(e => e.GetProperty("action").GetString()).ShouldBe(["institution.changed", "institution.created"]);
        trail[0].GetProperty("changes").EnumerateArray().Select(c => c.GetProperty("field").GetString()).Order().ShouldBe(["rorId", "timeZone"]);
    }

    [Theory]
    [InlineData("?kind=castle")]
    [InlineData("?region=34")]
    [InlineData("?limit=0")]
    [InlineData("?cursor=xyz")]
    [InlineData("?colour=red")]
    public async Task A_list_refuses_what_it_does_not_understand(string query) =>
        (await (await host.ApiAsync()).GetAsync("/api/v1/institutions" + query)).StatusCode.ShouldBe(HttpStatusCode.BadRequest);

    [Fact]
    public async Task Pages_of_a_list_hold_each_row_once()
    {
        var word = "页" + Guid.CreateVersion7().ToString("N")[^6..];
        for (var i = 0; i < 5; i++) await host.Given.InstitutionAsync(name: $"{word}{i}");
        var api = await host.ApiAsync();
        var seen = new List<string>();
        string? cursor = null;
        do
        {
            var page = await api.GetFromJsonAsync<JsonElement>($"/api/v1/institutions?q={word}&limit=2{(cursor is null ? "" : "&cursor=" + cursor)}");
            page.GetProperty("total").GetInt32().ShouldBe(5);
            seen.AddRange(page.GetProperty("items").EnumerateArray().Select(i => i.GetProperty("name").GetString()!));
            cursor = page.GetProperty("nextCursor").GetString();
        }
        while (cursor is not null);
        seen.ShouldBe(Enumerable.Range(0, 5).Select(i => $"{word}{i}"), ignoreOrder: true);
    }

    [Fact]
    public async Task The_form_keeps_what_was_typed_and_shows_problems_beside_their_fields()
    {
        var pages = await host.PagesAsync(await host.Given.PersonWithRoleAsync(Role.SystemAdministrator));
        var after = await pages.SubmitAsync(await pages.GetAsync("/institutions/new"), "form[data-institution]", ("Name", "新所"), ("NameEn", "New"), ("SocialCreditCode", "123"), ("Region", "CN-99"));
        after.QuerySelector("#Name")!.GetAttribute("value").ShouldBe("新所");
        after.QuerySelector("#SocialCreditCode-problem").ShouldNotBeNull();
        after.QuerySelector("#Region-problem").ShouldNotBeNull();
        var saved = await pages.SubmitAsync(after, "form[data-institution]", ("SocialCreditCode", ""), ("Region", "CN-34"), ("EmailDomains", "xin.example.cn, suo.example.cn"));
        saved.QuerySelector("[role=status]").ShouldNotBeNull(saved.QuerySelector("[role=alert]")?.TextContent);
        saved.QuerySelector("#EmailDomains")!.GetAttribute("value").ShouldBe("xin.example.cn, suo.example.cn");
    }
}
