using Microsoft.Playwright;

namespace InstrumentShare.Tests.Browser;

[Collection(nameof(Browser))]
public sealed class OrdersInBrowserTests(DemoInBrowser demo)
{
    [Fact]
    public async Task An_order_goes_from_the_form_to_its_results_and_is_closed()
    {
        var instrument = await demo.ScalarAsync<Guid>("SELECT instrument_id FROM test_items WHERE instrument_id IS NOT NULL ORDER BY id LIMIT 1");
        var customer = await demo.OpenAsync("company", "en");
        await customer.GotoAsync($"/instruments/{instrument}");
        await customer.ClickAsync("[data-entrusted] a");
        await customer.FillAsync("[name='Form.Purpose']", "Look at the fracture");
        await customer.FillAsync("[name='Form.Lines[0].Samples']", "1");
        await customer.FillAsync("[name='Form.Lines[0].Description']", "A broken screw");
        await customer.ClickAsync("button[value=submit]");
        await customer.WaitForSelectorAsync("[data-status=submitted]");
        var address = new Uri(customer.Url).AbsolutePath;

        var staff = await demo.OpenAsync("manager", "en");
        await staff.GotoAsync(address);
        await staff.ClickAsync("[data-make-quote] button.btn-primary");
        await staff.WaitForSelectorAsync("[data-status=quoted]");

        await customer.GotoAsync(address);
        await customer.ClickAsync("[data-accept] button");
        await ConfirmAsync(customer);
        await customer.WaitForSelectorAsync("[data-status=accepted]");

        await staff.GotoAsync(address + "/samples");
        await staff.FillAsync("[name='Parts[0].Place']", "Drawer 4");
        await staff.ClickAsync("[data-receive] button[type=submit]");
        var code = await staff.InnerTextAsync("[data-leave] tbody a");
        await staff.GotoAsync(address + "/labels");
        (await staff.Locator("[data-labels] svg").CountAsync()).ShouldBe(1);
        await staff.GotoAsync($"/samples?code={code}");
        (await staff.InnerTextAsync("[data-found]")).ShouldContain("Drawer 4");

        await staff.GotoAsync($"/manage/batches/new?instrument={instrument}");
        foreach (var box in await staff.Locator("[name=Chosen]").AllAsync()) await box.SetCheckedAsync((await box.Locator("xpath=..").InnerTextAsync()).Contains(code, StringComparison.Ordinal));
        await staff.ClickAsync("[data-batch] button[type=submit]");
        await staff.ClickAsync("[data-done] button.btn-primary");
        await staff.WaitForSelectorAsync("[data-status=done]");

        await staff.GotoAsync(address + "/results");
        await staff.SetInputFilesAsync("#file", new FilePayload { Name = "fracture.csv", MimeType = "text/csv", Buffer = "x,y\n1,2\n"u8.ToArray() });
        await staff.ClickAsync("[data-upload] button[type=submit]");
        await staff.WaitForSelectorAsync("[data-file]");
        await staff.GotoAsync(address);
        await staff.ClickAsync("[data-deliver] button");
        await staff.WaitForSelectorAsync("[data-status=delivered]");

        await customer.GotoAsync(address);
        var download = await customer.RunAndWaitForDownloadAsync(() => customer.ClickAsync("[data-file]"));
        (await File.ReadAllTextAsync(await download.PathAsync())).ShouldBe("x,y\n1,2\n");

        await staff.GotoAsync(address);
        await staff.ClickAsync("[data-deliver] button");
        await staff.WaitForSelectorAsync("[data-status=closed]");
        await customer.Context.CloseAsync();
        await staff.Context.CloseAsync();
    }

    private static async Task ConfirmAsync(IPage page)
    {
        var yes = page.Locator("[data-confirm-dialog] button[value=yes]");
        await yes.WaitForAsync();
        await yes.ClickAsync();
    }
}
