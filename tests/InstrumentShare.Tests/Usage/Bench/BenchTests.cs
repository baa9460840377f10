using System.Net;
using System.Net.Http.Json;
using InstrumentShare.Access;
using InstrumentShare.Bookings;
using InstrumentShare.Catalog;
using InstrumentShare.Tests.Support;
using NodaTime;

namespace InstrumentShare.Tests.Usage.Bench;

public sealed class BenchTests(TestHost host) : IClassFixture<TestHost>, IAsyncLifetime
{
    private Instrument instrument = null!;
    private Person user = null!;

    async Task IAsyncLifetime.InitializeAsync()
    {
        host.Clock.Now = FixedClock.Start;
        instrument = await host.Given.InstrumentAsync();
        await host.Given.PricesAsync(instrument);
        user = await host.Given.PersonAsync(await host.Given.InstitutionAsync());
    }

    Task IAsyncLifetime.DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task A_label_leads_to_the_public_part_and_signing_in_comes_back_to_the_buttons()
    {
        var other = await host.Given.PersonAsync(name: "李四");
        await host.Given.BookedAsync(instrument, other, FixedClock.Start + Duration.FromHours(2));
        var code = await host.ScalarAsync<string>("SELECT code FROM bench_codes WHERE instrument_id = @id", ("id", instrument.Id.Value));
        var browser = await host.PagesAsync(null);
        var page = await browser.GetAsync($"/b/{code.ToUpperInvariant()}");
        page.QuerySelector("[data-bench-state]")!.GetAttribute("data-bench-state").ShouldBe("free");
        page.QuerySelector("[data-coming]")!.TextContent.ShouldContain("11:00–12:00");
        page.Body!.TextContent.ShouldNotContain("李四");
        page.QuerySelectorAll("main form").ShouldBeEmpty();
        page = await browser.GetAsync(page.QuerySelector(".bench > a")!.GetAttribute("href")!);
        page = await browser.SubmitAsync(page, "form[data-sign-in]", ("Email", user.Email!), ("Password", Given.Password));
        browser.Last.RequestMessage!.RequestUri!.AbsolutePath.ShouldBe($"/b/{code.ToUpperInvariant()}");
        page.QuerySelectorAll("[data-walk-up] button").Length.ShouldBe(4, page.Body!.TextContent);
        page.Body!.TextContent.ShouldNotContain("李四");
        (await browser.GetAsync("/b/00000000")).Body!.TextContent.ShouldNotBeEmpty();
        browser.Last.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await (await host.PagesAsync(await host.Given.PersonWithRoleAsync(Role.Technician, instrumentId: instrument.Id.Value))).GetAsync($"/b/{code}")).QuerySelector("[data-coming]")!.TextContent.ShouldContain("李四");
    }

    [Fact]
    public async Task Without_a_booking_one_tap_books_and_starts_and_another_stops()
    {
        host.Clock.Advance(Duration.FromMinutes(7));
        var browser = await host.PagesAsync(user);
        var page = await browser.GetAsync($"/b/{instrument.Id.Value}");
        var slot = page.QuerySelector("[data-walk-up] button")!.GetAttribute("value")!;
        slot.ShouldBe("2026-03-02T01:15:00Z/2026-03-02T01:30:00Z");
        page = await browser.SubmitAsync(page, "[data-walk-up] form", ("Slot", slot));
        page.QuerySelector("[data-bench-state]")!.GetAttribute("data-bench-state").ShouldBe("inUse", page.Body!.TextContent);
        page.QuerySelector("[data-left]")!.TextContent.ShouldContain("23 min");
        page = await browser.SubmitAsync(page, "form[data-stop]", ("Do", "stop"), ("Samples", "many"), ("Feedback", "normal"));
        page.QuerySelector("[data-problems]")!.TextContent.ShouldContain("usage.samples-range");
        page.QuerySelector("input[name=Samples]")!.GetAttribute("value").ShouldBe("many");
        host.Clock.Advance(Duration.FromMinutes(5));
        page = await browser.SubmitAsync(page, "form[data-stop]", ("Do", "stop"), ("Samples", "2"), ("Feedback", "limited"), ("Remark", "Beam flickers"));
        page.QuerySelector("[role=status]").ShouldNotBeNull(page.Body!.TextContent);
        (await host.ScalarAsync<string>("SELECT feedback FROM usage_records WHERE instrument_id = @id AND samples = 2", ("id", instrument.Id.Value))).ShouldBe("Beam flickers");
        (await host.ScalarAsync<string>("SELECT text FROM faults WHERE instrument_id = @id AND booking_id IS NOT NULL", ("id", instrument.Id.Value))).ShouldBe("Beam flickers");
    }

    [Fact]
    public async Task A_fault_without_words_stops_nothing()
    {
        var booking = await host.Given.BookedAsync(instrument, user);
        await CheckInAsync(booking);
        var browser = await host.PagesAsync(user);
        var page = await browser.SubmitAsync(await browser.GetAsync($"/b/{instrument.Id.Value}"), "form[data-stop]", ("Do", "stop"), ("Feedback", "unusable"));
        page.QuerySelector("[data-problems]")!.TextContent.ShouldContain("booking.text-missing");
        (await host.ScalarAsync<string>("SELECT status FROM bookings WHERE id = @id", ("id", booking.Id.Value))).ShouldBe("inUse");
    }

    [Fact]
    public async Task A_walk_up_that_cannot_check_in_books_nothing()
    {
        var api = await host.ApiAsync(user);
        await (await WalkUpAsync(api, 30, 60)).ShouldRefuseAsync(HttpStatusCode.Conflict, "usage.too-early");
        (await host.ScalarAsync<long>("SELECT count(*) FROM bookings WHERE instrument_id = @id", ("id", instrument.Id.Value))).ShouldBe(0);
        (await WalkUpAsync(api, 15, 45)).StatusCode.ShouldBe(HttpStatusCode.Created);
        await (await WalkUpAsync(await host.ApiAsync(await host.Given.PersonAsync()), 15, 45)).ShouldRefuseAsync(HttpStatusCode.Conflict, "booking.overlap");
    }

    [Fact]
    public async Task Where_approval_is_needed_nobody_walks_up()
    {
        var asked = await host.Given.InstrumentAsync(rules: s => s with { ApprovalRequired = true });
        var api = await host.ApiAsync(user);
        var mine = (await (await api.GetAsync($"/api/v1/instruments/{asked.Id.Value}/bench")).JsonAsync()).GetProperty("mine");
        mine.GetProperty("walkUps").GetArrayLength().ShouldBe(0);
        mine.GetProperty("noWalkUp")[0].GetString().ShouldBe("bench.approval");
        var answer = await api.PostAsJsonAsync($"/api/v1/instruments/{asked.Id.Value}/walk-up", new { startsAt = "2026-03-02T09:15:00+08:00", endsAt = "2026-03-02T10:15:00+08:00" });
        await answer.ShouldRefuseAsync(HttpStatusCode.Conflict, "bench.approval");
        (await host.ScalarAsync<long>("SELECT count(*) FROM bookings WHERE instrument_id = @id", ("id", asked.Id.Value))).ShouldBe(0);
    }

    [Fact]
    public async Task A_use_goes_on_up_to_the_next_booking_and_no_further()
    {
        var booking = await host.Given.BookedAsync(instrument, user);
        await host.Given.BookedAsync(instrument, await host.Given.PersonAsync(), booking.EndsAt + Duration.FromMinutes(30));
        await CheckInAsync(booking);
        host.Clock.Advance(Duration.FromMinutes(50));
        var api = await host.ApiAsync(user);
        var offered = await (await api.GetAsync($"/api/v1/bookings/{booking.Id.Value}/extensions")).JsonAsync();
        offered.GetProperty("until").GetString().ShouldBe("2026-03-02T02:30:00Z");
        offered.GetProperty("items").EnumerateArray().Select(o => o.GetProperty("against").GetArrayLength()).ShouldBe([0, 0, 1]);
        await (await ExtendAsync(api, booking, 60)).ShouldRefuseAsync(HttpStatusCode.Conflict, "booking.extension-taken");
        await (await ExtendAsync(api, booking, 0)).ShouldRefuseAsync(HttpStatusCode.BadRequest, "booking.extension-minutes");
        (await ExtendAsync(await host.ApiAsync(await host.Given.PersonAsync()), booking, 15)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await (await ExtendAsync(api, booking, 30)).JsonAsync()).GetProperty("endsAt").GetString().ShouldBe("2026-03-02T02:30:00Z");
        (await host.ScalarAsync<DateTime>("SELECT upper(held) FROM bookings WHERE id = @id", ("id", booking.Id.Value))).ShouldBe((booking.EndsAt + Duration.FromMinutes(30)).ToDateTimeUtc());
        (await host.ScalarAsync<long>("SELECT count(*) FROM audit_entries WHERE action = 'booking.extend' AND subject_id = @id", ("id", booking.Id.Value.ToString()))).ShouldBe(1);
        await (await api.PostAsync($"/api/v1/bookings/{booking.Id.Value}/check-out", null)).JsonAsync();
        await (await ExtendAsync(api, booking, 15)).ShouldRefuseAsync(HttpStatusCode.Conflict, "booking.state");
    }

    [Fact]
    public async Task Of_an_extension_and_a_booking_at_once_one_gets_the_time()
    {
        await using var second = host.NewNode();
        for (var round = 0; round < 5; round++)
        {
            instrument = await host.Given.InstrumentAsync();
            var booking = await host.Given.BookedAsync(instrument, user);
            var (mine, others) = (await host.ApiAsync(user), await second.ApiAsync(await host.Given.PersonAsync()));
            var answers = await Task.WhenAll(ExtendAsync(mine, booking, 60), others.PostAsJsonAsync("/api/v1/bookings", new
            {
                instrumentId = instrument.Id.Value, startsAt = (booking.EndsAt + Duration.FromMinutes(30)).ToString(), endsAt = (booking.EndsAt + Duration.FromMinutes(90)).ToString(), serviceMode = "selfOperated",
            }));
            answers.Count(a => a.IsSuccessStatusCode).ShouldBe(1);
            var loser = answers.Single(a => !a.IsSuccessStatusCode);
            (await loser.CodeAsync()).ShouldBeOneOf("booking.extension-taken", "booking.overlap");
        }
    }

    [Fact]
    public async Task Labels_are_for_who_looks_after_the_instrument_and_carry_its_address()
    {
        var technician = await host.Given.PersonWithRoleAsync(Role.Technician, instrumentId: instrument.Id.Value);
        var page = await (await host.PagesAsync(technician)).GetAsync($"/manage/labels?instrument={instrument.Id.Value}&instrument={(await host.Given.InstrumentAsync()).Id.Value}");
        page.QuerySelectorAll("[data-label-of]").Length.ShouldBe(1, "others' instruments are left out");
        page.QuerySelector("[data-label-of] svg path").ShouldNotBeNull();
        page.QuerySelector("[data-label-of] a")!.GetAttribute("href")!.ShouldMatch("^/b/[0-9a-f]{8}$");
    }

    private async Task CheckInAsync(Booking booking) => await (await (await host.ApiAsync(user)).PostAsync($"/api/v1/bookings/{booking.Id.Value}/check-in", null)).JsonAsync(HttpStatusCode.Created);

    private static Task<HttpResponseMessage> ExtendAsync(HttpClient api, Booking booking, int minutes) => api.PostAsJsonAsync($"/api/v1/bookings/{booking.Id.Value}/extend", new { minutes });

    private Task<HttpResponseMessage> WalkUpAsync(HttpClient api, int from, int to) => api.PostAsJsonAsync($"/api/v1/instruments/{instrument.Id.Value}/walk-up",
        new { startsAt = (FixedClock.Start + Duration.FromMinutes(from)).ToString(), endsAt = (FixedClock.Start + Duration.FromMinutes(to)).ToString() });
}
