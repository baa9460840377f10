using AngleSharp.Html.Dom;
using InstrumentShare.Access;
using InstrumentShare.Catalog;
using InstrumentShare.Tests.Support;
using NodaTime;

namespace InstrumentShare.Tests.Usage;

/// <summary>The pages as a browser without scripts uses them, from the booking to the corrected charge.</summary>
public sealed class UsagePagesTests(TestHost host) : IClassFixture<TestHost>
{
    [Fact]
    public async Task Each_role_opens_what_the_table_says()
    {
        var institution = await host.Given.InstitutionAsync();
        var instrument = await host.Given.InstrumentAsync(institution);
        var user = await host.Given.PersonAsync(await host.Given.InstitutionAsync());
        var use = await host.Given.UsedAsync(instrument, user, FixedClock.Start - Duration.FromHours(3));
        var booking = await host.Given.BookedAsync(instrument, user);
        var pages = new[] { "/my/usage", "/manage/today", "/manage/usage", $"/manage/usage/{use.Id.Value}", "/manage/usage/new", $"/bookings/{booking.Id.Value}/use", $"/manage/instruments/{instrument.Id.Value}/prices", "/charges", "/manage/charges" };
        var expected = new (Person? Person, string Codes)[]
        {
            (null, "302 302 302 302 302 302 302 302 302"),
            (user, "200 403 403 200 403 200 403 200 403"),
            (await host.Given.PersonAsync(institution), "200 403 403 404 403 404 403 200 403"),
            (await host.Given.PersonWithRoleAsync(Role.Technician, instrumentId: instrument.Id.Value), "200 200 200 200 200 200 403 200 403"),
            (await host.Given.PersonWithRoleAsync(Role.LabManager, institution), "200 200 200 200 200 200 200 200 200"),
            (await host.Given.PersonWithRoleAsync(Role.LabManager, await host.Given.InstitutionAsync()), "200 200 200 404 200 404 404 200 200"),
            (await host.Given.PersonWithRoleAsync(Role.FundingOfficer, region: "CN-34"), "200 403 200 200 403 404 403 200 200"),
            (await host.Given.PersonWithRoleAsync(Role.Auditor), "403 403 200 200 403 403 403 200 200"),
            (await host.Given.PersonWithRoleAsync(Role.SystemAdministrator), "200 403 403 404 403 404 403 200 403"),
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
    public async Task A_booking_is_checked_in_and_out_on_its_page_and_shows_its_charge()
    {
        host.Clock.Now = FixedClock.Start;
        var (instrument, user) = await PrepareAsync();
        var booking = await host.Given.BookedAsync(instrument, user);
        var browser = await host.PagesAsync(user);
        var path = $"/bookings/{booking.Id.Value}";
        var page = await browser.SubmitAsync(await browser.GetAsync(path), "form[data-check-in]");
        page.QuerySelector("form[data-check-out]").ShouldNotBeNull(page.Body!.TextContent);

        host.Clock.Advance(Duration.FromMinutes(45));
        page = await browser.SubmitAsync(page, "form[data-check-out]", ("Samples", "two"));
        page.QuerySelector("[data-problems]")!.TextContent.ShouldContain("usage.samples-range");
        ((IHtmlInputElement)page.QuerySelector("[name=Samples]")!).Value.ShouldBe("two", "what was typed is kept");
        page = await browser.SubmitAsync(page, "form[data-check-out]", ("Samples", "2"));

        page = await browser.GetAsync(path);
        page.Body!.TextContent.ShouldContain("CNY 90.00");
        page = await browser.GetAsync(page.QuerySelector("a[href^='/charges/']")!.GetAttribute("href")!);
        var steps = page.QuerySelectorAll("[data-proof] > li");
        steps[^1].TextContent.ShouldContain("90.00");
        page.Body!.TextContent.ShouldContain("120.00 × 2700 s ÷ 3600 = 90.00");
        page.QuerySelector("form[data-annotate]").ShouldBeNull();
    }

    [Fact]
    public async Task The_day_shows_who_comes_and_lets_a_technician_check_in_for_them()
    {
        host.Clock.Now = FixedClock.Start;
        var (instrument, user) = await PrepareAsync();
        await host.Given.BookedAsync(instrument, user);
        await host.Given.BookedAsync(instrument, user, FixedClock.Start + Duration.FromDays(1));
        var browser = await host.PagesAsync(await host.Given.PersonWithRoleAsync(Role.Technician, instrumentId: instrument.Id.Value));
        var page = await browser.GetAsync("/manage/today");
        page.QuerySelectorAll("tbody tr").Length.ShouldBe(1);
        page = await browser.SubmitAsync(page, "form[action*='handler=CheckIn']");
        browser.Last.RequestMessage!.RequestUri!.AbsolutePath.ShouldBe("/manage/today");
        page.QuerySelector("a[href*='/use?returnUrl']").ShouldNotBeNull(page.Body!.TextContent);
        (await browser.GetAsync("/manage/today?date=2026-03-03")).QuerySelectorAll("tbody tr").Length.ShouldBe(1);
        (await browser.GetAsync("/manage/today?date=2026-03-04")).QuerySelectorAll("tbody tr").Length.ShouldBe(0);
    }

    [Fact]
    public async Task A_use_is_recorded_by_hand_and_corrected_and_the_first_value_stays_in_sight()
    {
        host.Clock.Now = FixedClock.Start;
        var (instrument, user) = await PrepareAsync();
        var manager = await host.Given.PersonAsync();
        await host.Given.GrantAsync(manager, Role.LabManager, instrument.Id.Value, ScopeKind.Instrument);
        var browser = await host.PagesAsync(manager);
        var page = await browser.GetAsync("/manage/usage/new");
        (string, string)[] entry = [("InstrumentId", instrument.Id.Value.ToString()), ("PersonId", user.Email!), ("StartsAt", "2026-03-01T10:00"), ("EndsAt", "2026-03-01T12:00"), ("Samples", "4")];
        page = await browser.SubmitAsync(page, "form[data-record]", [.. entry, ("Reason", "")]);
        page.QuerySelector("#Reason-problem").ShouldNotBeNull(page.Body!.TextContent);
        ((IHtmlInputElement)page.QuerySelector("[name=StartsAt]")!).Value.ShouldBe("2026-03-01T10:00");

        page = await browser.SubmitAsync(page, "form[data-record]", [.. entry, ("Reason", "network was down")]);
        page = await browser.SubmitAsync(page, "form[data-correct]", ("EndsAt", "2026-03-01T11:30:00"), ("Reason", "left earlier"));
        var versions = page.QuerySelectorAll("tbody tr");
        versions.Length.ShouldBe(2);
        versions[0].TextContent.ShouldContain("left earlier");
        versions[1].TextContent.ShouldContain("10:00–12:00");

        page = await browser.GetAsync("/manage/charges?from=2026-03-01&to=2026-03-01");
        page.QuerySelectorAll("tbody tr").Length.ShouldBe(3);
        page.QuerySelector(".figures dd")!.TextContent.ShouldContain("180.00");
    }

    [Fact]
    public async Task Prices_are_set_on_their_page_and_problems_stand_beside_the_fields()
    {
        var (instrument, _) = await PrepareAsync();
        var manager = await host.Given.PersonAsync();
        await host.Given.GrantAsync(manager, Role.LabManager, instrument.Id.Value, ScopeKind.Instrument);
        var browser = await host.PagesAsync(manager, "zh-CN");
        var page = await browser.GetAsync($"/manage/instruments/{instrument.Id.Value}/prices");
        page = await browser.SubmitAsync(page, "main form", ("ValidFrom", "2026-04-01"), ("RatePerHour", "1,200"));
        page.QuerySelector("#RatePerHour-problem").ShouldNotBeNull(page.Body!.TextContent);
        page = await browser.SubmitAsync(page, "main form", ("ValidFrom", "2026-04-01"), ("RatePerHour", "150.50"));
        page.Body!.TextContent.ShouldContain("¥150.50/小时");
        page.QuerySelectorAll("svg.time-bars").Length.ShouldBe(3);
    }

    private async Task<(Instrument, Person)> PrepareAsync()
    {
        var instrument = await host.Given.InstrumentAsync();
        await host.Given.PricesAsync(instrument);
        return (instrument, await host.Given.PersonAsync(await host.Given.InstitutionAsync()));
    }
}
