using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using InstrumentShare.Access;
using InstrumentShare.Catalog;
using InstrumentShare.Tests.Support;
using NodaTime;
using Npgsql;

namespace InstrumentShare.Tests.Bookings.HouseRules;

/// <summary>House rules from their publication to the booking they stand before, over the API and on the pages.</summary>
public sealed class HouseRuleTests(TestHost host) : IClassFixture<TestHost>
{
    private static readonly LocalDate Tuesday = new(2026, 3, 3);

    [Fact]
    public async Task Rules_unread_refuse_a_booking_with_a_link_to_where_they_are_read_and_agreement_lets_it_pass()
    {
        var (institution, instrument, manager, person) = await PlaceAsync();
        var document = await PublishedAsync(manager, new { instrumentId = instrument.Id.Value });
        var api = await host.ApiAsync(person);
        var refused = await BookAsync(api, instrument);
        await refused.ShouldRefuseAsync(HttpStatusCode.Conflict, "booking.rules-unread");
        var problem = (await refused.JsonAsync(HttpStatusCode.Conflict)).GetProperty("problems")[0];
        problem.GetProperty("data").GetProperty("link").GetString().ShouldBe($"/my/house-rules?instrument={instrument.Id.Value}");
        problem.GetProperty("message").GetString()!.ShouldContain("Lab rules");
        (await (await api.GetAsync($"/api/v1/instruments/{instrument.Id.Value}/house-rules")).JsonAsync())[0].GetProperty("isRead").GetBoolean().ShouldBeFalse();

        await AgreeAsync(api, document, 1);
        await AgreeAsync(api, document, 1);
        (await BookAsync(api, instrument)).StatusCode.ShouldBe(HttpStatusCode.Created);
        var readers = await (await manager.GetAsync($"/api/v1/house-rules/{document}/readings")).JsonAsync();
        readers.GetProperty("items").EnumerateArray().ShouldHaveSingleItem().GetProperty("email").GetString().ShouldBe(person.Email);
        institution.ShouldNotBeNull();
    }

    [Theory]
    [InlineData("instrument")]
    [InlineData("group")]
    [InlineData("institution")]
    public async Task Rules_hold_for_the_instruments_of_their_place_and_no_others_until_put_out_of_use(string place)
    {
        var (institution, instrument, manager, person) = await PlaceAsync();
        var group = await host.Given.InstrumentGroupAsync(institution, instrument);
        var elsewhere = await host.Given.InstrumentAsync(place == "institution" ? null : institution);
        var document = await PublishedAsync(manager, place switch
        {
            "instrument" => new { instrumentId = instrument.Id.Value },
            "group" => new { groupId = group.Id.Value },
            _ => (object)new { institutionId = institution.Id.Value },
        });
        var api = await host.ApiAsync(person);
        await (await BookAsync(api, instrument)).ShouldRefuseAsync(HttpStatusCode.Conflict, "booking.rules-unread");
        (await BookAsync(api, elsewhere)).StatusCode.ShouldBe(HttpStatusCode.Created);
        await (await manager.PatchAsJsonAsync($"/api/v1/house-rules/{document}", new { isActive = false })).JsonAsync();
        (await BookAsync(api, instrument)).StatusCode.ShouldBe(HttpStatusCode.Created);
    }

    [Fact]
    public async Task A_new_version_asks_again_on_every_node_when_its_grace_is_over()
    {
        var (_, instrument, manager, person) = await PlaceAsync();
        var document = await PublishedAsync(manager, new { instrumentId = instrument.Id.Value });
        await using var second = host.NewNode();
        var (one, two) = (await host.ApiAsync(person), await second.ApiAsync(person));
        await AgreeAsync(one, document, 1);
        (await BookAsync(two, instrument, hour: 9)).StatusCode.ShouldBe(HttpStatusCode.Created);
        var newer = await (await manager.PostAsJsonAsync($"/api/v1/house-rules/{document}/versions", Content(new { graceUntil = "2026-03-03" }))).JsonAsync(HttpStatusCode.Created);
        newer.GetProperty("document").GetProperty("number").GetInt32().ShouldBe(2);
        newer.GetProperty("versions").GetArrayLength().ShouldBe(2, "the first stays");
        (await BookAsync(two, instrument, hour: 11)).StatusCode.ShouldBe(HttpStatusCode.Created, "within the grace");
        await (await BookAsync(two, instrument, hour: 11, Tuesday.PlusDays(1))).ShouldRefuseAsync(HttpStatusCode.Conflict, "booking.rules-unread");
        await AgreeAsync(one, document, 2);
        (await BookAsync(two, instrument, hour: 11, Tuesday.PlusDays(1))).StatusCode.ShouldBe(HttpStatusCode.Created);
    }

    [Fact]
    public async Task What_was_published_and_read_is_immutable()
    {
        var (_, instrument, manager, person) = await PlaceAsync();
        var document = await PublishedAsync(manager, new { instrumentId = instrument.Id.Value });
        await AgreeAsync(await host.ApiAsync(person), document, 1);
        foreach (var sql in new[] { "UPDATE house_rule_versions SET text = 'x'", "DELETE FROM house_rule_versions", "UPDATE house_rule_readings SET read_at = now()", "DELETE FROM house_rule_readings" })
            (await Should.ThrowAsync<PostgresException>(() => host.ExecuteAsync(sql))).ConstraintName.ShouldBe("house-rules.immutable");
    }

    [Fact]
    public async Task Only_who_manages_the_place_publishes_and_sees_the_readers()
    {
        var (institution, instrument, manager, person) = await PlaceAsync();
        var document = await PublishedAsync(manager, new { instrumentId = instrument.Id.Value });
        var (researcher, other) = (await host.ApiAsync(person), await host.ApiAsync(await host.Given.PersonWithRoleAsync(Role.LabManager, await host.Given.InstitutionAsync())));
        (await researcher.PostAsJsonAsync("/api/v1/house-rules", Content(new { instrumentId = instrument.Id.Value }))).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        await (await other.PostAsJsonAsync("/api/v1/house-rules", Content(new { instrumentId = instrument.Id.Value }))).ShouldRefuseAsync(HttpStatusCode.BadRequest, "house-rules.place-unknown");
        await (await manager.PostAsJsonAsync("/api/v1/house-rules", Content(new { }))).ShouldRefuseAsync(HttpStatusCode.BadRequest, "house-rules.place");
        (await other.PostAsJsonAsync($"/api/v1/house-rules/{document}/versions", Content(new { }))).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await other.GetAsync($"/api/v1/house-rules/{document}/readings")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await researcher.GetAsync($"/api/v1/house-rules/{document}")).StatusCode.ShouldBe(HttpStatusCode.OK);
        var technician = await host.ApiAsync(await host.Given.PersonWithRoleAsync(Role.Technician, institution, instrument.Id.Value));
        (await technician.GetAsync($"/api/v1/house-rules/{document}/readings")).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task On_the_pages_a_manager_publishes_and_a_researcher_agrees_and_books()
    {
        var (institution, instrument, _, person) = await PlaceAsync();
        var desk = await host.PagesAsync(await host.Given.PersonWithRoleAsync(Role.LabManager, institution));
        var form = await desk.GetAsync("/manage/house-rules/new");
        var typed = await desk.SubmitAsync(form, "form[data-house-rule]", ("for", $"instrument:{instrument.Id.Value}"), ("title", "光学室须知"), ("titleEn", "Optics rules"), ("text", "请关灯。\n请锁门。"), ("textEn", ""));
        typed.QuerySelector("[data-problems] code")!.TextContent.ShouldBe("house-rules.text-or-link");
        typed.QuerySelector("#text")!.TextContent.ShouldContain("请锁门", customMessage: "nothing typed is lost");
        var made = await desk.SubmitAsync(typed, "form[data-house-rule]", ("textEn", "Lights off.\nLock the door."));
        made.QuerySelector("h1")!.TextContent.ShouldBe("Optics rules");

        var pages = await host.PagesAsync(person);
        (await pages.GetAsync($"/instruments/{instrument.Id.Value}/check")).QuerySelector("[data-gate=house-rules] a")!.GetAttribute("href").ShouldBe($"/my/house-rules?instrument={instrument.Id.Value}");
        var reading = await pages.GetAsync($"/my/house-rules?instrument={instrument.Id.Value}");
        reading.QuerySelectorAll("main .card p").Select(p => p.TextContent).ShouldContain("Lock the door.");
        var after = await pages.SubmitAsync(reading, "form[data-agree]");
        after.QuerySelector("form[data-agree]").ShouldBeNull();
        (await pages.GetAsync($"/instruments/{instrument.Id.Value}/check")).QuerySelector("[data-gate=house-rules]")!.GetAttribute("data-state").ShouldBe("pass");
        (await desk.GetAsync(desk.Last.RequestMessage!.RequestUri!.AbsolutePath)).QuerySelector("tbody")!.TextContent.ShouldContain(person.Email!);
        (await pages.GetAsync("/my/house-rules")).QuerySelectorAll("main li").Length.ShouldBe(1);
    }

    private async Task<(Institution Institution, Instrument Instrument, HttpClient Manager, Person Person)> PlaceAsync()
    {
        var institution = await host.Given.InstitutionAsync();
        return (institution, await host.Given.InstrumentAsync(institution), await host.ApiAsync(await host.Given.PersonWithRoleAsync(Role.LabManager, institution)), await host.Given.PersonAsync(institution));
    }

    private static async Task<Guid> PublishedAsync(HttpClient manager, object place) =>
        (await (await manager.PostAsJsonAsync("/api/v1/house-rules", Content(place))).JsonAsync(HttpStatusCode.Created)).GetProperty("document").GetProperty("id").GetGuid();

    private static Dictionary<string, object?> Content(object more)
    {
        var content = JsonSerializer.Deserialize<Dictionary<string, object?>>(JsonSerializer.Serialize(more))!;
        foreach (var (key, value) in new[] { ("title", "实验室须知"), ("titleEn", "Lab rules"), ("text", "请关灯。"), ("textEn", "Lights off.") }) content[key] = value;
        return content;
    }

    private static async Task AgreeAsync(HttpClient api, Guid document, int number) =>
        (await (await api.PostAsync($"/api/v1/house-rules/{document}/versions/{number}/reading", null)).JsonAsync()).GetProperty("number").GetInt32().ShouldBe(number);

    private static Task<HttpResponseMessage> BookAsync(HttpClient api, Instrument instrument, int hour = 10, LocalDate? on = null) =>
        api.BookAsync(instrument, Day.At(on ?? Tuesday, hour), Day.At(on ?? Tuesday, hour + 1));
}
