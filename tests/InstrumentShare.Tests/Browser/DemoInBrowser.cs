using InstrumentShare.Tests.Support;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.Playwright;

namespace InstrumentShare.Tests.Browser;

/// <summary>The demo region on a real port and a real Chromium, once for all browser tests.</summary>
public sealed class DemoInBrowser : TestDatabase
{
    public const string Password = "Demo-2026!share";

    private DemoNode node = null!;
    private IPlaywright playwright = null!;
    private IBrowser browser = null!;

    public string Address { get; private set; } = string.Empty;

    public IServiceProvider Services => node.Services;

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        node = new DemoNode(ConnectionString);
        node.UseKestrel(0);
        node.StartServer();
        Address = node.ClientOptions.BaseAddress.ToString().TrimEnd('/');
        playwright = await Playwright.CreateAsync();
        browser = await playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
        {
            ExecutablePath = Environment.GetEnvironmentVariable("CHROMIUM") ?? "/usr/bin/chromium",
            Args = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
        });
    }

    public override async Task DisposeAsync()
    {
        await browser.DisposeAsync();
        playwright.Dispose();
        await node.DisposeAsync();
        await base.DisposeAsync();
    }

    /// <summary>A fresh browser window, signed in as a demo account when one is given (<c>manager</c>, <c>officer</c> …).</summary>
    public async Task<IPage> OpenAsync(string? account = null, string language = "zh-CN", int width = 1280, bool javaScript = true, string timeZone = "Asia/Shanghai")
    {
        var context = await browser.NewContextAsync(new BrowserNewContextOptions
        {
            Locale = language, TimezoneId = timeZone, BaseURL = Address, JavaScriptEnabled = javaScript, ReducedMotion = ReducedMotion.Reduce,
            ViewportSize = new ViewportSize { Width = width, Height = width < 500 ? 740 : 900 },
        });
        var page = await context.NewPageAsync();
        if (account is null) return page;
        await page.GotoAsync("/sign-in");
        await page.FillAsync("[name=Email]", $"{account}@demo.example");
        await page.FillAsync("[name=Password]", Password);
        await page.Locator("form[data-sign-in] button[type=submit]").First.ClickAsync();
        await page.WaitForURLAsync(url => !url.Contains("/sign-in", StringComparison.Ordinal));
        return page;
    }

    private sealed class DemoNode(string connectionString) : WebApplicationFactory<Program>
    {
        protected override void ConfigureWebHost(IWebHostBuilder builder)
        {
            builder.UseSetting("ConnectionStrings:InstrumentShare", connectionString);
            builder.UseSetting("Jobs:Enabled", "false");
            builder.UseSetting("Demo:Enabled", "true");
            builder.UseSetting("Web:SignInsPerMinute", "100000");
            builder.UseSetting("Logging:LogLevel:Default", "Warning");
        }
    }
}

[CollectionDefinition(nameof(Browser))]
public sealed class BrowserCollection : ICollectionFixture<DemoInBrowser>;
