using Deque.AxeCore.Playwright;
using Microsoft.Playwright;

namespace InstrumentShare.Tests.Browser;

[Collection(nameof(Browser))]
public sealed class SubsidiesInBrowserTests(DemoInBrowser demo)
{
    [Theory]
    [InlineData("zh-CN", 1280)]
    [InlineData("en", 360)]
    public async Task An_officer_runs_a_policy_over_the_year_and_reads_a_proof(string language, int width)
    {
        await EnsureChargesAsync();
        var page = await demo.OpenAsync("officer", language, width);
        await page.GotoAsync("/subsidies/policies/hunan-2018");
        await HoldsAsync(page);
        await page.GotoAsync("/subsidies/runs?policy=anhui-2015");
        await page.FillAsync("#From", "2025-11-01");
        await page.FillAsync("#To", "2026-10-31");
        await page.Locator("form[data-new-run] button").ClickAsync();
        await page.WaitForURLAsync(url => url.Contains("/subsidies/runs/", StringComparison.Ordinal));
        await page.WaitForSelectorAsync(".chart-canvas canvas");
        await HoldsAsync(page);
        await page.GotoAsync("/subsidies/runs");
        await HoldsAsync(page);
        await page.GoBackAsync();
        await page.Locator("#lines tbody a").First.ClickAsync();
        await page.WaitForSelectorAsync(".explanation");
        await HoldsAsync(page);
        (await page.Locator(".digest").First.InnerTextAsync()).ShouldNotBeNullOrEmpty();
        await page.Context.CloseAsync();
    }

    private static async Task HoldsAsync(IPage page)
    {
        (await page.EvaluateAsync<int>("() => document.documentElement.scrollWidth - document.documentElement.clientWidth")).ShouldBeLessThanOrEqualTo(0, page.Url);
        var axe = await page.RunAxe();
        axe.Violations.Select(v => $"{page.Url}: {v.Id} {v.Nodes[0].Html}").ShouldBeEmpty();
    }

    // The demo's own charges, or a few when it has none.
    private async Task EnsureChargesAsync()
    {
        if (await demo.ScalarAsync<long>("SELECT count(*) FROM charges") > 0) return;
        await demo.ExecuteAsync("""
            INSERT INTO charges (instrument_id, id, kind, usage_id, person_id, institution_id, user_institution_id, user_class, service_mode, status, amount_fen, served_on, tags, evidence, created_at)
            SELECT i.id, gen_random_uuid(), 'charge', gen_random_uuid(), p.id, i.institution_id, p.institution_id, 'enterprise', 'entrusted', 'issued',
                   (1 + abs(hashtext(i.id::text || p.id::text)) % 5000000), date '2025-11-01' + abs(hashtext(p.id::text || i.id::text)) % 365,
                   CASE abs(hashtext(i.id::text)) % 9 WHEN 0 THEN '{medicalService}'::text[] WHEN 1 THEN '{relatedParty}' ELSE '{}' END, '{contract,invoice}', now()
            FROM instruments i CROSS JOIN people p WHERE p.institution_id IS NOT NULL AND p.institution_id <> i.institution_id
            """);
    }
}
