using System.Globalization;
using System.Text.Json;
using Microsoft.Playwright;
using NodaTime;
using NodaTime.Text;

namespace InstrumentShare.Tests.Browser;

[Collection(nameof(Browser))]
public sealed class BookingInBrowserTests(DemoInBrowser demo)
{
    private static readonly DateTimeZone Shanghai = DateTimeZoneProviders.Tzdb["Asia/Shanghai"];

    [Fact]
    public async Task Typed_times_book_without_JavaScript_and_keep_what_was_typed_when_refused()
    {
        var page = await demo.OpenAsync("researcher", "en", 360, javaScript: false);
        var (instrument, start, end) = await FreeSlotAsync(page, 60);
        await page.GotoAsync($"/instruments/{instrument}/calendar");
        var yesterday = SystemClock.Instance.GetCurrentInstant().InZone(Shanghai).Date.PlusDays(-1).ToString("uuuu-MM-dd", CultureInfo.InvariantCulture);
        await page.FillAsync("[data-start]", $"{yesterday}T10:00");
        await page.FillAsync("[data-end]", $"{yesterday}T11:00");
        await page.FillAsync("[name=Purpose]", "Grain size of a thin film");
        await page.ClickAsync("[data-check]");
        (await page.Locator("[data-problems] code").AllInnerTextsAsync()).ShouldContain("booking.past");
        (await page.InputValueAsync("[name=Purpose]")).ShouldBe("Grain size of a thin film");
        (await page.InputValueAsync("[data-start]")).ShouldBe($"{yesterday}T10:00");

        await page.FillAsync("[data-start]", start);
        await page.FillAsync("[data-end]", end);
        await page.ClickAsync("[data-check]");
        await page.ClickAsync("[data-do-book]");
        page.Url.ShouldContain("/bookings/");
        (await page.InnerTextAsync("main")).ShouldContain("Grain size of a thin film");
        await page.Context.CloseAsync();
    }

    [Fact]
    public async Task A_taken_slot_offers_three_that_work_and_one_tap_takes_one()
    {
        var first = await demo.OpenAsync("researcher", "en");
        var (instrument, start, end) = await FreeSlotAsync(first, 60);
        await BookAsync(first, instrument, start, end);
        await first.GotoAsync($"/instruments/{instrument}/calendar");
        await first.FillAsync("[data-start]", start);
        await first.FillAsync("[data-end]", end);
        await first.ClickAsync("[data-check]");
        (await first.Locator("[data-problems] code").AllInnerTextsAsync()).ShouldContain("booking.overlap");
        (await first.Locator("[data-nearest] button").CountAsync()).ShouldBe(3);
        await first.Locator("[data-nearest] button").First.ClickAsync();
        await first.ClickAsync("[data-do-book]");
        first.Url.ShouldContain("/bookings/");
        await first.Context.CloseAsync();
    }

    [Fact]
    public async Task Keys_alone_choose_a_slot_on_the_calendar_and_fill_the_form()
    {
        var page = await demo.OpenAsync("researcher", "en");
        var (instrument, _, _) = await FreeSlotAsync(page, 60);
        await page.GotoAsync($"/instruments/{instrument}/calendar");
        await page.Locator(".calendar-frame").WaitForAsync();
        await page.FocusAsync(".calendar-frame");
        await page.Keyboard.PressAsync("ArrowDown");
        await page.Keyboard.PressAsync("ArrowRight");
        await page.Keyboard.PressAsync("Shift+ArrowDown");
        await page.Keyboard.PressAsync("Enter");
        var start = LocalDateTimePattern.CreateWithInvariantCulture("uuuu-MM-ddTHH:mm").Parse(await page.InputValueAsync("[data-start]")).Value;
        var end = LocalDateTimePattern.CreateWithInvariantCulture("uuuu-MM-ddTHH:mm").Parse(await page.InputValueAsync("[data-end]")).Value;
        (end > start).ShouldBeTrue();
        await page.Keyboard.PressAsync("Enter");
        await page.Locator("[data-confirm-booking], [data-problems]").First.WaitForAsync();
        await page.Context.CloseAsync();
    }

    [Fact]
    public async Task Dragging_over_free_time_fills_the_form_and_books_nothing_by_itself()
    {
        var page = await demo.OpenAsync("researcher", "zh-CN");
        var (instrument, _, _) = await FreeSlotAsync(page, 60);
        var before = await demo.ScalarAsync<long>("SELECT count(*) FROM bookings");
        await page.GotoAsync($"/instruments/{instrument}/calendar");
        var days = page.Locator(".ec-day");
        await page.Locator(".ec-event, .ec-bg-event").First.WaitForAsync(new LocatorWaitForOptions { State = WaitForSelectorState.Attached });
        await page.Locator("button.ec-next").ClickAsync();
        var column = (await page.Locator(".ec-body .ec-day").Nth(2).BoundingBoxAsync())!;
        await page.Mouse.MoveAsync(column.X + (column.Width / 2), column.Y + 120);
        await page.Mouse.DownAsync();
        await page.Mouse.MoveAsync(column.X + (column.Width / 2), column.Y + 140, new MouseMoveOptions { Steps = 4 });
        await page.Mouse.MoveAsync(column.X + (column.Width / 2), column.Y + 190, new MouseMoveOptions { Steps = 4 });
        await page.Mouse.UpAsync();
        (await days.CountAsync()).ShouldBeGreaterThan(0);
        (await page.InputValueAsync("[data-start]")).ShouldNotBeEmpty();
        (await page.InputValueAsync("[data-end]")).ShouldNotBeEmpty();
        (await demo.ScalarAsync<long>("SELECT count(*) FROM bookings")).ShouldBe(before);
        await page.Context.CloseAsync();
    }

    [Fact]
    public async Task Dragging_from_Friday_into_Sunday_chooses_all_between()
    {
        var page = await demo.OpenAsync("researcher", "en");
        var (instrument, _, _) = await FreeSlotAsync(page, 60);
        await page.GotoAsync($"/instruments/{instrument}/calendar");
        await page.Locator(".ec-event, .ec-bg-event").First.WaitForAsync(new LocatorWaitForOptions { State = WaitForSelectorState.Attached });
        await page.Locator("button.ec-next").ClickAsync();
        var (friday, sunday) = ((await page.Locator(".ec-body .ec-day").Nth(4).BoundingBoxAsync())!, (await page.Locator(".ec-body .ec-day").Nth(6).BoundingBoxAsync())!);
        await page.Mouse.MoveAsync(friday.X + (friday.Width / 2), friday.Y + 120);
        await page.Mouse.DownAsync();
        await page.Mouse.MoveAsync(friday.X + (friday.Width / 2), friday.Y + 160, new MouseMoveOptions { Steps = 4 });
        await page.Mouse.MoveAsync(sunday.X + (sunday.Width / 2), sunday.Y + 180, new MouseMoveOptions { Steps = 8 });
        await page.Mouse.UpAsync();
        var pattern = LocalDateTimePattern.CreateWithInvariantCulture("uuuu-MM-ddTHH:mm");
        var (start, end) = (pattern.Parse(await page.InputValueAsync("[data-start]")).Value, pattern.Parse(await page.InputValueAsync("[data-end]")).Value);
        (start.DayOfWeek, end.DayOfWeek, Period.DaysBetween(start.Date, end.Date)).ShouldBe((IsoDayOfWeek.Friday, IsoDayOfWeek.Sunday, 2));
        await page.Context.CloseAsync();
    }

    private static async Task BookAsync(IPage page, string instrument, string start, string end)
    {
        await page.GotoAsync($"/instruments/{instrument}/calendar");
        await page.FillAsync("[data-start]", start);
        await page.FillAsync("[data-end]", end);
        await page.ClickAsync("[data-check]");
        await page.ClickAsync("[data-do-book]");
        await page.WaitForURLAsync(url => url.Contains("/bookings/", StringComparison.Ordinal));
    }

    /// <summary>A slot of these minutes that satisfies every rule for the reader, on an instrument that needs no approval; in the instrument's wall time.</summary>
    private async Task<(string Instrument, string Start, string End)> FreeSlotAsync(IPage page, int minutes)
    {
        var instrument = await demo.ScalarAsync<Guid>("""
            SELECT i.id FROM instruments i JOIN booking_rule_sets r ON r.instrument_id = i.id AND r.valid_to IS NULL
            WHERE i.is_visible AND i.takes_bookings AND i.sharing = 'external' AND i.status = 'normal' AND NOT r.approval_required
              AND r.min_minutes <= 60 AND r.max_minutes >= 120 AND r.person_day_minutes IS NULL AND r.person_week_minutes IS NULL AND r.horizon_days >= 14 ORDER BY i.inner_id LIMIT 1
            """);
        var from = SystemClock.Instance.GetCurrentInstant() + Duration.FromDays(2);
        var query = string.Create(CultureInfo.InvariantCulture, $"from={from:uuuu-MM-ddTHH:mm:ss'Z'}&to={from + Duration.FromDays(10):uuuu-MM-ddTHH:mm:ss'Z'}&minutes={minutes}");
        var answer = await page.APIRequest.GetAsync($"/api/v1/instruments/{instrument}/free-slots?{query}");
        answer.Ok.ShouldBeTrue(await answer.TextAsync());
        var slot = (await answer.JsonAsync())!.Value.GetProperty("items").EnumerateArray().First();
        return (instrument.ToString(), Wall(slot.GetProperty("startsAt")), Wall(slot.GetProperty("endsAt")));
    }

    private static string Wall(JsonElement instant) =>
        LocalDateTimePattern.CreateWithInvariantCulture("uuuu-MM-ddTHH:mm").Format(InstantPattern.ExtendedIso.Parse(instant.GetString()!).Value.InZone(Shanghai).LocalDateTime);
}
