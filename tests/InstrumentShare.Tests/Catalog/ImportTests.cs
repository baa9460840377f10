using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using InstrumentShare.Access;
using InstrumentShare.Catalog;
using InstrumentShare.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace InstrumentShare.Tests.Catalog;

public sealed class ImportTests(TestHost host) : IClassFixture<TestHost>
{
    private const string Head = "cname,ename,innerId,instrCategory,worth";
    private const string Row = "扫描电镜,SEM,E1,010102,215.5";

    [Theory]
    [InlineData(null, HttpStatusCode.Unauthorized)]
    [InlineData(Role.Researcher, HttpStatusCode.Forbidden)]
    [InlineData(Role.Technician, HttpStatusCode.Forbidden)]
    [InlineData(Role.LabManager, HttpStatusCode.OK)]
    [InlineData(Role.InstitutionAdministrator, HttpStatusCode.OK)]
    public async Task Who_may_import(Role? role, HttpStatusCode expected)
    {
        var institution = await host.Given.InstitutionAsync();
        var api = await host.ApiAsync(role switch
        {
            null => null,
            Role.Researcher => await host.Given.PersonAsync(institution),
            _ => await host.Given.PersonWithRoleAsync(role.Value, institution),
        });
        (await SendAsync(api, Csv(Head, Row), dryRun: true)).StatusCode.ShouldBe(expected);
    }

    [Fact]
    public async Task A_manager_imports_nothing_into_another_institution()
    {
        var (api, _) = await ManagerAsync();
        var other = await host.Given.InstitutionAsync();
        (await SendAsync(api, Csv(Head, Row), institution: other)).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task A_dry_run_tells_what_would_happen_and_does_nothing()
    {
        var (api, institution) = await ManagerAsync();
        var answer = await ReadAsync(await SendAsync(api, Csv(Head, Row), dryRun: true));
        answer.GetProperty("created").GetInt32().ShouldBe(1);
        (await CountAsync(institution)).ShouldBe(0);
    }

    [Fact]
    public async Task The_same_file_twice_changes_nothing()
    {
        var (api, institution) = await ManagerAsync();
        var file = Csv(Head, Row, "质谱仪,MS,E2,010300,12.345678");
        (await ReadAsync(await SendAsync(api, file))).GetProperty("created").GetInt32().ShouldBe(2);
        var audited = await AuditedAsync(institution);
        var again = await ReadAsync(await SendAsync(api, file));
        (again.GetProperty("created").GetInt32(), again.GetProperty("updated").GetInt32(), again.GetProperty("unchanged").GetInt32()).ShouldBe((0, 0, 2));
        (await AuditedAsync(institution)).ShouldBe(audited);
        (await host.ScalarAsync<long>("SELECT max(version) FROM instruments WHERE institution_id = @id", ("id", institution.Id.Value))).ShouldBe(1);
    }

    [Fact]
    public async Task A_changed_row_changes_that_instrument_only()
    {
        var (api, institution) = await ManagerAsync();
        await SendAsync(api, Csv(Head, Row, "质谱仪,MS,E2,010300,12"));
        var answer = await ReadAsync(await SendAsync(api, Csv(Head, Row, "高分辨质谱仪,MS,E2,010300,12")));
        (answer.GetProperty("updated").GetInt32(), answer.GetProperty("unchanged").GetInt32()).ShouldBe((1, 1));
        var changed = await FindAsync(institution, "E2");
        changed.Name.ShouldBe("高分辨质谱仪");
        (changed.Version, changed.RulesVersion).ShouldBe((2, 2));
        var found = await (await host.ApiAsync()).GetFromJsonAsync<JsonElement>($"/api/v1/instruments?q=高分辨质谱&institution={institution.Id.Value}");
        found.GetProperty("total").GetInt32().ShouldBe(1);
    }

    [Fact]
    public async Task Every_national_field_is_read()
    {
        var (api, institution) = await ManagerAsync();
        var columns = new (string Name, string Value)[]
        {
            ("cname", "扫描电镜"), ("ename", "SEM"), ("innerId", "20190001"), ("instrBelongsType", "1"), ("instrBelongsName", "分析测试中心"), ("resourceName", "无"), ("instrCategory", "010102"),
            ("province", "山东省"), ("city", "青岛市"), ("county", "市南区"), ("street", "香港中路1号"), ("worth", "215.5"), ("instrSource", "购置"), ("type", "通用"), ("subject", "材料科学, 化学"),
            ("nation", "日本"), ("instrVersion", "SU8010"), ("manufacturer", "日立"), ("beginDate", "2019/5/1"), ("technical", "1 nm"), ("function", "形貌"), ("requirement", "须培训"), ("fee", "无"),
            ("serviceContent", "测试"), ("serviceUrl", "https://example.org/i"), ("instrSupervise", "是"), ("runMachine", "1200"), ("serviceMachine", "300.5"), ("funds", "中央财政资金, 单位自有资金"),
            ("insideDepart", "中心"), ("contact", "李四"), ("phone", "0532-1"), ("email", "li@example.org"), ("address", "香港中路"), ("postalcode", "066071"),
        };
        var answer = await ReadAsync(await SendAsync(api, Csv(string.Join(',', columns.Select(c => c.Name)), string.Join(',', columns.Select(c => $"\"{c.Value}\"")))));
        answer.GetProperty("created").GetInt32().ShouldBe(1);
        var i = await FindAsync(institution, "20190001");
        (i.BelongsTo, i.BelongsToName, i.Region.Code, i.OriginalValue.Fen, i.Source, i.Kind).ShouldBe((BelongsTo.Center, "分析测试中心", "CN-370202", 215_500_000L, InstrumentSource.Purchased, InstrumentKind.General));
        i.Subjects.ShouldBe(["材料科学", "化学"]);
        i.Funds.ShouldBe(["centralBudget", "ownFunds"]);
        (i.Nation, i.RunHours, i.ServiceHours).ShouldBe(("日本", 1200m, 300.5m));
        (i.BeginOn, i.Fee, i.CustomsSupervised, i.PostalCode, i.Model).ShouldBe((new NodaTime.LocalDate(2019, 5, 1), "", true, "066071", "SU8010"));
    }

    [Theory]
    [InlineData("扫描电镜,SEM,E1,010102,215.5000001", "worth", "import.worth")]
    [InlineData("扫描电镜,SEM,E1,010102,-1", "worth", "import.worth")]
    [InlineData("扫描电镜,SEM,E1,010102,\"1,000\"", "worth", "import.worth")]
    [InlineData("扫描电镜,SEM,E1,010102,", "worth", "instrument.required")]
    [InlineData("扫描电镜,SEM,E1,999998,1", "instrCategory", "instrument.unknown-classification")]
    [InlineData(",SEM,E1,010102,1", "cname", "instrument.required")]
    [InlineData("扫描电镜,SEM,,010102,1", "innerId", "instrument.required")]
    public async Task A_wrong_cell_is_named_by_row_and_column(string row, string column, string code)
    {
        var (api, institution) = await ManagerAsync();
        var answer = await ReadAsync(await SendAsync(api, Csv(Head, "好,Good,E0,010102,1", row), dryRun: true));
        var problem = answer.GetProperty("problems").EnumerateArray().Single();
        (problem.GetProperty("row").GetInt32(), problem.GetProperty("field").GetString(), problem.GetProperty("code").GetString()).ShouldBe((3, column, code));
        var refused = await SendAsync(api, Csv(Head, "好,Good,E0,010102,1", row));
        refused.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await ReadAsync(refused)).GetProperty("problems")[0].GetProperty("data").GetProperty("row").GetInt32().ShouldBe(3);
        (await CountAsync(institution)).ShouldBe(0);
    }

    [Theory]
    [InlineData("province", "火星省", "import.unknown-place")]
    [InlineData("instrSource", "偷来", "instrument.unknown-word")]
    [InlineData("beginDate", "昨天", "instrument.date")]
    [InlineData("runMachine", "很多", "instrument.hours")]
    [InlineData("runMachine", "8784.01", "instrument.hours")]
    [InlineData("serviceMachine", "1.005", "instrument.hours")]
    [InlineData("nation", "火星", "instrument.unknown-nation")]
    [InlineData("subject", "炼金术", "instrument.unknown-subject")]
    [InlineData("funds", "彩票", "instrument.unknown-word")]
    [InlineData("instrSupervise", "也许", "instrument.unknown-word")]
    [InlineData("manufacturer", "一二三四五六七八九十一二三四五六七八九十一二三四五六七八九十一二三四五六七八九十一二三四五六七八九十一", "instrument.too-long")]
    public async Task A_wrong_optional_cell_is_told_with_its_value(string column, string value, string code)
    {
        var (api, _) = await ManagerAsync();
        var answer = await ReadAsync(await SendAsync(api, Csv(Head + "," + column, Row + "," + value), dryRun: true));
        var problem = answer.GetProperty("problems").EnumerateArray().Single();
        (problem.GetProperty("field").GetString(), problem.GetProperty("code").GetString(), problem.GetProperty("value").GetString()).ShouldBe((column, code, value));
        problem.GetProperty("message").GetString()!.ShouldNotContain("{");
    }

    [Theory]
    [InlineData("山东省", "青岛市", "市南区", "CN-370202")]
    [InlineData("山东", "青岛", "", "CN-3702")]
    [InlineData("北京市", "市辖区", "海淀区", "CN-110108")]
    [InlineData("北京市", "北京市", "海淀区", "CN-110108")]
    [InlineData("内蒙古", "", "", "CN-15")]
    [InlineData("370000", "370200", "370202", "CN-370202")]
    [InlineData("", "", "", "CN-3401")]
    public async Task Places_are_taken_by_name_or_code(string province, string city, string county, string region)
    {
        var (api, institution) = await ManagerAsync();
        (await SendAsync(api, Csv(Head + ",province,city,county", $"{Row},{province},{city},{county}"))).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await FindAsync(institution, "E1")).Region.Code.ShouldBe(region);
    }

    [Fact]
    public async Task What_looks_like_a_formula_in_text_is_kept_as_data()
    {
        var (api, institution) = await ManagerAsync();
        await SendAsync(api, Csv(Head + ",technical", Row + ",\"=HYPERLINK(\"\"x\"\")\""));
        (await FindAsync(institution, "E1")).Technical.ShouldBe("=HYPERLINK(\"x\")");
    }

    [Theory]
    [InlineData("empty", "import.empty")]
    [InlineData("header only", "import.no-rows")]
    [InlineData("a picture renamed", "import.not-a-table")]
    [InlineData("UTF-16", "import.encoding")]
    [InlineData("broken encoding", "import.encoding")]
    [InlineData("an open quotation mark", "import.malformed")]
    [InlineData("missing column", "import.column-missing")]
    [InlineData("column twice", "import.column-twice")]
    [InlineData("old Excel", "import.old-excel")]
    [InlineData("a ZIP that is no workbook", "import.not-a-table")]
    [InlineData("a damaged workbook", "import.broken-workbook")]
    [InlineData("a formula", "import.formula")]
    [InlineData("a bomb", "import.unpacks-too-large")]
    [InlineData("too many rows", "import.too-many-rows")]
    public async Task A_bad_file_gets_a_clear_answer_and_leaves_nothing_half_done(string what, string code)
    {
        var (api, institution) = await ManagerAsync();
        var answer = await SendAsync(api, BadFile(what));
        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        var body = await ReadAsync(answer);
        body.GetProperty("code").GetString().ShouldBe(code);
        body.GetProperty("detail").GetString()!.ShouldNotContain("{");
        (await CountAsync(institution)).ShouldBe(0);
    }

    private static byte[] BadFile(string what) => what switch
    {
        "empty" => [],
        "header only" => Csv(Head),
        "a picture renamed" => [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0, 0, 13, 0x49, 0x48, 0x44, 0x52],
        "UTF-16" => [.. Encoding.Unicode.GetPreamble(), .. Encoding.Unicode.GetBytes(Head + "\n" + Row)],
        "broken encoding" => [.. Encoding.UTF8.GetBytes(Head + "\n"), 0xC3, 0x28, 0xFF, 0xFF],
        "an open quotation mark" => Csv(Head, "\"扫描电镜,SEM,E1,010102,1"),
        "missing column" => Csv("cname,ename,innerId,worth", "a,b,c,1"),
        "column twice" => Csv(Head + ",worth", Row + ",1"),
        "old Excel" => [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1],
        "a ZIP that is no workbook" => Workbook.Zip(("a.txt", "x")),
        "a damaged workbook" => Workbook.Of(["cname"])[..300],
        "a formula" => Workbook.Of([.. Head.Split(',')], ["电镜", "SEM", "E1", "010102", "=1+1"]),
        "a bomb" => Workbook.Bomb(),
        "too many rows" => Csv([Head, .. Enumerable.Repeat(Row, 20_001)]),
        _ => throw new ArgumentOutOfRangeException(nameof(what)),
    };

    [Fact]
    public async Task A_number_that_stands_twice_in_the_file_is_refused_with_its_first_row()
    {
        var (api, institution) = await ManagerAsync();
        var answer = await SendAsync(api, Csv(Head, Row, "质谱仪,MS,E2,010300,12", "色谱仪,GC,E1,010300,1"));
        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        var problem = (await ReadAsync(answer)).GetProperty("problems")[0];
        problem.GetProperty("code").GetString().ShouldBe("import.duplicate-id");
        (problem.GetProperty("data").GetProperty("row").GetInt32(), problem.GetProperty("data").GetProperty("first").GetInt32()).ShouldBe((4, 2));
        (await CountAsync(institution)).ShouldBe(0);
    }

    [Fact]
    public async Task A_file_of_two_hundred_megabytes_is_refused_by_its_announced_size()
    {
        var (api, _) = await ManagerAsync();
        var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/instruments/import") { Content = new StringContent("--b--") };
        request.Content.Headers.ContentType = System.Net.Http.Headers.MediaTypeHeaderValue.Parse("multipart/form-data; boundary=b");
        request.Content.Headers.ContentLength = 200L * 1024 * 1024;
        var answer = await api.SendAsync(request);
        answer.StatusCode.ShouldBe(HttpStatusCode.RequestEntityTooLarge);
        (await ReadAsync(answer)).GetProperty("code").GetString().ShouldBe("import.too-large");
    }

    [Fact]
    public async Task A_file_over_the_limit_is_refused_when_it_is_read()
    {
        var (api, _) = await ManagerAsync();
        (await SendAsync(api, new byte[(20 * 1024 * 1024) + 1])).StatusCode.ShouldBe(HttpStatusCode.RequestEntityTooLarge);
    }

    [Theory]
    [InlineData("utf-8 with a mark")]
    [InlineData("gb18030")]
    [InlineData("tabs")]
    [InlineData("chinese headings")]
    [InlineData("xlsx")]
    public async Task Other_ways_of_saving_the_same_table_are_read_alike(string how)
    {
        var (api, institution) = await ManagerAsync();
        var text = Head + "\r\n" + Row + "\r\n";
        var file = how switch
        {
            "utf-8 with a mark" => Encoding.UTF8.Preamble.ToArray().Concat(Encoding.UTF8.GetBytes(text)).ToArray(),
            "gb18030" => CodePagesEncodingProvider.Instance.GetEncoding("GB18030")!.GetBytes(text),
            "tabs" => Encoding.UTF8.GetBytes(text.Replace(',', '\t')),
            "chinese headings" => Encoding.UTF8.GetBytes("仪器设备名称,英文名称,所在单位仪器编号,设备分类,原值(万元)\n扫描电镜,SEM,E1,扫描电镜,215.5"),
            _ => Workbook.Of([.. Head.Split(',')], ["扫描电镜", "SEM", "E1", 10102, 215.5]),
        };
        (await SendAsync(api, file)).StatusCode.ShouldBe(HttpStatusCode.OK);
        var i = await FindAsync(institution, "E1");
        (i.Name, i.Classification, i.OriginalValue.Fen).ShouldBe(("扫描电镜", "010102", 215_500_000L));
    }

    [Fact]
    public async Task A_value_typed_into_a_workbook_is_exact_to_the_fen()
    {
        var (api, institution) = await ManagerAsync();
        // 4.35 is kept by spreadsheets as 4.3499999999999996.
        await SendAsync(api, Workbook.Of([.. Head.Split(',')], ["电镜", "SEM", "E1", "010102", 4.3499999999999996], ["电镜", "SEM", "E2", "010102", 123456.654321]));
        (await FindAsync(institution, "E1")).OriginalValue.Fen.ShouldBe(4_350_000);
        (await FindAsync(institution, "E2")).OriginalValue.Fen.ShouldBe(123_456_654_321);
    }

    [Fact]
    public async Task Headings_that_are_not_known_are_named()
    {
        var (api, _) = await ManagerAsync();
        var answer = await ReadAsync(await SendAsync(api, Csv(Head + ",colour", Row + ",red"), dryRun: true));
        answer.GetProperty("ignoredColumns").EnumerateArray().Select(c => c.GetString()).ShouldBe(["colour"]);
    }

    [Fact]
    public async Task Ten_thousand_rows_are_taken_in_at_once()
    {
        var (api, institution) = await ManagerAsync();
        var rows = Enumerable.Range(0, 10_000).Select(i => string.Create(CultureInfo.InvariantCulture, $"扫描电镜{i},SEM {i},N{i},010102,{i}.5"));
        var answer = await ReadAsync(await SendAsync(api, Csv([Head, .. rows])));
        answer.GetProperty("created").GetInt32().ShouldBe(10_000);
        (await CountAsync(institution)).ShouldBe(10_000);
    }

    private static byte[] Csv(params string[] lines) => Encoding.UTF8.GetBytes(string.Join('\n', lines));

    private static async Task<HttpResponseMessage> SendAsync(HttpClient api, byte[] file, bool dryRun = false, Institution? institution = null)
    {
        using var form = new MultipartFormDataContent { { new ByteArrayContent(file), "file", "instruments.csv" }, { new StringContent(dryRun ? "true" : "false"), "dryRun" } };
        if (institution is not null) form.Add(new StringContent(institution.Id.Value.ToString()), "institutionId");
        return await api.PostAsync("/api/v1/instruments/import", form);
    }

    private static async Task<JsonElement> ReadAsync(HttpResponseMessage answer) => await answer.Content.ReadFromJsonAsync<JsonElement>();

    private async Task<(HttpClient Api, Institution Institution)> ManagerAsync()
    {
        var institution = await host.Given.InstitutionAsync();
        return (await host.ApiAsync(await host.Given.PersonWithRoleAsync(Role.LabManager, institution)), institution);
    }

    private Task<long> CountAsync(Institution institution) => host.ScalarAsync<long>("SELECT count(*) FROM instruments WHERE institution_id = @id", ("id", institution.Id.Value));

    private Task<long> AuditedAsync(Institution institution) => host.ScalarAsync<long>("SELECT count(*) FROM audit_entries WHERE institution_id = @id", ("id", institution.Id.Value));

    private async Task<Instrument> FindAsync(Institution institution, string innerId)
    {
        await using var db = host.NewDb();
        return await db.Set<Instrument>().SingleAsync(i => i.InstitutionId == institution.Id && i.InnerId == innerId);
    }
}
