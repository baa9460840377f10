using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using InstrumentShare.Access;
using InstrumentShare.Tests.Support;

namespace InstrumentShare.Tests.Catalog;

public sealed class InstrumentApiTests(TestHost host) : IClassFixture<TestHost>
{
    private static object Valid(string innerId = "N-1") => new
    {
        innerId, name = "场发射扫描电镜", nameEn = "FE-SEM", classification = "010102", originalValue = new { amount = "2345678.90", currency = "CNY" },
    };

    [Theory]
    [InlineData(null, HttpStatusCode.Unauthorized, HttpStatusCode.Unauthorized, HttpStatusCode.OK)]
    [InlineData(Role.Researcher, HttpStatusCode.Forbidden, HttpStatusCode.Forbidden, HttpStatusCode.OK)]
    [InlineData(Role.Technician, HttpStatusCode.Forbidden, HttpStatusCode.Forbidden, HttpStatusCode.OK)]
    [InlineData(Role.LabManager, HttpStatusCode.Created, HttpStatusCode.OK, HttpStatusCode.OK)]
    [InlineData(Role.InstitutionAdministrator, HttpStatusCode.Created, HttpStatusCode.OK, HttpStatusCode.OK)]
    [InlineData(Role.Auditor, HttpStatusCode.Forbidden, HttpStatusCode.Forbidden, HttpStatusCode.OK)]
    public async Task Who_may_add_change_and_read(Role? role, HttpStatusCode add, HttpStatusCode change, HttpStatusCode read)
    {
        var institution = await host.Given.InstitutionAsync();
        var instrument = await host.Given.InstrumentAsync(institution);
        var api = await host.ApiAsync(role switch
        {
            null => null,
            Role.Researcher => await host.Given.PersonAsync(institution),
            _ => await host.Given.PersonWithRoleAsync(role.Value, institution),
        });
        (await api.PostAsJsonAsync("/api/v1/instruments", Valid())).StatusCode.ShouldBe(add);
        (await api.PatchAsJsonAsync($"/api/v1/instruments/{instrument.Id.Value}", new { model = "SU8010" })).StatusCode.ShouldBe(change);
        (await api.GetAsync($"/api/v1/instruments/{instrument.Id.Value}")).StatusCode.ShouldBe(read);
    }

    [Fact]
    public async Task A_manager_of_one_institution_changes_nothing_of_another()
    {
        var instrument = await host.Given.InstrumentAsync();
        var (api, _) = await ManagerAsync();
        (await api.PatchAsJsonAsync($"/api/v1/instruments/{instrument.Id.Value}", new { model = "X" })).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        var elsewhere = await api.PostAsJsonAsync("/api/v1/instruments", new { institutionId = instrument.InstitutionId.Value, innerId = "1", name = "a", nameEn = "a", classification = "010101", originalValue = new { amount = "1" } });
        elsewhere.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task A_manager_of_one_instrument_changes_that_one_only()
    {
        var institution = await host.Given.InstitutionAsync();
        var (own, other) = (await host.Given.InstrumentAsync(institution), await host.Given.InstrumentAsync(institution));
        var api = await host.ApiAsync(await host.Given.PersonWithRoleAsync(Role.LabManager, instrumentId: own.Id.Value));
        (await api.PatchAsJsonAsync($"/api/v1/instruments/{own.Id.Value}", new { model = "X" })).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await api.PatchAsJsonAsync($"/api/v1/instruments/{other.Id.Value}", new { model = "X" })).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task A_role_over_a_region_covers_its_institutions_wherever_their_instruments_stand()
    {
        var instrument = await host.Given.InstrumentAsync(await host.Given.InstitutionAsync(region: "CN-3401"));
        var own = await host.ApiAsync(await host.Given.PersonWithRoleAsync(Role.LabManager, region: "CN-34"));
        var other = await host.ApiAsync(await host.Given.PersonWithRoleAsync(Role.LabManager, region: "CN-37"));
        (await own.PatchAsJsonAsync($"/api/v1/instruments/{instrument.Id.Value}", new { region = "CN-3702", isVisible = false })).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await own.GetAsync($"/api/v1/instruments/{instrument.Id.Value}")).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await other.GetAsync($"/api/v1/instruments/{instrument.Id.Value}")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await other.PatchAsJsonAsync($"/api/v1/instruments/{instrument.Id.Value}", new { model = "X" })).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Theory]
    [InlineData("JP", "日本")]
    [InlineData("japan", "日本")]
    [InlineData(" 德国 ", "德国")]
    [InlineData("台湾", "中国台湾")]
    [InlineData("", "")]
    [InlineData("Ruritania", null)]
    public async Task A_country_is_taken_by_name_or_code_and_kept_by_its_chinese_name(string sent, string? kept)
    {
        var (api, institution) = await ManagerAsync();
        var instrument = await host.Given.InstrumentAsync(institution);
        var answer = await api.PatchAsJsonAsync($"/api/v1/instruments/{instrument.Id.Value}", new { nation = sent });
        var body = await answer.Content.ReadFromJsonAsync<JsonElement>();
        if (kept is not null) body.GetProperty("nation").GetString().ShouldBe(kept);
        else body.GetProperty("code").GetString().ShouldBe("instrument.unknown-nation");
    }

    [Theory]
    [InlineData("1200", "1200")]
    [InlineData("300.50", "300.5")]
    [InlineData("8784", "8784")]
    [InlineData("0", "0")]
    [InlineData("", null)]
    [InlineData("8784.5", "refused")]
    [InlineData("-1", "refused")]
    [InlineData("1.234", "refused")]
    public async Task Reported_hours_are_those_of_one_year(string sent, string? kept)
    {
        var (api, institution) = await ManagerAsync();
        var instrument = await host.Given.InstrumentAsync(institution);
        var answer = await api.PatchAsJsonAsync($"/api/v1/instruments/{instrument.Id.Value}", new { runHours = sent, serviceHours = sent });
        var body = await answer.Content.ReadFromJsonAsync<JsonElement>();
        if (kept == "refused") body.GetProperty("problems").EnumerateArray().Select(p => p.GetProperty("field").GetString()).ShouldBe(["runHours", "serviceHours"]);
        else (body.GetProperty("runHours").GetString(), body.GetProperty("serviceHours").GetString()).ShouldBe((kept, kept));
    }

    [Fact]
    public async Task A_hidden_instrument_is_there_for_its_managers_only()
    {
        var (api, institution) = await ManagerAsync();
        var hidden = await host.Given.InstrumentAsync(institution, isVisible: false);
        (await (await host.ApiAsync()).GetAsync($"/api/v1/instruments/{hidden.Id.Value}")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await (await host.ApiAsync()).GetAsync($"/api/v1/instruments/{hidden.Id.Value}/closures?from=2026-03-01T00:00:00Z&to=2026-03-02T00:00:00Z")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        var (stranger, _) = await ManagerAsync();
        (await stranger.PatchAsJsonAsync($"/api/v1/instruments/{hidden.Id.Value}", new { model = "X" })).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await api.GetAsync($"/api/v1/instruments/{hidden.Id.Value}")).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task What_was_sent_is_what_is_read()
    {
        var (api, institution) = await ManagerAsync();
        var made = await api.PostAsJsonAsync("/api/v1/instruments", Valid("A-7"));
        made.StatusCode.ShouldBe(HttpStatusCode.Created);
        var record = await (await api.GetAsync(made.Headers.Location)).Content.ReadFromJsonAsync<JsonElement>();
        record.GetProperty("originalValue").GetProperty("amount").GetString().ShouldBe("2345678.90");
        record.GetProperty("classification").GetProperty("name").GetString().ShouldBe("Scanning electron microscopes");
        record.GetProperty("institution").GetProperty("id").GetGuid().ShouldBe(institution.Id.Value);
        record.GetProperty("region").GetString().ShouldBe("CN-3401");
        record.GetProperty("bookingUrl").GetString()!.ShouldEndWith($"/instruments/{record.GetProperty("id").GetString()}");
    }

    [Theory]
    [InlineData("""{"name":""}""", "name", "instrument.required")]
    [InlineData("""{"classification":"019999"}""", "classification", "instrument.unknown-classification")]
    [InlineData("""{"region":"CN-99"}""", "region", "instrument.unknown-region")]
    [InlineData("""{"sharing":"some"}""", "sharing", "instrument.unknown-word")]
    [InlineData("""{"sharing":"EXTERNAL"}""", "sharing", "instrument.unknown-word")]
    [InlineData("""{"funds":["pocket"]}""", "funds", "instrument.unknown-word")]
    [InlineData("""{"subjects":["炼金术"]}""", "subjects", "instrument.unknown-subject")]
    [InlineData("""{"subjects":["数学","力学","化学","药学","林学"]}""", "subjects", "instrument.too-many-subjects")]
    [InlineData("""{"originalValue":{"amount":"1.234"}}""", "originalValue", "instrument.original-value")]
    [InlineData("""{"originalValue":{"amount":"-1"}}""", "originalValue", "instrument.original-value")]
    [InlineData("""{"originalValue":{"amount":"1","currency":"USD"}}""", "originalValue", "instrument.original-value")]
    [InlineData("""{"beginOn":"2026-02-30"}""", "beginOn", "instrument.date")]
    [InlineData("""{"email":"nobody"}""", "email", "instrument.email")]
    [InlineData("""{"postalCode":"2300"}""", "postalCode", "instrument.postal-code")]
    [InlineData("""{"serviceUrl":"javascript:alert(1)"}""", "serviceUrl", "instrument.service-url")]
    [InlineData("""{"capacity":0}""", "capacity", "instrument.capacity")]
    [InlineData("""{"capacity":1001}""", "capacity", "instrument.capacity")]
    [InlineData("""{"timeZone":"Mars"}""", "timeZone", "instrument.unknown-time-zone")]
    [InlineData("""{"technical":"a\u0000b"}""", "technical", "request.nul")]
    public async Task A_wrong_value_is_a_400_beside_its_field(string body, string field, string code)
    {
        var (api, institution) = await ManagerAsync();
        var instrument = await host.Given.InstrumentAsync(institution);
        var answer = await api.PatchAsync($"/api/v1/instruments/{instrument.Id.Value}", new StringContent(body, System.Text.Encoding.UTF8, "application/json"));
        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        var problem = (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("problems")[0];
        problem.GetProperty("field").GetString().ShouldBe(field);
        problem.GetProperty("code").GetString().ShouldBe(code);
        problem.GetProperty("message").GetString()!.ShouldNotContain("{");
    }

    [Fact]
    public async Task All_problems_come_at_once()
    {
        var (api, _) = await ManagerAsync();
        var answer = await api.PostAsJsonAsync("/api/v1/instruments", new { sharing = "x" });
        var codes = (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("problems").EnumerateArray().Select(p => p.GetProperty("field").GetString());
        codes.ShouldBe(["innerId", "name", "nameEn", "classification", "originalValue", "sharing"]);
    }

    [Fact]
    public async Task A_misspelt_field_is_refused_rather_than_lost()
    {
        var (api, institution) = await ManagerAsync();
        var instrument = await host.Given.InstrumentAsync(institution);
        (await api.PatchAsJsonAsync($"/api/v1/instruments/{instrument.Id.Value}", new { modell = "X" })).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task A_number_taken_in_the_institution_is_refused()
    {
        var (api, _) = await ManagerAsync();
        await api.PostAsJsonAsync("/api/v1/instruments", Valid("SAME"));
        var answer = await api.PostAsJsonAsync("/api/v1/instruments", Valid("SAME"));
        answer.StatusCode.ShouldBe(HttpStatusCode.Conflict);
        (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("code").GetString().ShouldBe("instrument.inner-id-taken");
    }

    [Fact]
    public async Task A_change_upon_an_old_version_is_a_412()
    {
        var (api, institution) = await ManagerAsync();
        var path = $"/api/v1/instruments/{(await host.Given.InstrumentAsync(institution)).Id.Value}";
        var seen = (await api.GetAsync(path)).Headers.ETag!;
        api.DefaultRequestHeaders.IfMatch.Add(seen);
        (await api.PatchAsJsonAsync(path, new { model = "first" })).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await api.PatchAsJsonAsync(path, new { model = "second" })).StatusCode.ShouldBe(HttpStatusCode.PreconditionFailed);
    }

    [Fact]
    public async Task The_same_key_adds_an_instrument_once()
    {
        var (api, _) = await ManagerAsync();
        api.DefaultRequestHeaders.Add("Idempotency-Key", "one");
        var first = await api.PostAsJsonAsync("/api/v1/instruments", Valid("IDEM"));
        var again = await api.PostAsJsonAsync("/api/v1/instruments", Valid("IDEM"));
        again.StatusCode.ShouldBe(HttpStatusCode.Created);
        again.Headers.Location.ShouldBe(first.Headers.Location);
        (await api.PostAsJsonAsync("/api/v1/instruments", Valid("OTHER"))).StatusCode.ShouldBe(HttpStatusCode.Conflict);
    }

    [Fact]
    public async Task A_change_is_audited_and_raises_the_rules_version_only_when_bookings_depend_on_it()
    {
        var (api, institution) = await ManagerAsync();
        var instrument = await host.Given.InstrumentAsync(institution);
        var path = $"/api/v1/instruments/{instrument.Id.Value}";
        await api.PatchAsJsonAsync(path, new { technical = "0.19 nm" });
        (await RulesVersionAsync(instrument.Id.Value)).ShouldBe(1);
        await api.PatchAsJsonAsync(path, new { capacity = 3 });
        (await RulesVersionAsync(instrument.Id.Value)).ShouldBe(2);
        (await host.ScalarAsync<string>("SELECT after->>'technical' FROM audit_entries WHERE subject_id = @id AND action = 'instrument.change' ORDER BY occurred_at, id LIMIT 1", ("id", instrument.Id.Value.ToString())))
            .ShouldBe("0.19 nm");
    }

    [Theory]
    [InlineData("colour=red", "request.unknown-filter")]
    [InlineData("limit=0", "request.limit")]
    [InlineData("limit=201", "request.limit")]
    [InlineData("sharing=all", "instrument.unknown-word")]
    [InlineData("institution=7", "catalog.institution")]
    [InlineData("classification=abc", "instrument.unknown-classification")]
    [InlineData("region=CN-1", "instrument.unknown-region")]
    [InlineData("cursor=!!!", "request.cursor")]
    [InlineData("cursor=YWJj", "request.cursor")]
    [InlineData("q=%00", "request.nul")]
    public async Task A_wrong_filter_is_a_400(string query, string code)
    {
        var answer = await (await host.ApiAsync()).GetAsync("/api/v1/instruments?" + query);
        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("code").GetString().ShouldBe(code);
    }

    [Fact]
    public async Task A_list_item_has_the_agreed_fields()
    {
        await host.Given.InstrumentAsync(name: "独有名称质谱仪");
        var list = await (await host.ApiAsync()).GetFromJsonAsync<JsonElement>("/api/v1/instruments?q=独有名称");
        list.GetProperty("total").GetInt32().ShouldBe(1);
        list.GetProperty("nextCursor").ValueKind.ShouldBe(JsonValueKind.Null);
        list.GetProperty("items")[0].EnumerateObject().Select(p => p.Name)
            .ShouldBe(["id", "name", "nameEn", "model", "manufacturer", "classification", "institution", "originalValue", "sharing", "status", "location"]);
    }

    [Fact]
    public async Task A_class_finds_all_that_lies_below_it()
    {
        var institution = await host.Given.InstitutionAsync();
        await host.Given.InstrumentAsync(institution, classification: "010102");
        await host.Given.InstrumentAsync(institution, classification: "020101");
        var list = await (await host.ApiAsync()).GetFromJsonAsync<JsonElement>($"/api/v1/instruments?classification=010000&institution={institution.Id.Value}");
        list.GetProperty("items").EnumerateArray().Select(i => i.GetProperty("classification").GetProperty("code").GetString()).ShouldBe(["010102"]);
    }

    [Fact]
    public async Task An_instrument_is_found_by_its_institutions_new_name()
    {
        var instrument = await host.Given.InstrumentAsync();
        var admin = await host.ApiAsync(await host.Given.PersonWithRoleAsync(Role.SystemAdministrator));
        (await admin.PatchAsJsonAsync($"/api/v1/institutions/{instrument.InstitutionId.Value}", new { name = "改名学院" })).StatusCode.ShouldBe(HttpStatusCode.OK);
        var list = await (await host.ApiAsync()).GetFromJsonAsync<JsonElement>("/api/v1/instruments?q=改名学院");
        list.GetProperty("items")[0].GetProperty("id").GetGuid().ShouldBe(instrument.Id.Value);
    }

    private async Task<(HttpClient Api, Institution Institution)> ManagerAsync()
    {
        var institution = await host.Given.InstitutionAsync();
        return (await host.ApiAsync(await host.Given.PersonWithRoleAsync(Role.LabManager, institution)), institution);
    }

    private Task<long> RulesVersionAsync(Guid id) => host.ScalarAsync<long>("SELECT rules_version FROM instruments WHERE id = @id", ("id", id));
}
