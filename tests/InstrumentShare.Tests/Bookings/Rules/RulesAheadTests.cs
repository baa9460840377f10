using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using InstrumentShare.Access;
using InstrumentShare.Tests.Support;
using NodaTime;

namespace InstrumentShare.Tests.Bookings.Rules;

/// <summary>What the rules say before anything is booked or changed: the checklist and the rehearsal.</summary>
public sealed class RulesAheadTests(TestHost host) : IClassFixture<TestHost>
{
    private const string Rules = "/api/v1/booking-rules";
    private static readonly LocalDate Past = new(2026, 2, 3);

    [Fact]
    public async Task The_checklist_names_each_gate_and_what_to_do()
    {
        var institution = await host.Given.InstitutionAsync();
        var instrument = await host.Given.InstrumentAsync(institution, rules: r => r with { MembershipRequired = true, MaxMinutes = 60 });
        var person = await host.Given.PersonAsync(institution);
        var api = await host.ApiAsync(person);
        var without = await GatesAsync(api, $"/api/v1/instruments/{instrument.Id.Value}/booking-check");
        without["membership"].ShouldBe("fail booking.membership");
        without["length"].ShouldBe("open");
        without["account"].ShouldBe("pass");

        await host.Given.GroupAsync(institution, person);
        var member = await host.ApiAsync(person);
        await host.Given.BookingAsync(instrument, person, Day.Tomorrow(10));
        var with = await GatesAsync(member, $"/api/v1/instruments/{instrument.Id.Value}/booking-check?startsAt={Day.Tomorrow(10)}&endsAt={Day.Tomorrow(12)}");
        with["length"].ShouldBe("fail booking.max-length");
        with["free"].ShouldBe("fail booking.overlap");
        with["hours"].ShouldBe("pass");
        with["notice"].ShouldBe("pass");
    }

    [Fact]
    public async Task Staff_look_for_others_and_nobody_else_does()
    {
        var institution = await host.Given.InstitutionAsync();
        var instrument = await host.Given.InstrumentAsync(institution, sharing: InstrumentShare.Catalog.Sharing.Internal);
        var outsider = await host.Given.PersonAsync(await host.Given.InstitutionAsync());
        var path = $"/api/v1/instruments/{instrument.Id.Value}/booking-check?personId={outsider.Id}";
        (await GatesAsync(await host.ApiAsync(await host.Given.PersonWithRoleAsync(Role.LabManager, institution)), path))["shared"].ShouldBe("fail booking.sharing-internal");
        (await (await host.ApiAsync(await host.Given.PersonAsync(institution))).GetAsync(path)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Theory]
    [InlineData("?startsAt=2026-03-03T10:00:00%2B08:00", "booking.field-missing")]
    [InlineData("?personId=x", "booking.id-unreadable")]
    [InlineData("?startsAt=x&endsAt=y", "booking.time-unreadable")]
    public async Task What_cannot_be_read_is_named(string query, string code)
    {
        var instrument = await host.Given.InstrumentAsync();
        var answer = await (await host.ApiAsync(await host.Given.PersonAsync())).GetAsync($"/api/v1/instruments/{instrument.Id.Value}/booking-check{query}");
        (answer.StatusCode, (await answer.CodesAsync()).First()).ShouldBe((HttpStatusCode.BadRequest, code));
    }

    [Fact]
    public async Task A_rehearsal_tells_who_would_have_been_refused_and_writes_nothing()
    {
        var institution = await host.Given.InstitutionAsync();
        var instrument = await host.Given.InstrumentAsync(institution);
        var (often, seldom) = (await host.Given.PersonAsync(institution, name: "李四"), await host.Given.PersonAsync(institution, name: "王五"));
        foreach (var hour in new[] { 9, 11, 13 }) await host.Given.BookingAsync(instrument, often, Day.At(Past, hour));
        await host.Given.BookingAsync(instrument, seldom, Day.At(Past, 15));
        await host.ExecuteAsync("UPDATE bookings SET created_at = starts_at - interval '3 days' WHERE instrument_id = @id", ("id", instrument.Id.Value));
        var manager = await host.ApiAsync(await host.Given.PersonWithRoleAsync(Role.LabManager, institution));

        var draft = new { target = new { instrumentId = instrument.Id.Value }, rules = new { limits = new[] { new { per = "person", measure = "count", window = "day", max = 2 } } } };
        var tried = await (await manager.PostAsJsonAsync(Rules + "/rehearse", draft)).JsonAsync();
        (tried.GetProperty("judged").GetInt32(), tried.GetProperty("refused").GetInt32()).ShouldBe((4, 1));
        var refused = tried.GetProperty("bookings")[0];
        (refused.GetProperty("person").GetString(), refused.GetProperty("codes")[0].GetString()).ShouldBe(("李四", "booking.limit-count"));
        refused.GetProperty("startsAt").GetString().ShouldBe(Day.At(Past, 13).ToString(), "the third of the day, as they were made");
        (await host.ScalarAsync<long>("SELECT count(*) FROM booking_rule_sets WHERE instrument_id = @id", ("id", instrument.Id.Value))).ShouldBe(1);
    }

    [Fact]
    public async Task A_rehearsal_for_an_audience_leaves_the_others_alone()
    {
        var owner = await host.Given.InstitutionAsync();
        var instrument = await host.Given.InstrumentAsync(owner);
        var (inside, outside) = (await host.Given.PersonAsync(owner), await host.Given.PersonAsync(await host.Given.InstitutionAsync()));
        await host.Given.BookingAsync(instrument, inside, Day.At(Past, 9), 180);
        await host.Given.BookingAsync(instrument, outside, Day.At(Past, 13), 180);
        await host.ExecuteAsync("UPDATE bookings SET created_at = starts_at - interval '3 days', user_class = CASE WHEN person_id = @out THEN 'academic' ELSE user_class END WHERE instrument_id = @id", ("id", instrument.Id.Value), ("out", outside.Id));
        var manager = await host.ApiAsync(await host.Given.PersonWithRoleAsync(Role.LabManager, owner));
        var tried = await (await manager.PostAsJsonAsync(Rules + "/rehearse", new { target = new { institutionId = owner.Id.Value, userClass = "academic" }, rules = new { maxMinutes = 60 } })).JsonAsync();
        // The instrument's own set says nothing of lengths, so the institution's has the word.
        (tried.GetProperty("judged").GetInt32(), tried.GetProperty("refused").GetInt32()).ShouldBe((1, 1));
    }

    [Fact]
    public async Task A_draft_is_rehearsed_only_by_who_may_publish_it()
    {
        var institution = await host.Given.InstitutionAsync();
        var body = new { target = new { institutionId = institution.Id.Value }, rules = new { maxMinutes = 60 } };
        (await (await host.ApiAsync(await host.Given.PersonWithRoleAsync(Role.LabManager, await host.Given.InstitutionAsync()))).PostAsJsonAsync(Rules + "/rehearse", body)).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await (await host.ApiAsync(await host.Given.PersonAsync(institution))).PostAsJsonAsync(Rules + "/rehearse", body)).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task Rules_are_drafted_rehearsed_and_published_on_their_page_and_nothing_typed_is_lost()
    {
        var institution = await host.Given.InstitutionAsync();
        await host.Given.InstrumentAsync(institution);
        var browser = await host.PagesAsync(await host.Given.PersonWithRoleAsync(Role.InstitutionAdministrator, institution));
        var page = await browser.GetAsync($"/manage/rules/edit?place=institution:{institution.Id.Value}&audience=class:academic");
        page = await browser.SubmitAsync(page, "form[data-rules]", ("horizonDays", "many"), ("blockSlots", "08:00-12:00"));
        ((int)browser.Last.StatusCode).ShouldBe(400);
        page.QuerySelector("#horizonDays")!.GetAttribute("value").ShouldBe("many");
        page.QuerySelector("#blockSlots")!.GetAttribute("value").ShouldBe("08:00-12:00");

        page.QuerySelector("form[data-rules]")!.SetAttribute("action", "/manage/rules/edit?handler=Rehearse");
        page = await browser.SubmitAsync(page, "form[data-rules]", ("horizonDays", "14"));
        page.QuerySelector("[data-rehearsal]").ShouldNotBeNull(page.Body!.TextContent);
        page.QuerySelector("form[data-rules]")!.SetAttribute("action", "/manage/rules/edit?handler=Save");
        page = await browser.SubmitAsync(page, "form[data-rules]", ("limit0.max", "3"), ("limit0.measure", "count"), ("limit0.per", "group"), ("limit0.window", "week-rolling"), ("exempt0.days", "6,7"), ("exempt0.from", "00:00"), ("exempt0.to", "00:00"));
        page.QuerySelector("[data-set]").ShouldNotBeNull(page.Body!.TextContent);
        (await host.ScalarAsync<string>("SELECT user_class || ' ' || horizon_days || ' ' || (limits->0->>'per') || ' ' || (exempt_times->0->>'toMinute') FROM booking_rule_sets WHERE institution_id = @id", ("id", institution.Id.Value)))
            .ShouldBe("academic 14 group 1440");
    }

    [Fact]
    public async Task The_rules_of_a_region_are_made_on_the_page_by_its_officer_and_read_by_those_they_bind()
    {
        var institution = await host.Given.InstitutionAsync(region: "CN-510104");
        var officer = await host.PagesAsync(await host.Given.PersonWithRoleAsync(Role.FundingOfficer, region: "CN-51"));
        var page = await officer.GetAsync("/manage/rules");
        page.QuerySelectorAll("select#place option").Select(o => o.GetAttribute("value")).ShouldBe(["region:CN-51", "region:CN-5101", "region:CN-510104"]);
        page = await officer.GetAsync("/manage/rules/edit?place=region:CN-5101");
        page = await officer.SubmitAsync(page, "form[data-rules]", ("validFrom", "2026-03-02"), ("lateCancel", "yes"), ("horizonDays", "x"));
        page.QuerySelector("#lateCancel option[selected]")!.GetAttribute("value").ShouldBe("yes");
        page.QuerySelector("form[data-rules]")!.SetAttribute("action", "/manage/rules/edit?handler=Save");
        page = await officer.SubmitAsync(page, "form[data-rules]", ("horizonDays", "45"));
        page.QuerySelector("[data-set]")!.TextContent.ShouldContain("Late cancellation allowed");
        page.QuerySelector("[data-set] a[href^='/manage/rules/edit']").ShouldNotBeNull();
        (await officer.GetAsync("/manage/rules?of=region:CN-51")).QuerySelector("[data-set]").ShouldBeNull("nothing is said for the whole province");
        (await officer.GetAsync("/manage/rules")).QuerySelector("select#of option[selected]")!.GetAttribute("value").ShouldBe("region:CN-51", "their own first");
        (await officer.GetAsync("/manage/rules?of=")).QuerySelector("[data-set]").ShouldNotBeNull("all on demand");

        var manager = await host.PagesAsync(await host.Given.PersonWithRoleAsync(Role.LabManager, institution));
        page = await manager.GetAsync("/manage/rules");
        page.QuerySelector("[data-set]")!.TextContent.ShouldContain("45");
        page.QuerySelector("[data-set] a[href^='/manage/rules/edit']").ShouldBeNull("it is not theirs to change");
    }

    [Fact]
    public async Task Rules_of_others_have_no_page()
    {
        var other = await host.Given.InstitutionAsync();
        var browser = await host.PagesAsync(await host.Given.PersonWithRoleAsync(Role.LabManager, await host.Given.InstitutionAsync()));
        foreach (var place in new[] { $"institution:{other.Id.Value}", "region:CN-34", "nonsense", string.Empty })
        {
            await browser.GetAsync($"/manage/rules/edit?place={place}");
            browser.Last.StatusCode.ShouldBe(HttpStatusCode.NotFound, place);
        }
    }

    private static async Task<Dictionary<string, string>> GatesAsync(HttpClient api, string path)
    {
        var answer = await api.GetAsync(path);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK, await answer.Content.ReadAsStringAsync());
        return (await answer.JsonAsync()).GetProperty("gates").EnumerateArray().ToDictionary(
            g => g.GetProperty("gate").GetString()!, g => (g.GetProperty("state").GetString() + " " + (g.TryGetProperty("code", out var code) && code.ValueKind == JsonValueKind.String ? code.GetString() : null)).Trim());
    }
}
