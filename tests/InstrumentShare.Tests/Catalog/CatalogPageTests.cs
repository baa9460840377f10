using System.Net;
using System.Text;
using InstrumentShare.Access;
using InstrumentShare.Catalog;
using InstrumentShare.Tests.Support;

namespace InstrumentShare.Tests.Catalog;

public sealed class CatalogPageTests(TestHost host) : IClassFixture<TestHost>
{
    [Theory]
    [InlineData(null, HttpStatusCode.OK, HttpStatusCode.Redirect)]
    [InlineData(Role.Researcher, HttpStatusCode.OK, HttpStatusCode.Forbidden)]
    [InlineData(Role.Technician, HttpStatusCode.OK, HttpStatusCode.Forbidden)]
    [InlineData(Role.LabManager, HttpStatusCode.OK, HttpStatusCode.OK)]
    [InlineData(Role.InstitutionAdministrator, HttpStatusCode.OK, HttpStatusCode.OK)]
    [InlineData(Role.Auditor, HttpStatusCode.OK, HttpStatusCode.Forbidden)]
    public async Task Who_sees_the_catalogue_and_who_the_settings(Role? role, HttpStatusCode catalogue, HttpStatusCode settings)
    {
        var institution = await host.Given.InstitutionAsync();
        var id = (await host.Given.InstrumentAsync(institution)).Id.Value;
        var api = await host.ApiAsync(role switch
        {
            null => null,
            Role.Researcher => await host.Given.PersonAsync(institution),
            _ => await host.Given.PersonWithRoleAsync(role.Value, institution),
        });
        (await api.GetAsync("/instruments")).StatusCode.ShouldBe(catalogue);
        foreach (var path in new[] { "", "/new", "/import", $"/{id}", $"/{id}/hours", $"/{id}/closures", $"/{id}/rules" })
            (await api.GetAsync("/manage/instruments" + path)).StatusCode.ShouldBe(settings, path);
    }

    [Fact]
    public async Task The_settings_of_another_institutions_instrument_are_not_shown()
    {
        var (pages, _) = await ManagerAsync();
        var other = await host.Given.InstrumentAsync();
        var hidden = await host.Given.InstrumentAsync(isVisible: false);
        foreach (var path in new[] { "", "/hours", "/closures", "/rules" })
        {
            await pages.GetAsync($"/manage/instruments/{other.Id.Value}{path}");
            pages.Last.StatusCode.ShouldBeOneOf(HttpStatusCode.Forbidden, HttpStatusCode.NotFound);
            await pages.GetAsync($"/manage/instruments/{hidden.Id.Value}{path}");
            pages.Last.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        }
    }

    [Fact]
    public async Task Results_show_name_model_and_institution_and_keep_the_words_typed()
    {
        var institution = await host.Given.InstitutionAsync(name: "独秀大学");
        await host.Given.InstrumentAsync(institution, name: "独秀电镜", model: "JEM-F200");
        var page = await (await host.PagesAsync(language: "zh-CN")).GetAsync("/instruments?q=独秀电镜");
        var result = page.QuerySelectorAll("[data-results] article").Single();
        result.TextContent.ShouldContain("JEM-F200");
        result.TextContent.ShouldContain("独秀大学");
        page.QuerySelector("[data-catalog-search] input[name=q]")!.GetAttribute("value").ShouldBe("独秀电镜");
    }

    [Fact]
    public async Task Nothing_found_says_what_to_do()
    {
        var page = await (await host.PagesAsync()).GetAsync("/instruments?q=zzzzzz");
        page.QuerySelector("[data-nothing]")!.TextContent.ShouldContain("fewer or shorter words");
    }

    [Fact]
    public async Task A_wrong_filter_is_told_on_the_page()
    {
        var pages = await host.PagesAsync();
        var page = await pages.GetAsync("/instruments?sharing=all");
        pages.Last.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        page.QuerySelector("[data-problems]")!.TextContent.ShouldContain("instrument.unknown-word");
    }

    [Fact]
    public async Task Pages_follow_one_another_by_address()
    {
        var institution = await host.Given.InstitutionAsync();
        for (var i = 0; i < 23; i++) await host.Given.InstrumentAsync(institution, withHours: false, withRules: false);
        var pages = await host.PagesAsync();
        var first = await pages.GetAsync($"/instruments?institution={institution.Id.Value}");
        first.QuerySelectorAll("[data-results] article").Length.ShouldBe(20);
        var second = await pages.GetAsync(first.QuerySelector("a[rel=next]")!.GetAttribute("href")!);
        second.QuerySelectorAll("[data-results] article").Length.ShouldBe(3);
    }

    [Fact]
    public async Task A_new_instrument_is_made_by_form_and_changed_by_form()
    {
        var (pages, institution) = await ManagerAsync();
        var form = await pages.GetAsync("/manage/instruments/new");
        var made = await pages.SubmitAsync(form, "form[data-instrument]",
            ("name", "激光共聚焦显微镜"), ("nameEn", "Confocal microscope"), ("innerId", "C-1"), ("classification", "010800"), ("originalValue", "3200000"), ("subjects", "生物学"));
        pages.Last.RequestMessage!.RequestUri!.Query.ShouldBe("?saved=true", made.QuerySelector("main")!.TextContent);
        made.QuerySelector("[name=originalValue]")!.GetAttribute("value").ShouldBe("3200000.00");
        await pages.SubmitAsync(made, "form[data-instrument]", ("model", "LSM 980"));
        (await host.ScalarAsync<string>("SELECT model FROM instruments WHERE institution_id = @id", ("id", institution.Id.Value))).ShouldBe("LSM 980");
        (await host.ScalarAsync<string[]>("SELECT subjects FROM instruments WHERE institution_id = @id", ("id", institution.Id.Value))).ShouldBe(["生物学"]);
    }

    [Fact]
    public async Task A_form_with_problems_keeps_what_was_typed_and_shows_them_beside_the_fields()
    {
        var (pages, _) = await ManagerAsync();
        var form = await pages.GetAsync("/manage/instruments/new");
        var again = await pages.SubmitAsync(form, "form[data-instrument]", ("name", "质谱仪"), ("classification", "abc"), ("technical", "0.1 ppm"));
        pages.Last.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        again.QuerySelector("[name=name]")!.GetAttribute("value").ShouldBe("质谱仪");
        again.QuerySelector("[name=technical]")!.TextContent.ShouldBe("0.1 ppm");
        again.QuerySelector("#classification-problem")!.TextContent.ShouldContain("abc");
        again.QuerySelector("#nameEn-problem").ShouldNotBeNull();
    }

    [Fact]
    public async Task A_form_filled_from_an_older_version_is_not_saved()
    {
        var (pages, institution) = await ManagerAsync();
        var instrument = await host.Given.InstrumentAsync(institution);
        var form = await pages.GetAsync($"/manage/instruments/{instrument.Id.Value}");
        await pages.SubmitAsync(form, "form[data-instrument]", ("model", "first"));
        await pages.SubmitAsync(form, "form[data-instrument]", ("model", "second"));
        pages.Last.StatusCode.ShouldBe(HttpStatusCode.PreconditionFailed);
        (await host.ScalarAsync<string>("SELECT model FROM instruments WHERE id = @id", ("id", instrument.Id.Value))).ShouldBe("first");
    }

    [Fact]
    public async Task Opening_hours_are_typed_a_day_a_line()
    {
        var (pages, institution) = await ManagerAsync();
        var instrument = await host.Given.InstrumentAsync(institution, withHours: false);
        var form = await pages.GetAsync($"/manage/instruments/{instrument.Id.Value}/hours");
        var days = Enumerable.Range(0, 7).Select(d => ("Week", d == 0 ? "9:00–12:00，13:00-24:00" : string.Empty));
        await pages.SubmitAsync(form, "form[data-hours]", [.. days, ("ValidFrom", "2026-03-02")]);
        pages.Last.RequestMessage!.RequestUri!.Query.ShouldBe("?saved=true");
        (await host.ScalarAsync<long>("SELECT sum(closes_minute - opens_minute) FROM opening_hours WHERE instrument_id = @id AND weekday = 1", ("id", instrument.Id.Value))).ShouldBe(840);
    }

    [Fact]
    public async Task Hours_that_cannot_be_read_are_told_with_their_text()
    {
        var (pages, institution) = await ManagerAsync();
        var instrument = await host.Given.InstrumentAsync(institution);
        var form = await pages.GetAsync($"/manage/instruments/{instrument.Id.Value}/hours");
        var again = await pages.SubmitAsync(form, "form[data-hours]", [.. Enumerable.Range(0, 7).Select(_ => ("Week", "all day"))]);
        pages.Last.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        again.QuerySelector("[data-problems]")!.TextContent.ShouldContain("all day");
        again.QuerySelector("[name=Week]")!.GetAttribute("value").ShouldBe("all day");
    }

    [Fact]
    public async Task A_closure_is_added_and_withdrawn_by_form()
    {
        var (pages, institution) = await ManagerAsync();
        var instrument = await host.Given.InstrumentAsync(institution);
        var form = await pages.GetAsync($"/manage/instruments/{instrument.Id.Value}/closures");
        var list = await pages.SubmitAsync(form, "form[data-closure]", ("startsAt", "2026-03-05T09:00"), ("endsAt", "2026-03-05T18:00"), ("title", "校准"));
        list.QuerySelector("table")!.TextContent.ShouldContain("5 Mar 2026, 09:00–18:00");
        var empty = await pages.SubmitAsync(list, "form[action*=Cancel]");
        empty.QuerySelector("table").ShouldBeNull();
    }

    [Fact]
    public async Task A_closure_typed_before_a_change_of_clocks_is_at_its_time_on_the_wall_after_it()
    {
        var (pages, institution) = await ManagerAsync();
        var instrument = await host.Given.InstrumentAsync(institution, timeZone: "Europe/Berlin");
        var form = await pages.GetAsync($"/manage/instruments/{instrument.Id.Value}/closures");
        var list = await pages.SubmitAsync(form, "form[data-closure]", ("startsAt", "2026-03-28T09:00"), ("endsAt", "2026-03-30T18:00"), ("title", "校准"));
        list.QuerySelector("table")!.TextContent.ShouldContain("18:00");
        (await host.ScalarAsync<string>("SELECT concat(starts_at AT TIME ZONE 'UTC', ' ', ends_at AT TIME ZONE 'UTC') FROM closures WHERE instrument_id = @id", ("id", instrument.Id.Value))).ShouldBe("2026-03-28 08:00:00 2026-03-30 16:00:00");
    }

    [Fact]
    public async Task Booking_rules_are_put_in_force_by_form()
    {
        var (pages, institution) = await ManagerAsync();
        var instrument = await host.Given.InstrumentAsync(institution);
        var form = await pages.GetAsync($"/manage/instruments/{instrument.Id.Value}/rules");
        var refused = await pages.SubmitAsync(form, "form[data-rules]", ("maxMinutes", "5"));
        refused.QuerySelector("[data-problems]")!.TextContent.ShouldContain("booking-rules.max-below-min");
        refused.QuerySelector("[name=maxMinutes]")!.GetAttribute("value").ShouldBe("5");
        await pages.SubmitAsync(refused, "form[data-rules]", ("maxMinutes", "240"), ("approvalRequired", "true"));
        pages.Last.RequestMessage!.RequestUri!.Query.ShouldBe("?saved=true");
        (await host.ScalarAsync<bool>("SELECT approval_required FROM booking_rule_sets WHERE instrument_id = @id AND valid_from = '2026-03-03'", ("id", instrument.Id.Value))).ShouldBeTrue();
    }

    [Theory]
    [InlineData("check", 0)]
    [InlineData("import", 1)]
    public async Task A_file_is_checked_or_taken_in_by_form(string action, int expected)
    {
        var (pages, institution) = await ManagerAsync();
        var page = await pages.GetAsync("/manage/instruments/import");
        using var form = new MultipartFormDataContent
        {
            { new StringContent(page.QuerySelector("form[data-import] [name=__RequestVerificationToken]")!.GetAttribute("value")!), "__RequestVerificationToken" },
            { new StringContent(action), "action" },
            { new StringContent(institution.Id.Value.ToString()), "InstitutionId" },
            { new ByteArrayContent(Encoding.UTF8.GetBytes("cname,ename,innerId,instrCategory,worth\n电镜,TEM,E1,010101,500")), "file", "i.csv" },
        };
        var answer = await pages.Http.PostAsync("/manage/instruments/import", form);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await host.ScalarAsync<long>("SELECT count(*) FROM instruments WHERE institution_id = @id", ("id", institution.Id.Value))).ShouldBe(expected);
    }

    [Fact]
    public async Task A_file_that_is_too_large_is_told_on_the_page()
    {
        var (pages, _) = await ManagerAsync();
        using var form = new MultipartFormDataContent { { new ByteArrayContent(new byte[21 * 1024 * 1024]), "file", "i.csv" } };
        var answer = await pages.Http.PostAsync("/manage/instruments/import", form);
        answer.StatusCode.ShouldBe(HttpStatusCode.RequestEntityTooLarge);
        (await answer.Content.ReadAsStringAsync()).ShouldContain("import.too-large");
    }

    private async Task<(PageClient Pages, Institution Institution)> ManagerAsync()
    {
        var institution = await host.Given.InstitutionAsync();
        return (await host.PagesAsync(await host.Given.PersonWithRoleAsync(Role.LabManager, institution)), institution);
    }
}
