using InstrumentShare.Access;
using InstrumentShare.Bookings;
using InstrumentShare.Catalog;
using InstrumentShare.Tests.Support;
using NodaTime;

namespace InstrumentShare.Tests.Bookings.Calendar;

/// <summary>Several instruments beside one another, as a reader without scripts gets them.</summary>
public sealed class TimelinePageTests(TestHost host) : IClassFixture<TestHost>
{
    [Fact]
    public async Task Each_instrument_has_a_row_in_which_every_state_is_told_in_words()
    {
        var institution = await host.Given.InstitutionAsync();
        var person = await host.Given.PersonAsync(institution, name: "张三");
        var other = await host.Given.PersonAsync(institution, name: "李四");
        var (first, second) = (await host.Given.InstrumentAsync(institution), await host.Given.InstrumentAsync(institution));
        await host.Given.BookingAsync(first, person, Day.Tomorrow(9));
        await host.Given.BookingAsync(first, other, Day.Tomorrow(11), status: BookingStatus.Requested);
        await host.Given.BookingAsync(second, other, Day.Tomorrow(9));
        await host.Given.ClosureAsync(second, Day.Tomorrow(13), Day.Tomorrow(14), ClosureKind.Maintenance, "更换灯丝");
        var page = await (await host.PagesAsync(person)).GetAsync($"/calendar?instruments={first.Id.Value},{second.Id.Value}&date=2026-03-03");
        page.QuerySelectorAll("[data-row]").Length.ShouldBe(2);
        page.QuerySelector("[data-row]")!.QuerySelectorAll("[data-item]").Length.ShouldBe(2);
        page.QuerySelectorAll("[data-item]").Select(i => i.GetAttribute("aria-label")).ShouldBe(
        [
            "Tue 3 Mar 2026, 09:00–10:00, My booking · 张三", "Tue 3 Mar 2026, 11:00–12:00, Pending",
            "Tue 3 Mar 2026, 13:00–14:00, Maintenance · 更换灯丝", "Tue 3 Mar 2026, 09:00–10:00, Booked",
        ]);
        page.QuerySelectorAll("a[data-item]").Single().GetAttribute("href").ShouldStartWith("/bookings/");
        page.QuerySelectorAll("[data-track]")[0].GetAttribute("aria-label")!.ShouldContain("Free: 08:00–09:00, 10:00–11:00, 12:00–20:00");
        page.QuerySelectorAll("[data-movable]").Length.ShouldBe(1);
    }

    [Fact]
    public async Task However_many_rows_the_page_reads_bookings_and_closures_once()
    {
        var institution = await host.Given.InstitutionAsync();
        var person = await host.Given.PersonAsync(institution);
        var instruments = new List<Instrument>();
        for (var i = 0; i < 10; i++) instruments.Add(await host.Given.InstrumentAsync(institution));
        var browser = await host.PagesAsync(person);
        using var counted = new StatementCount(host.ConnectionString);
        var page = await browser.GetAsync($"/calendar?instruments={string.Join(',', instruments.Select(i => i.Id.Value))}&view=week&date=2026-03-03");
        page.QuerySelectorAll("[data-track]").Length.ShouldBe(70);
        counted.Of(" FROM bookings b ").ShouldBe(1);
        counted.Of("FROM opening_hours").ShouldBe(1);
    }

    [Fact]
    public async Task Sets_put_their_ids_into_the_address()
    {
        var institution = await host.Given.InstitutionAsync();
        var instrument = await host.Given.InstrumentAsync(institution);
        var person = await host.Given.PersonAsync(institution);
        await host.Given.BookingAsync(instrument, person);
        foreach (var (who, path) in new[] { (await host.Given.PersonWithRoleAsync(Role.LabManager, institution), "/calendar?set=mine"), (await host.Given.PersonWithRoleAsync(Role.Technician, instrumentId: instrument.Id.Value), "/calendar"), (person, "/calendar?set=recent"), (person, "/calendar") })
        {
            var browser = await host.PagesAsync(who);
            var page = await browser.GetAsync(path);
            browser.Last.RequestMessage!.RequestUri!.PathAndQuery.ShouldBe($"/calendar?instruments={instrument.Id.Value}");
            page.QuerySelectorAll("[data-row]").Length.ShouldBe(1);
        }
    }

    [Fact]
    public async Task Instruments_are_found_by_search_and_added_and_taken_out()
    {
        var (one, two) = (await host.Given.InstrumentAsync(nameEn: "Zebrafish imager alpha"), await host.Given.InstrumentAsync(nameEn: "Zebrafish imager beta"));
        var browser = await host.PagesAsync(null);
        var page = await browser.GetAsync($"/calendar?instruments={one.Id.Value}");
        page = await browser.SubmitAsync(page, "form[data-timeline-search]", ("q", "zebrafish imager"));
        var add = page.QuerySelectorAll("[data-found] a").Single(a => a.TextContent.Contains("beta", StringComparison.Ordinal)).GetAttribute("href")!;
        page = await browser.GetAsync(add);
        page.QuerySelectorAll("[data-row]").Length.ShouldBe(2);
        page = await browser.SubmitAsync(page, "#take-out", ("without", page.QuerySelectorAll(".timeline-out")[0].GetAttribute("value")!));
        page.QuerySelector("[data-row]")!.GetAttribute("data-instrument").ShouldBe(two.Id.Value.ToString());
    }

    [Fact]
    public async Task What_cannot_be_shown_is_named_and_the_rest_is_shown()
    {
        var instrument = await host.Given.InstrumentAsync();
        var hidden = await host.Given.InstrumentAsync(isVisible: false);
        var browser = await host.PagesAsync(null);
        var page = await browser.GetAsync($"/calendar?instruments={instrument.Id.Value},{hidden.Id.Value},abc&date=morgen");
        page.QuerySelectorAll("[data-problems] code").Select(c => c.TextContent).ShouldBe(["booking.id-unreadable", "calendar.unknown-instrument", "calendar.date"], ignoreOrder: true);
        page.QuerySelectorAll("[data-row]").Length.ShouldBe(1);
    }

    [Fact]
    public async Task A_booking_longer_than_a_week_is_in_every_day_of_every_view_it_touches()
    {
        var instrument = await host.Given.InstrumentAsync();
        await host.Given.BookingAsync(instrument, await host.Given.PersonAsync(), Day.Tomorrow(0), minutes: 31 * 1440);
        var browser = await host.PagesAsync(null);
        foreach (var (view, items) in new[] { ("day", 1), ("week", 7) })
            (await browser.GetAsync($"/calendar?instruments={instrument.Id.Value}&view={view}&date=2026-03-18")).QuerySelectorAll("[data-item]").Length.ShouldBe(items, view);
        (await browser.GetAsync($"/calendar?instruments={instrument.Id.Value}&view=list&date=2026-03-18")).QuerySelectorAll(".timeline-list-item").Length.ShouldBe(7);
    }

    [Fact]
    public async Task A_half_closed_week_loads_and_overlapping_units_of_a_tray_lie_in_lanes_of_their_own()
    {
        var instrument = await host.Given.InstrumentAsync(capacity: 3);
        for (short unit = 1; unit <= 3; unit++) await host.Given.BookingAsync(instrument, await host.Given.PersonAsync(), unit: unit);
        await host.Given.ClosureAsync(instrument, Day.Tomorrow(24), Day.Tomorrow(24 * 20));
        var page = await (await host.PagesAsync(null)).GetAsync($"/calendar?instruments={instrument.Id.Value}&view=week&date=2026-03-03");
        page.QuerySelectorAll("[data-track]").Length.ShouldBe(7);
        page.QuerySelectorAll(".is-other > rect").Select(r => r.GetAttribute("y")).ShouldBe(["3%", "36.33%", "69.67%"]);
        page.QuerySelectorAll(".is-closure").Length.ShouldBe(5);
    }
}
