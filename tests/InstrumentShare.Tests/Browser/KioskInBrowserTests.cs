using System.Globalization;
using Deque.AxeCore.Playwright;
using InstrumentShare.Access;
using InstrumentShare.Bookings;
using InstrumentShare.Catalog;
using InstrumentShare.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Playwright;
using NodaTime;

namespace InstrumentShare.Tests.Browser;

[Collection(nameof(Browser))]
public sealed class KioskInBrowserTests(DemoInBrowser demo)
{
    [Fact]
    public async Task A_day_at_a_tablet_from_badge_to_the_next_booking()
    {
        var (instrument, booking) = await PrepareAsync();
        var tablet = await EnrolledAsync(instrument);
        await CheckAsync(tablet);
        await tablet.Locator("[name=Who]").PressSequentiallyAsync("20260001");
        await tablet.Keyboard.PressAsync("Enter");
        await tablet.Locator("form[data-start] button").ClickAsync();
        await tablet.Locator("form[data-stop]").WaitForAsync();
        await CheckAsync(tablet);
        await tablet.Locator("form[data-extend] button").First.ClickAsync();
        await tablet.Locator("[role=status]").WaitForAsync();
        await tablet.Locator("[data-report] > summary").ClickAsync();
        await tablet.Locator("[data-fault] [name=Text]").FillAsync("The stage moves by itself");
        await CheckAsync(tablet);
        await tablet.Locator("[data-fault] button").ClickAsync();
        await tablet.Locator("form[data-stop] [name=Samples]").FillAsync("3");
        await tablet.Locator("form[data-stop] button").ClickAsync();
        await tablet.Locator("[data-book-next] button").First.ClickAsync();
        await tablet.Locator("[role=status]").WaitForAsync();
        await tablet.Locator("[data-leave] button").ClickAsync();
        await tablet.Locator("form[data-who]").WaitForAsync();

        (await demo.ScalarAsync<string>("SELECT status FROM bookings WHERE id = @id", ("id", booking.Id.Value))).ShouldBe("completed");
        (await demo.ScalarAsync<DateTime>("SELECT ends_at FROM bookings WHERE id = @id", ("id", booking.Id.Value))).ShouldBe((booking.EndsAt + Duration.FromMinutes(15)).ToDateTimeUtc());
        (await demo.ScalarAsync<int>("SELECT samples FROM usage_records WHERE booking_id = @id", ("id", booking.Id.Value))).ShouldBe(3);
        (await demo.ScalarAsync<string>("SELECT text FROM faults WHERE booking_id = @id", ("id", booking.Id.Value))).ShouldBe("The stage moves by itself");
        (await demo.ScalarAsync<long>("SELECT count(*) FROM bookings WHERE instrument_id = @id AND status = 'confirmed'", ("id", instrument.Id.Value))).ShouldBe(1);
        await tablet.Context.CloseAsync();
    }

    private async Task<(Instrument, Booking)> PrepareAsync()
    {
        await using var db = demo.NewDb();
        var given = new Given(demo, SystemClock.Instance);
        var manager = await db.Set<Person>().SingleAsync(p => p.Email == "manager@demo.example");
        var person = await db.Set<Person>().SingleAsync(p => p.Email == "researcher@demo.example");
        var home = await db.Set<Institution>().SingleAsync(i => i.Id == manager.InstitutionId);
        var instrument = await given.InstrumentAsync(home, opensHour: 0, closesHour: 24);
        var now = SystemClock.Instance.GetCurrentInstant().ToUnixTimeSeconds();
        return (instrument, await given.BookedAsync(instrument, person, Instant.FromUnixTimeSeconds(now / 900 * 900)));
    }

    private async Task<IPage> EnrolledAsync(Instrument instrument)
    {
        var desk = await demo.OpenAsync("manager", "en", 1024);
        await desk.GotoAsync("/manage/kiosks");
        await desk.FillAsync("form[data-register] [name=Name]", "Tablet of the test");
        await desk.CheckAsync($"form[data-register] [value='{instrument.Id.Value}']");
        await desk.Locator("form[data-register] button").ClickAsync();
        var address = await desk.Locator("[data-enrol-address]").GetAttributeAsync("href");
        var tablet = await demo.OpenAsync(null, "en", 768);
        await tablet.GotoAsync(new Uri(address!).PathAndQuery);
        await tablet.Locator("form[data-enrol] button").ClickAsync();
        await tablet.Locator("form[data-who]").WaitForAsync();
        await desk.Context.CloseAsync();
        return tablet;
    }

    private static async Task CheckAsync(IPage page)
    {
        foreach (var width in new[] { 360, 1024, 768 })
        {
            await page.SetViewportSizeAsync(width, 900);
            (await page.EvaluateAsync<int>("() => document.documentElement.scrollWidth - document.documentElement.clientWidth")).ShouldBe(0, width.ToString(CultureInfo.InvariantCulture));
            (await page.RunAxe()).Violations.Select(v => $"{v.Id} {v.Nodes[0].Html}").ShouldBeEmpty();
        }
    }
}
