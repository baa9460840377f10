using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using InstrumentShare.Access;
using InstrumentShare.Tests.Support;

namespace InstrumentShare.Tests.Subsidies;

public sealed class EvaluateApiTests(TestHost host) : IClassFixture<TestHost>
{
    private const string Facts = """
        {"policyId":"qingdao","from":"2025-01-01","to":"2025-12-31","budget":"1000.00","facts":{
         "services":[{"id":"s1","institutionId":"o1","userId":"u1","instrumentId":"i1","amount":"3000000.00","machineHours":"2.5","servedOn":"2025-05-01","tags":[],"evidence":["contract"]},
                     {"id":"s2","institutionId":"o1","userId":"u1","instrumentId":"i1","amount":"1.00","servedOn":"2026-05-01","tags":[],"evidence":[]}],
         "instruments":[{"id":"i1","institutionId":"o1","originalValue":"300000","isSet":false,"funding":"public","enrolledOn":"2020-01-01"}],
         "institutions":[{"id":"o1","region":"CN-3702","tags":[]}],
         "users":[{"id":"u1","kind":"enterprise","region":"CN-370211","tags":["highTech"]}]}}
        """;

    public static TheoryData<Role?, HttpStatusCode> Roles => new()
    {
        { null, HttpStatusCode.Unauthorized },
        { Role.Researcher, HttpStatusCode.Forbidden },
        { Role.LabManager, HttpStatusCode.Forbidden },
        { Role.InstitutionAdministrator, HttpStatusCode.Forbidden },
        { Role.Auditor, HttpStatusCode.Forbidden },
        { Role.SystemAdministrator, HttpStatusCode.Forbidden },
        { Role.FundingOfficer, HttpStatusCode.OK },
    };

    [Theory]
    [MemberData(nameof(Roles))]
    public async Task Only_funding_officers_evaluate_and_of_every_region(Role? role, HttpStatusCode expected)
    {
        var person = role is null ? null : role == Role.FundingOfficer
            ? await host.Given.PersonWithRoleAsync(Role.FundingOfficer, region: "CN-34")
            : await host.Given.PersonWithRoleAsync(role.Value);
        (await PostAsync(await host.ApiAsync(person), Facts)).StatusCode.ShouldBe(expected);
    }

    [Fact]
    public async Task The_answer_has_lines_beneficiaries_total_and_digest()
    {
        var answer = await JsonAsync(await PostAsync(await OfficerAsync(), Facts));
        var lines = answer.GetProperty("lines").EnumerateArray().ToList();
        lines.Select(l => $"{l.GetProperty("serviceId")} {l.GetProperty("beneficiaryKind")} {l.GetProperty("payer")} {l.GetProperty("amount")}").ShouldBe([
            "s1 institution city 300000.00", "s1 user district 600000.00", "s1 user city 600000.00",
            "s2 institution city 0.00", "s2 user district 0.00", "s2 user city 0.00"]);
        lines[0].TryGetProperty("excluded", out _).ShouldBeFalse();
        lines[0].TryGetProperty("instrumentId", out _).ShouldBeFalse();
        lines[3].GetProperty("excluded").GetString().ShouldBe("outsideWindow");
        answer.GetProperty("beneficiaries").EnumerateArray().Select(b => $"{b.GetProperty("kind")} {b.GetProperty("id")} {b.GetProperty("payer")} {b.GetProperty("amount")}")
            .ShouldBe(["institution o1 city 214.29", "user u1 city 357.14", "user u1 district 428.57"]);
        answer.GetProperty("total").GetString().ShouldBe("1000.00");
        answer.GetProperty("resultDigest").GetString()!.Length.ShouldBe(64);
    }

    [Fact]
    public async Task The_digest_is_the_same_in_any_order_and_on_another_node()
    {
        using var parsed = JsonDocument.Parse(Facts);
        var turned = Facts.Replace("\"id\":\"s1\"", "\"id\":\"S\"", StringComparison.Ordinal).Replace("\"id\":\"s2\"", "\"id\":\"s1\"", StringComparison.Ordinal);
        var services = parsed.RootElement.GetProperty("facts").GetProperty("services").EnumerateArray().Select(s => s.GetRawText()).ToList();
        var reversed = Facts.Replace(string.Join(",\n             ", services), $"{services[1]},{services[0]}", StringComparison.Ordinal)
            .Replace(services[0] + "," + services[1], services[1] + "," + services[0], StringComparison.Ordinal);
        var officer = await host.Given.PersonWithRoleAsync(Role.FundingOfficer, region: "CN-37");
        await using var second = host.NewNode();
        var first = (await JsonAsync(await PostAsync(await host.ApiAsync(officer), Facts))).GetProperty("resultDigest").GetString();
        (await JsonAsync(await PostAsync(await second.ApiAsync(officer), reversed))).GetProperty("resultDigest").GetString().ShouldBe(first);
        (await JsonAsync(await PostAsync(await host.ApiAsync(officer), turned))).GetProperty("resultDigest").GetString().ShouldNotBe(first);
    }

    [Theory]
    [InlineData("\"s2\"", "\"s1\"", "subsidy.facts.repeated-id")]
    [InlineData("\"userId\":\"u1\"", "\"userId\":\"u9\"", "subsidy.facts.dangling")]
    [InlineData("\"3000000.00\"", "\"-1\"", "subsidy.facts.negative")]
    [InlineData("\"3000000.00\"", "\"1.234\"", "subsidy.facts.decimals")]
    [InlineData("\"3000000.00\"", "3000000", "request.unreadable")]
    [InlineData("\"enterprise\"", "\"firm\"", "subsidy.facts.word")]
    [InlineData("\"highTech\"", "\"lowTech\"", "subsidy.facts.word")]
    [InlineData("\"contract\"", "\"promise\"", "subsidy.facts.word")]
    [InlineData("\"from\":\"2025-01-01\"", "\"from\":\"2025-12-32\"", "subsidy.facts.date")]
    [InlineData("\"from\":\"2025-01-01\"", "\"from\":\"2026-01-01\"", "subsidy.window-crossed")]
    [InlineData("\"budget\":\"1000.00\"", "\"budget\":\"-1000.00\"", "subsidy.facts.negative")]
    [InlineData("\"CN-3702\"", "\"3702\"", "subsidy.facts.region")]
    [InlineData("\"s1\"", "\"\\u0000\"", "subsidy.facts.id")]
    [InlineData("\"s1\"", "\"\\ud800\"", "request.unreadable")]
    [InlineData("{\"policyId\"", "{{\"policyId\"", "request.unreadable")]
    [InlineData("\"policyId\":\"qingdao\",", "", "subsidy.facts.missing")]
    public async Task Wrong_facts_are_a_400_with_their_code(string right, string wrong, string code)
    {
        var at = Facts.IndexOf(right, StringComparison.Ordinal);
        var answer = await PostAsync(await OfficerAsync(), Facts.Remove(at, right.Length).Insert(at, wrong));
        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        var problem = await JsonAsync(answer);
        problem.GetProperty("code").GetString().ShouldBe(code);
        problem.GetProperty("detail").GetString().ShouldNotBeNullOrWhiteSpace();
    }

    [Fact]
    public async Task An_unknown_policy_is_a_404() =>
        (await PostAsync(await OfficerAsync(), Facts.Replace("qingdao", "atlantis", StringComparison.Ordinal))).StatusCode.ShouldBe(HttpStatusCode.NotFound);

    [Fact]
    public async Task Everyone_reads_the_policies_with_their_text_and_trust()
    {
        var api = await host.ApiAsync();
        var list = await JsonAsync(await api.GetAsync("/api/v1/subsidy/policies"));
        list.GetProperty("items").EnumerateArray().Select(p => p.GetProperty("id").GetString())
            .ShouldBe(["anhui-2015", "chongqing-early", "fujian-2019", "hunan-2018", "hunan-2025", "qingdao"]);
        var one = await JsonAsync(await api.GetAsync("/api/v1/subsidy/policies/hunan-2018"));
        one.GetProperty("trust").GetString().ShouldBe("reported");
        one.GetProperty("text").GetString()!.ShouldContain("id: hunan-2018");
        one.GetProperty("documentNumber").GetString().ShouldNotBeNullOrEmpty();
        one.GetProperty("region").GetString().ShouldBe("CN-43");
        one.GetProperty("validity").GetProperty("to").GetString().ShouldBe("2025-12-30");
        one.GetProperty("figures").EnumerateArray().Count(f => f.GetProperty("unsettled").ValueKind != JsonValueKind.Null).ShouldBe(2);
        (await api.GetAsync("/api/v1/subsidy/policies/none")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await api.GetAsync("/api/v1/subsidy/policies?colour=red")).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }

    private async Task<HttpClient> OfficerAsync() => await host.ApiAsync(await host.Given.PersonWithRoleAsync(Role.FundingOfficer, region: "CN-50"));

    private static Task<HttpResponseMessage> PostAsync(HttpClient api, string json) =>
        api.PostAsync("/api/v1/subsidy/evaluate", new StringContent(json, Encoding.UTF8, "application/json"));

    private static Task<JsonElement> JsonAsync(HttpResponseMessage answer) => answer.Content.ReadFromJsonAsync<JsonElement>();
}
