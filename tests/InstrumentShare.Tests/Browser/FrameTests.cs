using Microsoft.Playwright;

namespace InstrumentShare.Tests.Browser;

/// <summary>The frame around every page: language, light and dark, menus.</summary>
[Collection(nameof(Browser))]
public sealed class FrameTests(DemoInBrowser demo)
{
    [Fact]
    public async Task The_choice_of_dark_is_kept_on_the_next_page()
    {
        var page = await demo.OpenAsync();
        await page.GotoAsync("/");
        await page.ClickAsync("[data-theme-choice=dark]");
        await page.GotoAsync("/docs");
        (await page.GetAttributeAsync("html", "data-bs-theme")).ShouldBe("dark");
        (await page.GetAttributeAsync("[data-theme-choice=dark]", "aria-pressed")).ShouldBe("true");
        await page.Context.CloseAsync();
    }

    [Fact]
    public async Task The_switch_of_language_stays_on_the_page()
    {
        var page = await demo.OpenAsync(language: "zh-CN", javaScript: false);
        await page.GotoAsync("/docs");
        await page.ClickAsync("button[name=language]");
        new Uri(page.Url).AbsolutePath.ShouldBe("/docs");
        (await page.GetAttributeAsync("html", "lang")).ShouldBe("en");
        await page.Context.CloseAsync();
    }

    [Fact]
    public async Task The_readers_menu_opens_without_script_and_signs_out()
    {
        var page = await demo.OpenAsync("researcher", width: 360, javaScript: false);
        await page.GotoAsync("/");
        await page.ClickAsync(".top-tools details.menu > summary");
        await page.ClickAsync("form[action='/sign-out'] button");
        (await page.Locator("a[href^='/sign-in']").CountAsync()).ShouldBe(1);
        await page.Context.CloseAsync();
    }

    [Fact]
    public async Task Escape_closes_a_menu_and_returns_to_its_button()
    {
        var page = await demo.OpenAsync("researcher");
        await page.GotoAsync("/");
        await page.ClickAsync(".top-tools details.menu > summary");
        await page.Keyboard.PressAsync("Escape");
        (await page.Locator("details.menu[open]").CountAsync()).ShouldBe(0);
        (await page.EvaluateAsync<string>("() => document.activeElement.tagName")).ShouldBe("SUMMARY");
        await page.Context.CloseAsync();
    }

    [Fact]
    public async Task The_first_press_of_Tab_offers_to_skip_to_the_content()
    {
        var page = await demo.OpenAsync();
        await page.GotoAsync("/");
        await page.Keyboard.PressAsync("Tab");
        (await page.EvaluateAsync<string>("() => document.activeElement.getAttribute('href')")).ShouldBe("#main");
        await Assertions.Expect(page.Locator(".skip-link")).ToBeInViewportAsync();
        await page.Context.CloseAsync();
    }
}
