using InstrumentShare.Bookings.Standby;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using NodaTime;

namespace InstrumentShare.Tests.Browser;

/// <summary>The whole way of a taken time: somebody waits for it, its holder gives it back, it is offered and accepted.</summary>
[Collection(nameof(Browser))]
public sealed class StandbyInBrowserTests(DemoInBrowser demo)
{
    [Fact]
    public async Task Waiting_for_a_taken_time_ends_in_a_booking_when_its_holder_cancels()
    {
        var holder = await demo.OpenAsync("leader", "zh-CN");
        var waiter = await demo.OpenAsync("researcher", "en", 360);
        var (instrument, start, end) = await BookAsync(holder);
        var booking = holder.Url.Split('?')[0];

        await waiter.GotoAsync($"/instruments/{instrument}/calendar");
        await waiter.FillAsync("[data-start]", start);
        await waiter.FillAsync("[data-end]", end);
        await waiter.ClickAsync("[data-check]");
        await waiter.ClickAsync("[data-wait]");
        await waiter.ClickAsync("[data-join] button[type=submit]");
        await waiter.WaitForURLAsync("**/standby");
        (await waiter.Locator("[data-status=waiting]").CountAsync()).ShouldBeGreaterThan(0);

        await holder.GotoAsync(booking + "/cancel");
        await holder.ClickAsync("[data-cancel] button[type=submit]");
        await holder.Locator("[data-status=cancelled]").WaitForAsync();
        (await demo.Services.GetRequiredService<OfferFreedTime>().RunAsync()).ShouldBe(1);

        await waiter.GotoAsync("/standby");
        await waiter.Locator($"[data-offers] a:has-text('{start[11..]}')").First.ClickAsync();
        await waiter.ClickAsync("[data-accept] button");
        await waiter.WaitForURLAsync("**/bookings/**");
        (await waiter.Locator("[data-status=confirmed]").CountAsync()).ShouldBe(1);
        await waiter.Context.CloseAsync();
        await holder.Context.CloseAsync();
    }

    /// <summary>Books an hour that the researcher could have too.</summary>
    private async Task<(Guid Instrument, string Start, string End)> BookAsync(IPage page)
    {
        // As free as for the researcher: an instrument of theirs that asks for no approval and no training.
        var instrument = await demo.ScalarAsync<Guid>("""
            SELECT r.instrument_id FROM standby_offers o JOIN standby_requests r ON r.id = o.request_id WHERE o.state = 'open' LIMIT 1
            """);
        await page.GotoAsync($"/instruments/{instrument}/calendar");
        for (var week = 0; week < 3; week++)
        {
            foreach (var link in await page.Locator("[data-week-list] .slots a").AllAsync())
            {
                var query = System.Web.HttpUtility.ParseQueryString(new Uri("http://x" + await link.GetAttributeAsync("href")).Query);
                var (start, end) = (query["start"]!, query["end"]!);
                if (!start.EndsWith(":00", StringComparison.Ordinal) || string.CompareOrdinal(start, (SystemClock.Instance.GetCurrentInstant() + Duration.FromHours(32)).ToString("uuuu-MM-ddTHH:mm", System.Globalization.CultureInfo.InvariantCulture)) < 0) continue;
                await page.GotoAsync($"/instruments/{instrument}/calendar");
                await page.FillAsync("[data-start]", start);
                await page.FillAsync("[data-end]", end);
                await page.ClickAsync("[data-check]");
                if (await page.Locator("[data-do-book]").CountAsync() == 0) break;
                await page.ClickAsync("[data-do-book]");
                await page.WaitForURLAsync("**/bookings/**");
                return (instrument, start, end);
            }

            await page.GotoAsync($"/instruments/{instrument}/calendar?date={(SystemClock.Instance.GetCurrentInstant() + Duration.FromDays(7 * (week + 1))).InUtc().Date:uuuu-MM-dd}");
        }

        throw new InvalidOperationException("The demo's instrument has no free hour.");
    }
}
