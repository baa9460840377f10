using System.Net;
using InstrumentShare.Access;
using InstrumentShare.Bookings;
using InstrumentShare.Catalog;
using InstrumentShare.Tests.Support;

namespace InstrumentShare.Tests.Bookings.Standby;

/// <summary>The pages of the waiting list without scripts: joining from a refusal, answering an offer, the line of an instrument.</summary>
public sealed class StandbyPagesTests(TestHost host) : IClassFixture<TestHost>, IAsyncLifetime
{
    public async Task InitializeAsync()
    {
        host.Clock.Now = FixedClock.Start;
        await host.ExecuteAsync("DELETE FROM outbox_messages; DELETE FROM standby_offers; DELETE FROM standby_requests; DELETE FROM freed_times; DELETE FROM bookings");
    }

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task A_refused_overlap_leads_to_the_line_with_what_was_typed()
    {
        var (instrument, _, person) = await TakenAsync();
        var browser = await host.PagesAsync(person);
        var page = await browser.GetAsync($"/instruments/{instrument.Id.Value}/calendar");
        page = await browser.SubmitAsync(page, "#book", ("StartsAt", "2026-03-03T10:00"), ("EndsAt", "2026-03-03T11:00"), ("Purpose", "晶粒尺寸"));
        page = await browser.GetAsync(page.QuerySelector("[data-wait]")!.GetAttribute("href")!);
        page.QuerySelector("[name=Purpose]")!.GetAttribute("value").ShouldBe("晶粒尺寸");
        page = await browser.SubmitAsync(page, "[data-join]");
        page.QuerySelector("[data-status=waiting]").ShouldNotBeNull(page.Body!.TextContent);
        page.Body!.TextContent.ShouldContain("No. 1");
    }

    [Fact]
    public async Task A_refusal_to_wait_keeps_what_was_typed_and_shows_what_is_free()
    {
        var (instrument, _, person) = await TakenAsync();
        var browser = await host.PagesAsync(person);
        var page = await browser.GetAsync($"/instruments/{instrument.Id.Value}/standby?start=2026-03-03T10:00&end=2026-03-03T14:00");
        page = await browser.SubmitAsync(page, "[data-join]", ("Minutes", "sixty"), ("Purpose", "晶粒尺寸"));
        page.QuerySelector("[data-problems]")!.TextContent.ShouldContain("booking.minutes");
        page.QuerySelector("[name=Minutes]")!.GetAttribute("value").ShouldBe("sixty");
        page = await browser.SubmitAsync(page, "[data-join]", ("Minutes", "60"));
        page.QuerySelector("[data-problems]")!.TextContent.ShouldContain("standby.free-now");
        page.QuerySelectorAll("[data-free-now] a").Length.ShouldBe(3);
        page.QuerySelector("[name=Purpose]")!.GetAttribute("value").ShouldBe("晶粒尺寸");
    }

    [Fact]
    public async Task The_links_of_an_offers_mail_ask_before_they_act()
    {
        var (instrument, booking, person) = await TakenAsync();
        using var api = await host.ApiAsync(person);
        var id = await api.JoinAsync(instrument, booking.StartsAt, booking.EndsAt);
        await host.ExecuteAsync("UPDATE bookings SET status = 'cancelled', cancelled_at = created_at WHERE id = @id", ("id", booking.Id.Value));
        await host.Services.OfferAsync();
        var offer = (await api.OfferOfAsync(id))!.Value;
        var browser = await host.PagesAsync(person);
        (await browser.GetAsync("/")).QuerySelector($"a[href='/standby/offers/{offer}']").ShouldNotBeNull("home shows what waits for an answer");
        (await browser.GetAsync("/standby")).QuerySelector("[data-offers]").ShouldNotBeNull();
        var page = await browser.GetAsync($"/standby/offers/{offer}");
        (await host.ScalarAsync<string>("SELECT state FROM standby_offers")).ShouldBe("open", "opening the link changes nothing");
        page = await browser.SubmitAsync(page, "[data-accept]");
        page.QuerySelector("[data-status=confirmed]").ShouldNotBeNull(page.Body!.TextContent);
        (await browser.GetAsync($"/standby/offers/{offer}")).QuerySelector("[data-over]").ShouldNotBeNull();
    }

    [Fact]
    public async Task A_declined_offer_and_a_left_line_are_shown_as_over()
    {
        var (instrument, booking, person) = await TakenAsync();
        using var api = await host.ApiAsync(person);
        var id = await api.JoinAsync(instrument, booking.StartsAt, booking.EndsAt);
        await host.ExecuteAsync("UPDATE bookings SET status = 'cancelled', cancelled_at = created_at WHERE id = @id", ("id", booking.Id.Value));
        await host.Services.OfferAsync();
        var browser = await host.PagesAsync(person);
        var page = await browser.SubmitAsync(await browser.GetAsync($"/standby/offers/{(await api.OfferOfAsync(id))!.Value}"), "[data-decline]");
        page.QuerySelector($"[data-standby='{id}'] [data-status=declined]").ShouldNotBeNull(page.Body!.TextContent);

        await host.Given.BookingAsync(instrument, await host.Given.PersonAsync(), booking.StartsAt);
        await api.JoinAsync(instrument, booking.StartsAt, booking.EndsAt);
        page = await browser.SubmitAsync(await browser.GetAsync("/standby"), "[data-withdraw]");
        page.QuerySelector("[data-status=withdrawn]").ShouldNotBeNull(page.Body!.TextContent);
    }

    [Fact]
    public async Task Staff_see_the_line_with_names_and_everyone_else_figures()
    {
        var (instrument, booking, person) = await TakenAsync();
        using var api = await host.ApiAsync(person);
        await api.JoinAsync(instrument, booking.StartsAt, booking.EndsAt);
        var path = $"/instruments/{instrument.Id.Value}/standby";
        var stranger = await (await host.PagesAsync(await host.Given.PersonAsync())).GetAsync(path);
        stranger.QuerySelector("[data-counts]")!.TextContent.ShouldBe("1 waiting, 0 offered");
        stranger.QuerySelector("[data-line]").ShouldBeNull();
        var staff = await (await host.PagesAsync(await host.Given.PersonWithRoleAsync(Role.Technician, instrumentId: instrument.Id.Value))).GetAsync(path);
        staff.QuerySelector("[data-line] tbody tr")!.TextContent.ShouldContain(person.Name);
        var nobody = await host.PagesAsync();
        await nobody.GetAsync(path);
        nobody.Last.RequestMessage!.RequestUri!.AbsolutePath.ShouldBe("/sign-in");
    }

    [Fact]
    public async Task The_cancel_page_says_beforehand_that_it_is_late_and_what_makes_up_for_it()
    {
        var institution = await host.Given.InstitutionAsync();
        var instrument = await host.Given.InstrumentAsync(institution, rules: r => r with { CancelLeadMinutes = 2880, LateCancel = true });
        var holder = await host.Given.PersonAsync(institution);
        var booking = await host.Given.BookingAsync(instrument, holder);
        var browser = await host.PagesAsync(holder);
        var page = await browser.GetAsync($"/bookings/{booking.Id.Value}/cancel");
        page.QuerySelector("[data-late]")!.TextContent.ShouldContain("counts as late");
        page.QuerySelector("[data-late]")!.TextContent.ShouldContain("if others book the whole of the time");
        page = await browser.SubmitAsync(page, "form[data-cancel]", ("Reason", "样品未到"));
        page.QuerySelector("[data-late]").ShouldNotBeNull(page.Body!.TextContent);
    }

    private async Task<(Instrument Instrument, Booking Booking, Person Person)> TakenAsync()
    {
        var institution = await host.Given.InstitutionAsync();
        var instrument = await host.Given.InstrumentAsync(institution);
        return (instrument, await host.Given.BookingAsync(instrument, await host.Given.PersonAsync(institution), Day.Tomorrow(10)), await host.Given.PersonAsync(institution, name: "候补人甲"));
    }
}
