using System.Globalization;
using System.Text.Json;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;
using NodaTime;
using NodaTime.Text;

namespace InstrumentShare.Tests.Browser;

/// <summary>Calendars with keys alone, with a pointer, and as they hear of what others do.</summary>
[Collection(nameof(Browser))]
public sealed class CalendarInBrowserTests(DemoInBrowser demo)
{
    private const string OfResearcher2 = "FROM bookings b JOIN people p ON p.id = b.person_id WHERE p.email = 'researcher2@demo.example'";

    [Fact]
    public async Task Keys_alone_book_move_and_cancel()
    {
        var page = await demo.OpenAsync("researcher2", "en");
        var instrument = await InstrumentAsync();
        await page.GotoAsync($"/instruments/{instrument}/calendar");
        await page.Locator(".calendar-frame .ec-event, .calendar-frame .ec-bg-event").First.WaitForAsync(new() { State = WaitForSelectorState.Attached });
        await TabToAsync(page, ".calendar-frame");
        await page.Keyboard.PressAsync("ArrowDown");
        for (var day = 0; day < 3; day++) await page.Keyboard.PressAsync("ArrowRight");
        await SeekAsync(page, "ArrowDown", ", free");
        (await SpokenAsync(page)).ShouldMatch(@"^\w{3},? \d{1,2} \w+, \d\d:\d\d to .*\d\d:\d\d, free$");
        await page.Keyboard.PressAsync("Enter");
        await page.Keyboard.PressAsync("Enter");
        await page.Locator("[data-confirm-booking], [data-problems]").First.WaitForAsync();
        (await page.Locator("[data-problems]").CountAsync()).ShouldBe(0, await page.InnerTextAsync("main"));
        await TabToAsync(page, "[data-do-book]");
        await page.Keyboard.PressAsync("Enter");
        await page.WaitForURLAsync(url => url.Contains("/bookings/", StringComparison.Ordinal));
        var booking = Guid.Parse(new Uri(page.Url).Segments[2]);
        var moved = $"SELECT count(*) {OfResearcher2} AND b.version > 1 AND b.status = 'confirmed'";
        var before = await demo.ScalarAsync<long>(moved);

        await page.GotoAsync($"/instruments/{instrument}/calendar");
        await page.Locator(".ec-event.is-mine").First.WaitForAsync();
        await TabToAsync(page, ".calendar-frame");
        await page.Keyboard.PressAsync("ArrowDown");
        for (var day = 0; day < 3; day++) await page.Keyboard.PressAsync("ArrowRight");
        await SeekAsync(page, "ArrowDown", "My booking");
        await page.Keyboard.PressAsync("m");
        (await SpokenAsync(page)).ShouldStartWith("Moving to:");
        for (var step = 0; step < 2; step++) await page.Keyboard.PressAsync("ArrowDown");
        await page.Keyboard.PressAsync("ArrowRight");
        await SeekAsync(page, "ArrowDown", ", free");
        await page.Keyboard.PressAsync("Enter");
        await page.Locator("dialog [data-do-move], dialog [data-problems]").First.WaitForAsync();
        (await page.Locator("dialog[open]").InnerTextAsync()).ShouldContain("Time until now");
        (await page.RunAxe()).Violations.Select(v => $"{v.Id} {v.Nodes[0].Html}").ShouldBeEmpty();
        (await demo.ScalarAsync<long>(moved)).ShouldBe(before, "nothing is written before it is confirmed");
        await page.Keyboard.PressAsync("Enter");
        await page.Locator("dialog[open]").WaitForAsync(new() { State = WaitForSelectorState.Detached });
        (await demo.ScalarAsync<long>(moved)).ShouldBe(before + 1);

        await page.GotoAsync($"/bookings/{booking}");
        await TabToAsync(page, "[data-cancel] button");
        await page.Keyboard.PressAsync("Enter");
        await TabToAsync(page, "dialog [value=yes]");
        await page.Keyboard.PressAsync("Enter");
        await page.Locator("[data-status=cancelled]").WaitForAsync();
        await page.Context.CloseAsync();
    }

    [Fact]
    public async Task A_booking_dragged_elsewhere_goes_back_when_the_reader_does_not_confirm()
    {
        var page = await demo.OpenAsync("researcher2", "zh-CN");
        var (instrument, booking) = await BookedAsync(page, 4);
        var before = await StartAsync(booking);
        await page.GotoAsync($"/instruments/{instrument}/calendar?date=2000-01-01&start={Wall(before)}&end={Wall(before + Duration.FromHours(1))}");
        var mine = page.Locator(".ec-event.is-mine").First;
        await mine.WaitForAsync();
        var box = (await mine.BoundingBoxAsync())!;
        await page.Mouse.MoveAsync(box.X + (box.Width / 2), box.Y + 8);
        await page.Mouse.DownAsync();
        await page.Mouse.MoveAsync(box.X + (box.Width / 2), box.Y + 30, new() { Steps = 4 });
        await page.Mouse.MoveAsync(box.X + (box.Width / 2), box.Y + 96, new() { Steps = 6 });
        await page.Mouse.UpAsync();
        await page.Locator("dialog [data-do-move], dialog [data-problems]").First.WaitForAsync();
        await page.Keyboard.PressAsync("Escape");
        await page.Locator("dialog[open]").WaitForAsync(new() { State = WaitForSelectorState.Detached });
        await Assertions.Expect(page.Locator(".ec-event.is-mine").First).ToBeVisibleAsync();
        Math.Abs((await page.Locator(".ec-event.is-mine").First.BoundingBoxAsync())!.Y - box.Y).ShouldBeLessThan(3f);
        (await StartAsync(booking)).ShouldBe(before);
        await page.Context.CloseAsync();
    }

    [Theory]
    [InlineData("America/New_York")]
    [InlineData("Pacific/Auckland")]
    public async Task The_readers_own_zone_shifts_no_slot(string zone)
    {
        var page = await demo.OpenAsync("researcher2", "en", timeZone: zone);
        var (instrument, booking) = await BookedAsync(page, 8);
        var at = await StartAsync(booking);
        (await page.InnerTextAsync("h1")).ShouldContain(Wall(at)[11..]);
        (await page.InputValueAsync("[data-move] [name=StartsAt]")).ShouldBe(Wall(at));
        await page.GotoAsync($"/instruments/{instrument}/calendar?start={Wall(at)}&end={Wall(at + Duration.FromHours(1))}");
        var mine = page.Locator($".ec-event.is-mine[aria-label*='{Wall(at)[11..]}']");
        await mine.First.WaitForAsync();
        (await mine.First.Locator(".ec-event-time").InnerTextAsync()).ShouldContain(Wall(at)[11..]);
        (await page.InputValueAsync("[data-start]")).ShouldBe(Wall(at));
        await page.GotoAsync($"/calendar?instruments={instrument}&date={Wall(at)[..10]}");
        await page.Locator($"[data-item].is-mine[aria-label*='{Wall(at)[11..]}']").First.WaitForAsync();
        await page.Context.CloseAsync();
    }

    [Fact]
    public async Task A_row_of_many_instruments_is_booked_with_keys_and_a_tap_books_nothing_by_itself()
    {
        var page = await demo.OpenAsync("researcher2", "en", 360);
        var instrument = await InstrumentAsync();
        var date = WorkdayAhead(5);
        await page.GotoAsync($"/calendar?instruments={instrument}&date={date}");
        await TabToAsync(page, "[data-timeline]");
        await page.Keyboard.PressAsync("ArrowRight");
        await SeekAsync(page, "ArrowRight", ", free");
        var count = await demo.ScalarAsync<long>($"SELECT count(*) {OfResearcher2}");
        await page.Keyboard.PressAsync("Enter");
        await page.Locator("dialog [data-do-book]").WaitForAsync();
        (await demo.ScalarAsync<long>($"SELECT count(*) {OfResearcher2}")).ShouldBe(count);
        (await page.EvaluateAsync<int>("() => document.documentElement.scrollWidth - document.documentElement.clientWidth")).ShouldBeLessThanOrEqualTo(0);
        await page.Keyboard.PressAsync("Enter");
        await page.Locator("[data-item].is-mine").First.WaitForAsync();
        (await demo.ScalarAsync<long>($"SELECT count(*) {OfResearcher2}")).ShouldBe(count + 1);
        await page.Context.CloseAsync();
    }

    [Fact]
    public async Task What_another_books_appears_without_reloading()
    {
        var watching = await demo.OpenAsync(null, "en");
        var other = await demo.OpenAsync("researcher2", "en");
        var (instrument, start, _) = await FreeAsync(other, 6);
        await watching.GotoAsync($"/calendar?instruments={instrument}&date={start[..10]}");
        await watching.WaitForTimeoutAsync(1500);
        var before = await watching.Locator("[data-item]").CountAsync();
        await BookAsync(other, instrument, start);
        await Assertions.Expect(watching.Locator("[data-item]")).ToHaveCountAsync(before + 1, new() { Timeout = 15_000 });
        await watching.Context.CloseAsync();
        await other.Context.CloseAsync();
    }

    private async Task<(string Instrument, Guid Booking)> BookedAsync(IPage page, int daysAhead)
    {
        var (instrument, start, _) = await FreeAsync(page, daysAhead);
        await BookAsync(page, instrument, start);
        return (instrument, Guid.Parse(new Uri(page.Url).Segments[2]));
    }

    private static async Task BookAsync(IPage page, string instrument, string start)
    {
        var pattern = LocalDateTimePattern.CreateWithInvariantCulture("uuuu-MM-ddTHH:mm");
        await page.GotoAsync($"/instruments/{instrument}/calendar?start={start}&end={pattern.Format(pattern.Parse(start).Value.PlusHours(1))}&check=1");
        await page.ClickAsync("[data-do-book]");
        await page.WaitForURLAsync(url => url.Contains("/bookings/", StringComparison.Ordinal));
    }

    private async Task<(string Instrument, string Start, JsonElement Slot)> FreeAsync(IPage page, int daysAhead)
    {
        var instrument = await InstrumentAsync();
        var from = SystemClock.Instance.GetCurrentInstant() + Duration.FromDays(daysAhead);
        var query = string.Create(CultureInfo.InvariantCulture, $"from={from:uuuu-MM-ddTHH:mm:ss'Z'}&to={from + Duration.FromDays(8):uuuu-MM-ddTHH:mm:ss'Z'}&minutes=60");
        var answer = await page.APIRequest.GetAsync($"/api/v1/instruments/{instrument}/free-slots?{query}");
        var slot = (await answer.JsonAsync())!.Value.GetProperty("items").EnumerateArray().First();
        return (instrument, Wall(InstantPattern.ExtendedIso.Parse(slot.GetProperty("startsAt").GetString()!).Value), slot);
    }

    /// <summary>One that needs no approval and lets an hour be booked two weeks ahead.</summary>
    private async Task<string> InstrumentAsync() => (await demo.ScalarAsync<Guid>("""
        SELECT i.id FROM instruments i JOIN booking_rule_sets r ON r.instrument_id = i.id AND r.valid_to IS NULL
        WHERE i.is_visible AND i.takes_bookings AND i.sharing = 'external' AND i.status = 'normal' AND NOT r.approval_required AND i.capacity = 1
          AND r.min_minutes <= 60 AND r.max_minutes >= 120 AND r.person_day_minutes IS NULL AND r.person_week_minutes IS NULL AND r.horizon_days >= 14 ORDER BY i.inner_id DESC LIMIT 1
        """)).ToString();

    private async Task<Instant> StartAsync(Guid booking) => Instant.FromDateTimeUtc(await demo.ScalarAsync<DateTime>("SELECT starts_at FROM bookings WHERE id = @id", ("id", booking)));

    private static string Wall(Instant at) => LocalDateTimePattern.CreateWithInvariantCulture("uuuu-MM-ddTHH:mm").Format(at.InZone(DateTimeZoneProviders.Tzdb["Asia/Shanghai"]).LocalDateTime);

    private static string WorkdayAhead(int days)
    {
        var date = SystemClock.Instance.GetCurrentInstant().InZone(DateTimeZoneProviders.Tzdb["Asia/Shanghai"]).Date.PlusDays(days);
        while (date.DayOfWeek is IsoDayOfWeek.Saturday or IsoDayOfWeek.Sunday) date = date.PlusDays(1);
        return LocalDatePattern.Iso.Format(date);
    }

    private static async Task TabToAsync(IPage page, string selector)
    {
        for (var i = 0; i < 120; i++)
        {
            if (await page.EvaluateAsync<bool>("s => document.activeElement?.matches(s) ?? false", selector)) return;
            await page.Keyboard.PressAsync("Tab");
        }

        Assert.Fail($"Tab never came to {selector}.");
    }

    private static Task<string> SpokenAsync(IPage page) => page.Locator("p[aria-live=assertive]").InnerTextAsync();

    private static async Task SeekAsync(IPage page, string key, string words)
    {
        for (var i = 0; i < 200 && !(await SpokenAsync(page)).Contains(words, StringComparison.Ordinal); i++) await page.Keyboard.PressAsync(key);
        (await SpokenAsync(page)).ShouldContain(words);
    }
}
