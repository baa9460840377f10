using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using InstrumentShare.Catalog;
using InstrumentShare.Kernel;
using InstrumentShare.Tests.Support;
using NodaTime;
using NodaTime.Extensions;

namespace InstrumentShare.Tests.Bookings;

/// <summary>In Berlin clocks go forward on 29 March 2026 at 2:00 and back on 25 October at 3:00.</summary>
public sealed class BookingClocksTests(TestHost host) : IClassFixture<TestHost>
{
    private const string Berlin = "Europe/Berlin";

    [Theory]
    [InlineData("2026-03-28", 8)]
    [InlineData("2026-03-29", 7)]
    [InlineData("2026-10-24", 7)]
    [InlineData("2026-10-25", 8)]
    public async Task Nine_is_nine_on_the_pages_in_mail_and_in_calendars(string date, int utcHour)
    {
        var institution = await host.Given.InstitutionAsync();
        var instrument = await host.Given.InstrumentAsync(institution, timeZone: Berlin, rules: r => r with { HorizonDays = 365 });
        var person = await host.Given.PersonAsync(institution);
        var browser = await host.PagesAsync(person);
        var page = await browser.TypeAndBookAsync(instrument, $"{date}T09:00", $"{date}T10:00");
        page.QuerySelector("h1")!.TextContent.ShouldContain("09:00–10:00");
        var at = Instant.FromDateTimeUtc(await host.ScalarAsync<DateTime>("SELECT starts_at FROM bookings WHERE instrument_id = @id", ("id", instrument.Id.Value)));
        at.ToString().ShouldBe(string.Create(CultureInfo.InvariantCulture, $"{date}T{utcHour:00}:00:00Z"));
        (await browser.GetAsync("/bookings")).QuerySelector("tbody")!.TextContent.ShouldContain("09:00–10:00");
        var list = (await browser.GetAsync($"/instruments/{instrument.Id.Value}/calendar?date={date}")).QuerySelector("[data-week-list]")!.TextContent;
        list.ShouldContain("09:00–10:00");
        list.ShouldContain("10:00–20:00");
        (await browser.GetAsync($"/calendar?instruments={instrument.Id.Value}&date={date}")).QuerySelector("[data-item]")!.GetAttribute("aria-label")!.ShouldContain("09:00–10:00");
        var mail = (await TakenMail.OfAsync(host)).Where(m => m.Recipient == person.Email).ShouldHaveSingleItem();
        mail.Text.ShouldContain("09:00–10:00");
        (await CalendarReader.ReadAsync(mail.Invitation!.Text)).Only.StartsAt.ToInstant().ShouldBe(at);
    }

    [Theory]
    [InlineData("2026-03-29", 120, 24_000)]
    [InlineData("2026-10-25", 240, 48_000)]
    public async Task A_night_in_which_clocks_change_is_as_long_as_it_is_and_costs_that(string date, int minutes, long fen)
    {
        var institution = await host.Given.InstitutionAsync();
        var instrument = await host.Given.InstrumentAsync(institution, timeZone: Berlin, opensHour: 0, closesHour: 24, rules: r => r with { HorizonDays = 365 });
        await host.Given.PricesAsync(instrument);
        var browser = await host.PagesAsync(await host.Given.PersonAsync(institution));
        var page = await browser.TypeAndBookAsync(instrument, $"{date}T01:00", $"{date}T04:00");
        page.QuerySelector("h1")!.TextContent.ShouldContain("01:00–04:00");
        (await host.ScalarAsync<int>("SELECT (extract(epoch FROM ends_at - starts_at) / 60)::int FROM bookings WHERE instrument_id = @id", ("id", instrument.Id.Value))).ShouldBe(minutes);
        (await host.ScalarAsync<long>("SELECT estimate_fen FROM bookings WHERE instrument_id = @id", ("id", instrument.Id.Value))).ShouldBe(fen);
    }

    [Fact]
    public async Task Free_time_is_offered_from_opening_to_closing_in_the_week_of_a_change()
    {
        var institution = await host.Given.InstitutionAsync();
        var instrument = await host.Given.InstrumentAsync(institution, timeZone: Berlin, rules: r => r with { HorizonDays = 60, MaxMinutes = 720 });
        using var api = await host.ApiAsync(await host.Given.PersonAsync(institution));
        var free = await api.GetFromJsonAsync<JsonElement>($"/api/v1/instruments/{instrument.Id.Value}/free-slots?from=2026-03-28T00:00:00%2B01:00&to=2026-03-31T00:00:00%2B02:00&minutes=720");
        free.GetProperty("items").EnumerateArray().Select(s => s.GetProperty("startsAt").GetString()).ShouldBe(["2026-03-28T07:00:00Z", "2026-03-29T06:00:00Z", "2026-03-30T06:00:00Z"]);
    }

    [Fact]
    public async Task A_time_is_the_same_moment_whichever_offset_it_is_written_with()
    {
        var institution = await host.Given.InstitutionAsync();
        var instrument = await host.Given.InstrumentAsync(institution);
        using var api = await host.ApiAsync(await host.Given.PersonAsync(institution));
        var made = await (await BookAsync("2026-03-02T20:00:00-05:00", "2026-03-03T03:00:00+01:00")).JsonAsync(HttpStatusCode.Created);
        (made.GetProperty("startsAt").GetString(), made.GetProperty("endsAt").GetString()).ShouldBe(("2026-03-03T01:00:00Z", "2026-03-03T02:00:00Z"));
        (await (await BookAsync("2026-03-03T09:30:00+08:00", "2026-03-03T10:30:00+08:00")).CodesAsync()).ShouldBe(["booking.overlap"]);

        Task<HttpResponseMessage> BookAsync(string startsAt, string endsAt) => api.PostAsJsonAsync("/api/v1/bookings", new { instrumentId = instrument.Id.Value, startsAt, endsAt });
    }
}
