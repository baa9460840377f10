using System.Net;
using AngleSharp.Html.Dom;
using InstrumentShare.Access;
using InstrumentShare.Bookings;
using InstrumentShare.Catalog;
using InstrumentShare.Tests.Support;
using NodaTime;

namespace InstrumentShare.Tests.Bookings;

/// <summary>The pages as a browser without scripts and a person without a pointer use them.</summary>
public sealed class BookingPagesTests(TestHost host) : IClassFixture<TestHost>
{
    [Fact]
    public async Task Each_role_opens_what_the_table_says()
    {
        var institution = await host.Given.InstitutionAsync();
        var instrument = await host.Given.InstrumentAsync(institution);
        var booking = await host.Given.BookingAsync(instrument, await host.Given.PersonAsync(institution));
        var pages = new[] { $"/instruments/{instrument.Id.Value}", $"/instruments/{instrument.Id.Value}/calendar", "/bookings", $"/bookings/{booking.Id.Value}", "/manage/requests", $"/bookings/{booking.Id.Value}/cancel" };
        var expected = new (Person? Person, string Codes)[]
        {
            (null, "200 200 302 302 302 302"),
            (await host.Given.PersonAsync(institution), "200 200 200 404 403 404"),
            (await host.Given.PersonWithRoleAsync(Role.Technician, institution), "200 200 200 200 403 200"),
            (await host.Given.PersonWithRoleAsync(Role.LabManager, institution), "200 200 200 200 200 200"),
            (await host.Given.PersonWithRoleAsync(Role.Auditor), "200 200 403 200 403 200"),
        };
        foreach (var (person, codes) in expected)
        {
            var browser = await host.PagesAsync(person);
            var seen = new List<string>();
            foreach (var page in pages)
            {
                await browser.GetAsync(page);
                var redirected = browser.Last.RequestMessage!.RequestUri!.AbsolutePath == "/sign-in";
                seen.Add(redirected ? "302" : ((int)browser.Last.StatusCode).ToString(System.Globalization.CultureInfo.InvariantCulture));
            }

            string.Join(' ', seen).ShouldBe(codes, person?.Email ?? "nobody");
        }
    }

    [Fact]
    public async Task The_link_of_a_reminder_asks_before_it_cancels()
    {
        var (instrument, person) = await PrepareAsync();
        var booking = await host.Given.BookingAsync(instrument, person);
        var browser = await host.PagesAsync(person);
        var page = await browser.GetAsync($"/bookings/{booking.Id.Value}/cancel");
        (await CountAsync(instrument)).ShouldBe(1);
        (await host.ScalarAsync<string>("SELECT status FROM bookings WHERE id = @id", ("id", booking.Id.Value))).ShouldBe("confirmed", "opening the link changes nothing");
        page = await browser.SubmitAsync(page, "form[data-cancel]", ("Reason", "样品未到"));
        page.QuerySelector("[data-status=cancelled]").ShouldNotBeNull(page.Body!.TextContent);
        (await browser.GetAsync($"/bookings/{booking.Id.Value}/cancel")).QuerySelector("form[data-cancel]").ShouldBeNull();
    }

    [Fact]
    public async Task A_time_is_typed_looked_at_and_booked()
    {
        var (instrument, person) = await PrepareAsync();
        var browser = await host.PagesAsync(person);
        var page = await browser.GetAsync($"/instruments/{instrument.Id.Value}/calendar");
        page = await browser.SubmitAsync(page, "#book", ("StartsAt", "2026-03-03T09:00"), ("EndsAt", "2026-03-03T11:00"), ("Purpose", "薄膜厚度"));
        page.QuerySelector("[data-confirm-booking]").ShouldNotBeNull(page.Body!.TextContent);
        (await CountAsync(instrument)).ShouldBe(0, "a look writes nothing");
        page.QuerySelector("#book")!.SetAttribute("action", page.QuerySelector("[data-do-book]")!.GetAttribute("formaction")!);
        page = await browser.SubmitAsync(page, "#book");
        page.QuerySelector("[data-status=confirmed]").ShouldNotBeNull(page.Body!.TextContent);
        page.Body!.TextContent.ShouldContain("薄膜厚度");
        page.Body.TextContent.ShouldContain("09:00–11:00");
    }

    [Theory]
    [InlineData("2026-03-03T22:00", "2026-03-04T06:00", 2)]
    [InlineData("2026-03-06T18:00", "2026-03-09T08:00", 4)]
    public async Task A_night_and_a_weekend_are_booked_by_typed_times_and_stand_on_each_of_their_days(string startsAt, string endsAt, int days)
    {
        var institution = await host.Given.InstitutionAsync();
        var instrument = await host.Given.InstrumentAsync(institution, opensHour: 0, closesHour: 24, rules: r => r with { MaxMinutes = 7200 });
        var browser = await host.PagesAsync(await host.Given.PersonAsync(institution));
        (await browser.TypeAndBookAsync(instrument, startsAt, endsAt)).QuerySelector("[data-status=confirmed]").ShouldNotBeNull();
        var week = await browser.GetAsync($"/instruments/{instrument.Id.Value}/calendar?date={startsAt[..10]}");
        week.QuerySelectorAll("[data-week-list] a[href^='/bookings/']").Length.ShouldBe(days);
    }

    [Fact]
    public async Task A_half_closed_week_shows_its_open_half_and_what_closes_the_rest()
    {
        var (instrument, person) = await PrepareAsync();
        await host.Given.ClosureAsync(instrument, Day.At(new LocalDate(2026, 3, 5), 0), Day.At(new LocalDate(2026, 3, 14), 0));
        var list = (await (await host.PagesAsync(person)).GetAsync($"/instruments/{instrument.Id.Value}/calendar?date=2026-03-02")).QuerySelector("[data-week-list]")!;
        list.QuerySelectorAll("ul.slots").Length.ShouldBe(3);
        list.TextContent.Split("停电检修").Length.ShouldBe(5, "on each of the four closed days");
    }

    [Fact]
    public async Task Who_hears_the_page_learns_the_day_of_each_free_span_and_the_problem_of_each_field()
    {
        var (instrument, person) = await PrepareAsync();
        var browser = await host.PagesAsync(person);
        var page = await browser.GetAsync($"/instruments/{instrument.Id.Value}/calendar?date=2026-03-03");
        var spans = page.QuerySelectorAll("[data-week-list] a.slot");
        spans.Select(s => s.TextContent.Trim()).ShouldAllBe(s => s == "08:00–20:00");
        spans.Select(s => s.Closest("ul")!.GetAttribute("aria-label")).ShouldBe(Enumerable.Range(3, 7).Select(d => $"Free on {new LocalDate(2026, 3, d):ddd d MMM uuuu}"));
        page = await browser.SubmitAsync(page, "#book", ("StartsAt", "2026-03-03T10:00"), ("EndsAt", "2026-03-03T09:00"));
        var field = page.QuerySelector("input[name=EndsAt]")!;
        (field.GetAttribute("aria-invalid"), field.HasAttribute("required"), page.QuerySelector($"label[for={field.Id}]") is not null).ShouldBe(("true", true, true));
        page.GetElementById(field.GetAttribute("aria-describedby")!)!.TextContent.ShouldNotBeNullOrWhiteSpace();
    }

    [Fact]
    public async Task A_stray_click_does_not_book()
    {
        var (instrument, person) = await PrepareAsync();
        var browser = await host.PagesAsync(person);
        var page = await browser.GetAsync($"/instruments/{instrument.Id.Value}/calendar");
        await browser.GetAsync(page.QuerySelector("[data-week-list] a.slot")!.GetAttribute("href")!);
        (await CountAsync(instrument)).ShouldBe(0);
    }

    [Fact]
    public async Task A_refusal_keeps_what_was_typed_names_the_rules_and_offers_slots_to_tap()
    {
        var (instrument, person) = await PrepareAsync();
        await host.Given.BookingAsync(instrument, await host.Given.PersonAsync(), Day.Tomorrow(9));
        var browser = await host.PagesAsync(person);
        var page = await browser.GetAsync($"/instruments/{instrument.Id.Value}/calendar");
        page = await browser.SubmitAsync(page, "#book", ("StartsAt", "2026-03-03T09:00"), ("EndsAt", "2026-03-03T10:00"), ("Purpose", "XRD 物相"));
        page.QuerySelector("[data-problems] code")!.TextContent.ShouldBe("booking.overlap");
        page.QuerySelector("input[name=Purpose]")!.GetAttribute("value").ShouldBe("XRD 物相");
        page.QuerySelector("input[name=StartsAt]")!.GetAttribute("value").ShouldBe("2026-03-03T09:00");
        var slots = page.QuerySelectorAll("[data-nearest] button");
        slots.Length.ShouldBe(3);
        page = await browser.SubmitAsync(page, "#book", ("slot", slots[1].GetAttribute("value")!));
        page.QuerySelector("[data-confirm-booking]").ShouldNotBeNull(page.Body!.TextContent);
        page.QuerySelector("input[name=Purpose]")!.GetAttribute("value").ShouldBe("XRD 物相");
    }

    [Theory]
    [InlineData("", "2026-03-03T10:00", "booking.time-missing")]
    [InlineData("morgen", "2026-03-03T10:00", "booking.time-typed")]
    [InlineData("2026-03-03T10:00", "2026-03-03T09:00", "booking.end-before-start")]
    [InlineData("2026-03-03T10:07", "2026-03-03T11:00", "booking.granularity")]
    public async Task A_wrong_time_is_named_beside_its_field(string startsAt, string endsAt, string code)
    {
        var (instrument, person) = await PrepareAsync();
        var browser = await host.PagesAsync(person);
        var page = await browser.GetAsync($"/instruments/{instrument.Id.Value}/calendar");
        page = await browser.SubmitAsync(page, "#book", ("StartsAt", startsAt), ("EndsAt", endsAt));
        browser.Last.StatusCode.ShouldBe(HttpStatusCode.OK);
        page.QuerySelectorAll("[data-problems] code").Select(c => c.TextContent).ShouldContain(code);
        page.QuerySelector(".invalid-feedback").ShouldNotBeNull();
    }

    [Fact]
    public async Task Without_scripts_the_week_is_a_list_of_free_and_taken_spans()
    {
        var (instrument, person) = await PrepareAsync();
        await host.Given.BookingAsync(instrument, await host.Given.PersonAsync(name: "李四"), Day.Tomorrow(12));
        var page = await (await host.PagesAsync(person)).GetAsync($"/instruments/{instrument.Id.Value}/calendar?date=2026-03-03");
        var list = page.QuerySelector("[data-week-list]")!;
        list.QuerySelectorAll("h3").Length.ShouldBe(7);
        list.TextContent.ShouldContain("08:00–12:00");
        list.TextContent.ShouldContain("13:00–20:00");
        list.TextContent.ShouldContain("12:00–13:00");
        list.TextContent.ShouldNotContain("李四", customMessage: "names are for those who may know them");
    }

    [Fact]
    public async Task A_booking_is_moved_and_cancelled_from_its_page()
    {
        var (instrument, person) = await PrepareAsync();
        var booking = await host.Given.BookingAsync(instrument, person);
        var browser = await host.PagesAsync(person);
        var page = await browser.SubmitAsync(await browser.GetAsync($"/bookings/{booking.Id.Value}"), "form[data-move]", ("StartsAt", "2026-03-04T14:00"), ("EndsAt", "2026-03-04T15:30"));
        var confirm = page.QuerySelector("[data-confirm-move]").ShouldNotBeNull(page.Body!.TextContent).TextContent;
        confirm.ShouldContain("Tue 3 Mar 2026, 10:00–11:00", customMessage: "the time until now");
        confirm.ShouldContain("Wed 4 Mar 2026, 14:00–15:30");
        (await host.ScalarAsync<int>("SELECT version FROM bookings WHERE id = @id", ("id", booking.Id.Value))).ShouldBe(1, "a look writes nothing");
        page = await ConfirmMoveAsync(browser, page);
        page.QuerySelector("h1")!.TextContent.ShouldContain("14:00–15:30");
        page = await browser.SubmitAsync(page, "form[data-cancel]");
        page.QuerySelector("[data-status=cancelled]").ShouldNotBeNull(page.Body!.TextContent);
        (await browser.GetAsync("/bookings")).Body!.TextContent.ShouldContain("Cancelled");
    }

    [Fact]
    public async Task Forms_and_refusals_tell_the_time_at_the_instrument_across_a_change_of_clocks()
    {
        var institution = await host.Given.InstitutionAsync();
        var instrument = await host.Given.InstrumentAsync(institution, timeZone: "America/New_York");
        var person = await host.Given.PersonAsync(institution);
        // 14:00 in New York is 19:00 UTC the day before clocks go forward and 18:00 UTC the day after.
        var before = await host.Given.BookingAsync(instrument, person, Instant.FromUtc(2026, 3, 7, 19, 0));
        var after = await host.Given.BookingAsync(instrument, person, Instant.FromUtc(2026, 3, 9, 18, 0));
        var browser = await host.PagesAsync(person);
        (await browser.GetAsync($"/bookings/{before.Id.Value}")).QuerySelector("[data-move] input[name=StartsAt]")!.GetAttribute("value").ShouldBe("2026-03-07T14:00");
        var page = await browser.GetAsync($"/bookings/{after.Id.Value}");
        page.QuerySelector("[data-move] input[name=StartsAt]")!.GetAttribute("value").ShouldBe("2026-03-09T14:00");
        page = await browser.SubmitAsync(page, "form[data-move]", ("StartsAt", "2026-03-07T14:00"), ("EndsAt", "2026-03-07T15:00"));
        page.QuerySelector("[data-problems]")!.TextContent.ShouldContain("Sat 7 Mar 2026, 14:00–15:00");
        page = await browser.SubmitAsync(page, "form[data-move]", ("StartsAt", "2026-03-08T02:30"), ("EndsAt", "2026-03-08T09:00"));
        page.QuerySelectorAll("[data-problems] code").Select(c => c.TextContent).ShouldBe(["booking.time-skipped"]);
        page = await browser.SubmitAsync(page, "form[data-move]", ("StartsAt", "2026-03-08T14:00"), ("EndsAt", "2026-03-08T15:00"));
        page = await ConfirmMoveAsync(browser, page);
        (await host.ScalarAsync<DateTime>("SELECT starts_at FROM bookings WHERE id = @id", ("id", after.Id.Value))).ShouldBe(new DateTime(2026, 3, 8, 18, 0, 0, DateTimeKind.Utc), page.Body!.TextContent);
    }

    [Fact]
    public async Task A_manager_decides_on_many_requests_at_once()
    {
        var institution = await host.Given.InstitutionAsync();
        var instrument = await host.Given.InstrumentAsync(institution, rules: r => r with { ApprovalRequired = true });
        var person = await host.Given.PersonAsync(institution);
        var first = await host.Given.BookingAsync(instrument, person, Day.Tomorrow(9), status: BookingStatus.Requested);
        var second = await host.Given.BookingAsync(instrument, person, Day.Tomorrow(11), status: BookingStatus.Requested);
        var browser = await host.PagesAsync(await host.Given.PersonWithRoleAsync(Role.LabManager, institution));
        var page = await browser.GetAsync("/manage/requests");
        page.QuerySelectorAll("input[name=Ids]").Length.ShouldBe(2);
        page = await browser.SubmitAsync(page, "form[data-requests]", ("Ids", first.Id.Value.ToString()), ("Ids", second.Id.Value.ToString()));
        page.QuerySelector("[role=status]")!.TextContent.ShouldContain("2");
        (await host.ScalarAsync<long>("SELECT count(*) FROM bookings WHERE instrument_id = @id AND status = 'confirmed'", ("id", instrument.Id.Value))).ShouldBe(2);
    }

    [Fact]
    public async Task The_instrument_page_shows_rules_gates_price_and_free_time()
    {
        var (instrument, person) = await PrepareAsync();
        var page = await (await host.PagesAsync(person)).GetAsync($"/instruments/{instrument.Id.Value}");
        page.QuerySelector("[data-book]").ShouldNotBeNull();
        page.QuerySelectorAll("svg.strip").Length.ShouldBe(7);
        page.QuerySelectorAll("[data-gate=pass]").Length.ShouldBe(10);
        page.Body!.TextContent.ShouldContain("Book up to 30 days ahead");
        page.Body.TextContent.ShouldContain("08:00–20:00");
        (await (await host.PagesAsync(null)).GetAsync($"/instruments/{instrument.Id.Value}")).QuerySelectorAll("[data-gate=fail]").Length.ShouldBe(1);
    }

    private static Task<IHtmlDocument> ConfirmMoveAsync(PageClient browser, IHtmlDocument page)
    {
        page.QuerySelector("#move")!.SetAttribute("action", page.QuerySelector("[data-do-move]")!.GetAttribute("formaction")!);
        return browser.SubmitAsync(page, "#move");
    }

    private async Task<(Instrument Instrument, Person Person)> PrepareAsync()
    {
        var institution = await host.Given.InstitutionAsync();
        return (await host.Given.InstrumentAsync(institution), await host.Given.PersonAsync(institution));
    }

    private Task<long> CountAsync(Instrument instrument) => host.ScalarAsync<long>("SELECT count(*) FROM bookings WHERE instrument_id = @id", ("id", instrument.Id.Value));
}
