using InstrumentShare.Tests.Support;

namespace InstrumentShare.Tests.Orders;

public sealed class OrderPagesTests(TestHost host) : IClassFixture<TestHost>
{
    [Fact]
    public async Task An_order_is_written_sent_quoted_and_accepted_on_pages_and_nothing_typed_is_lost()
    {
        var lab = await Lab.OfAsync(host);
        var customer = await host.PagesAsync(lab.Customer);
        var instrument = await customer.GetAsync($"/instruments/{lab.Instrument.Id.Value}");
        var form = await customer.GetAsync(instrument.QuerySelector("[data-entrusted] a")!.GetAttribute("href")!);
        var refused = await customer.SubmitAsync(form, "form[data-order]", ("Form.Purpose", "Grain size"), ("Form.Lines[0].Samples", "many"), ("Form.Lines[0].Description", "Foils"), ("action", "submit"));
        refused.QuerySelector("[data-problems]")!.TextContent.ShouldContain("order.samples");
        refused.QuerySelector("[name='Form.Lines[0].Samples']")!.GetAttribute("value").ShouldBe("many");
        refused.QuerySelector("[name='Form.Purpose']")!.GetAttribute("value").ShouldBe("Grain size");
        var wider = await customer.SubmitAsync(refused, "form[data-order]", ("action", "add"));
        wider.QuerySelectorAll("[data-line]").Length.ShouldBe(2);
        wider.QuerySelector("[name='Form.Lines[0].Description']")!.GetAttribute("value").ShouldBe("Foils");
        var placed = await customer.SubmitAsync(wider, "form[data-order]", ("Form.Lines[0].Samples", "4"), ("action", "submit"));
        placed.QuerySelector("[data-status]")!.GetAttribute("data-status").ShouldBe("submitted", placed.Body!.TextContent);
        var address = customer.Last.RequestMessage!.RequestUri!.AbsolutePath;
        (await customer.GetAsync("/orders")).QuerySelector("table")!.TextContent.ShouldContain("Grain size");

        var staff = await host.PagesAsync(lab.ManagerPerson);
        (await staff.GetAsync("/manage/orders?status=submitted")).QuerySelector("table")!.TextContent.ShouldContain("Grain size");
        var page = await staff.GetAsync(address);
        page.QuerySelector("[name='QuoteForm[0].Minutes']")!.GetAttribute("value").ShouldBe("120");
        var wrong = await staff.SubmitAsync(page, "form[data-make-quote]", ("QuoteForm[1].Label", "Express"), ("QuoteForm[1].Amount", "ten"), ("QuoteForm[1].Reason", "in a hurry"));
        wrong.QuerySelector("[name='QuoteForm[1].Amount']")!.GetAttribute("value").ShouldBe("ten");
        wrong.QuerySelector("[name='QuoteForm[1].Reason']")!.GetAttribute("value").ShouldBe("in a hurry");
        var quoted = await staff.SubmitAsync(wrong, "form[data-make-quote]", ("QuoteForm[1].Amount", "10.50"));
        quoted.QuerySelector("[data-quote] [data-total]")!.TextContent.ShouldContain("250.50");

        var accepted = await customer.SubmitAsync(await customer.GetAsync(address), "form[data-accept]");
        accepted.QuerySelector("[data-price]")!.TextContent.ShouldContain("250.50");
        accepted.QuerySelector("[data-status]")!.GetAttribute("data-status").ShouldBe("accepted");
    }

    [Fact]
    public async Task A_draft_is_saved_changed_and_sent_and_an_item_is_offered_on_a_page()
    {
        var lab = await Lab.OfAsync(host);
        var staff = await host.PagesAsync(lab.ManagerPerson);
        var items = await staff.SubmitAsync(await staff.GetAsync("/manage/test-items"), "form[data-test-item]", ("name", "断口"), ("nameEn", ""), ("place", $"instrument:{lab.Instrument.Id.Value}"));
        items.QuerySelector("#name")!.GetAttribute("value").ShouldBe("断口");
        items = await staff.SubmitAsync(items, "form[data-test-item]", ("nameEn", "Fracture"));
        items.QuerySelector("table")!.TextContent.ShouldContain("Fracture");

        var customer = await host.PagesAsync(lab.Customer);
        var form = await customer.GetAsync($"/orders/new?instrument={lab.Instrument.Id.Value}");
        form.Body!.TextContent.ShouldContain("Fracture");
        var draft = await customer.SubmitAsync(form, "form[data-order]", ("Form.Purpose", "First"), ("Form.Lines[0].Samples", "1"), ("Form.Lines[0].Description", "One"), ("action", "save"));
        var address = customer.Last.RequestMessage!.RequestUri!.AbsolutePath;
        draft.QuerySelector("[data-status]")!.GetAttribute("data-status").ShouldBe("draft");
        var edit = await customer.GetAsync(address + "/edit");
        var sent = await customer.SubmitAsync(edit, "form[data-order]", ("Form.Purpose", "Second"), ("action", "submit"));
        sent.QuerySelector("[data-status]")!.GetAttribute("data-status").ShouldBe("submitted", sent.Body!.TextContent);
        sent.Body!.TextContent.ShouldContain("Second");
        (await customer.GetAsync("/orders/new")).Body!.TextContent.Length.ShouldBeGreaterThan(0);
        ((int)customer.Last.StatusCode).ShouldBe(404);
    }
}
