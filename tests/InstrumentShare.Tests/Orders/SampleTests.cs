using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using InstrumentShare.Tests.Bookings;
using InstrumentShare.Tests.Support;
using static InstrumentShare.Tests.Orders.OrderClient;

namespace InstrumentShare.Tests.Orders;

public sealed class SampleTests(TestHost host) : IClassFixture<TestHost>
{
    private const string Batches = "/api/v1/batches";

    [Fact]
    public async Task Samples_come_in_with_codes_of_their_own_and_no_more_than_were_ordered()
    {
        var lab = await Lab.OfAsync(host);
        var quoted = await lab.QuotedAsync();
        await (await ReceiveAsync(lab, quoted, 1)).ShouldRefuseAsync(HttpStatusCode.Conflict, "sample.order-state");
        var order = await (await lab.AcceptAsync(quoted)).JsonAsync(HttpStatusCode.OK);
        await (await ReceiveAsync(lab, order, 4)).ShouldRefuseAsync(HttpStatusCode.BadRequest, "sample.too-many");
        var samples = await ReceivedAsync(lab, order, 2);
        samples.Select(Code).Distinct().Count().ShouldBe(2);
        (await (await lab.Api.GetAsync($"{Root}/{Id(order)}")).JsonAsync(HttpStatusCode.OK)).Status().ShouldBe("received");
        await (await ReceiveAsync(lab, order, 2)).ShouldRefuseAsync(HttpStatusCode.BadRequest, "sample.too-many");
        (await ReceivedAsync(lab, order, 1)).Count.ShouldBe(3);
        (await host.ScalarAsync<long>("SELECT count(*) FROM outbox_messages WHERE kind = 'order.received' AND data->>'orderId' = @id", ("id", Id(order).ToString()))).ShouldBe(2);

        var found = await (await lab.Api.GetAsync($"/api/v1/samples/{Code(samples[0]).ToLowerInvariant()}")).JsonAsync(HttpStatusCode.OK);
        Id(found.GetProperty("row")).ShouldBe(Id(samples[0]));
        var stranger = await host.ApiAsync(await host.Given.PersonAsync());
        (await stranger.GetAsync($"/api/v1/samples/{Code(samples[0])}")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await stranger.GetAsync($"{Root}/{Id(order)}/samples")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        await (await lab.Api.GetAsync("/api/v1/samples/AAAAAAAA")).ShouldRefuseAsync(HttpStatusCode.BadRequest, "sample.code");
    }

    [Fact]
    public async Task A_batch_of_two_orders_is_booked_done_and_a_failed_sample_measured_again()
    {
        var lab = await Lab.OfAsync(host);
        var (one, two) = (await lab.AcceptedAsync(samples: 2), await lab.AcceptedAsync(samples: 1));
        var samples = (await ReceivedAsync(lab, one, 2)).Concat(await ReceivedAsync(lab, two, 1)).ToList();
        var batch = await (await CreateAsync(lab, samples)).JsonAsync(HttpStatusCode.Created);
        (await (await lab.Api.GetAsync($"{Root}/{Id(two)}")).JsonAsync(HttpStatusCode.OK)).Status().ShouldBe("performing");
        await (await CreateAsync(lab, samples)).ShouldRefuseAsync(HttpStatusCode.Conflict, "sample.state");

        var id = Id(batch.GetProperty("row"));
        var booked = await (await BookAsync(lab, id, 10, 12)).JsonAsync(HttpStatusCode.OK);
        var booking = booked.GetProperty("bookingId").GetGuid();
        (await host.ScalarAsync<string>("SELECT service_mode || ' ' || status FROM bookings WHERE id = @id", ("id", booking))).ShouldBe("entrusted confirmed");
        await (await BookAsync(lab, id, 14, 15)).ShouldRefuseAsync(HttpStatusCode.Conflict, "batch.booked");
        await (await lab.Manager.PostAsJsonAsync($"{Root}/{Id(one)}/deliver", new { })).ShouldRefuseAsync(HttpStatusCode.Conflict, "order.samples-open");

        await (await DoneAsync(lab, id, (samples[0], "measured", null))).ShouldRefuseAsync(HttpStatusCode.BadRequest, "batch.result-missing");
        await (await DoneAsync(lab, id, [.. samples.Select(s => (s, "failed", (string?)null))])).ShouldRefuseAsync(HttpStatusCode.BadRequest, "order.text-missing");
        await (await DoneAsync(lab, id, (samples[0], "measured", null), (samples[1], "failed", "样品脱落"), (samples[2], "measured", null))).JsonAsync(HttpStatusCode.OK);
        await (await DoneAsync(lab, id, (samples[0], "measured", null))).ShouldRefuseAsync(HttpStatusCode.Conflict, "batch.state");

        var again = await (await CreateAsync(lab, [samples[1]])).JsonAsync(HttpStatusCode.Created);
        await (await DoneAsync(lab, Id(again.GetProperty("row")), (samples[1], "measured", null))).JsonAsync(HttpStatusCode.OK);
        var history = await (await lab.Api.GetAsync($"/api/v1/samples/{Code(samples[1])}")).JsonAsync(HttpStatusCode.OK);
        history.GetProperty("history").EnumerateArray().Select(e => e.GetProperty("kind").GetString()).ShouldBe(["received", "batched", "failed", "batched", "measured"]);
        (await Should.ThrowAsync<Npgsql.PostgresException>(() => host.ExecuteAsync("UPDATE sample_events SET note = 'x'"))).ConstraintName.ShouldBe("order.history-immutable");
        (await (await lab.Manager.PostAsJsonAsync($"{Root}/{Id(one)}/deliver", new { })).JsonAsync(HttpStatusCode.OK)).Status().ShouldBe("delivered");

        // Two of three samples of a batch of two hours; charged once, at the accepted price.
        var charge = (await (await lab.Api.GetAsync("/api/v1/charges?mine=true")).JsonAsync(HttpStatusCode.OK)).GetProperty("items").EnumerateArray().ShouldHaveSingleItem();
        (charge.GetProperty("orderId").GetGuid(), charge.GetProperty("amount").GetProperty("amount").GetString(), charge.GetProperty("status").GetString(), charge.GetProperty("serviceMode").GetString()).ShouldBe((Id(one), "180.00", "issued", "entrusted"));
        (charge.GetProperty("samples").GetInt32(), charge.GetProperty("seconds").GetInt64()).ShouldBe((2, 4800));
        await (await lab.Manager.PostAsJsonAsync($"{Root}/{Id(one)}/deliver", new { })).ShouldRefuseAsync(HttpStatusCode.Conflict, "order.state");
        var steps = await (await lab.Api.GetAsync($"/api/v1/charges/{Id(charge)}/explanation")).JsonAsync(HttpStatusCode.OK);
        steps.GetProperty("steps").EnumerateArray().Last().GetProperty("result").GetString().ShouldBe("180.00");

        // The lab's own use under the batch's booking costs nobody anything.
        host.Clock.Now = Day.Tomorrow(13);
        try
        {
            var use = new { instrumentId = lab.Instrument.Id.Value, bookingId = booking, startsAt = Day.Tomorrow(10).ToString(), endsAt = Day.Tomorrow(12).ToString(), samples = 3, reason = "补录" };
            await (await (await host.ApiAsync(lab.ManagerPerson)).PostAsJsonAsync("/api/v1/usage-records", use)).JsonAsync(HttpStatusCode.Created);
        }
        finally
        {
            host.Clock.Now = FixedClock.Start;
        }

        (await host.ScalarAsync<long>("SELECT count(*) FROM charges WHERE person_id = @id", ("id", lab.ManagerPerson.Id))).ShouldBe(0);
    }

    [Fact]
    public async Task A_batch_that_cannot_have_its_time_stays_without_and_one_given_up_lets_its_samples_go()
    {
        var lab = await Lab.OfAsync(host);
        var samples = await ReceivedAsync(lab, await lab.AcceptedAsync(samples: 1), 1);
        var id = Id((await (await CreateAsync(lab, samples)).JsonAsync(HttpStatusCode.Created)).GetProperty("row"));
        await host.Given.BookingAsync(lab.Instrument, lab.Customer, Day.Tomorrow(10));
        await (await BookAsync(lab, id, 10, 12)).ShouldRefuseAsync(HttpStatusCode.Conflict, "booking.overlap");
        (await (await lab.Manager.GetAsync($"{Batches}/{id}")).JsonAsync(HttpStatusCode.OK)).GetProperty("bookingId").ValueKind.ShouldBe(JsonValueKind.Null);
        await (await lab.Manager.PostAsJsonAsync($"{Batches}/{id}/cancel", new { })).JsonAsync(HttpStatusCode.OK);
        await (await CreateAsync(lab, samples)).JsonAsync(HttpStatusCode.Created);
    }

    [Fact]
    public async Task Two_who_batch_the_same_sample_at_once_one_is_refused()
    {
        var lab = await Lab.OfAsync(host);
        var samples = await ReceivedAsync(lab, await lab.AcceptedAsync(samples: 1), 1);
        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => CreateAsync(lab, samples)));
        answers.Count(a => a.StatusCode == HttpStatusCode.Created).ShouldBe(1);
        foreach (var refused in answers.Where(a => a.StatusCode != HttpStatusCode.Created)) refused.StatusCode.ShouldBe(HttpStatusCode.Conflict);
    }

    [Fact]
    public async Task Samples_wanted_back_are_returned_before_an_order_closes_and_none_is_discarded_without_notice()
    {
        var lab = await Lab.OfAsync(host);
        var order = await lab.AcceptedAsync(samples: 2, wantsReturn: true);
        var samples = await ReceivedAsync(lab, order, 2);
        var batch = Id((await (await CreateAsync(lab, samples)).JsonAsync(HttpStatusCode.Created)).GetProperty("row"));
        await (await DoneAsync(lab, batch, [.. samples.Select(s => (s, "measured", (string?)null))])).JsonAsync(HttpStatusCode.OK);
        await (await lab.Manager.PostAsJsonAsync($"{Root}/{Id(order)}/deliver", new { })).JsonAsync(HttpStatusCode.OK);
        await (await lab.Manager.PostAsJsonAsync($"{Root}/{Id(order)}/close", new { })).ShouldRefuseAsync(HttpStatusCode.Conflict, "order.samples-not-returned");

        var path = $"{Root}/{Id(order)}/samples";
        await (await lab.Manager.PostAsJsonAsync($"{path}/discard", new { samples = new[] { Id(samples[0]) } })).ShouldRefuseAsync(HttpStatusCode.Conflict, "sample.no-notice");
        await (await lab.Manager.PostAsJsonAsync($"{path}/announce-discard", new { samples = new[] { Id(samples[0]) }, after = "2026-03-08" })).ShouldRefuseAsync(HttpStatusCode.BadRequest, "sample.notice");
        await (await lab.Manager.PostAsJsonAsync($"{path}/announce-discard", new { samples = new[] { Id(samples[0]) }, after = "2026-03-09" })).JsonAsync(HttpStatusCode.OK);
        await (await lab.Manager.PostAsJsonAsync($"{path}/discard", new { samples = new[] { Id(samples[0]) } })).ShouldRefuseAsync(HttpStatusCode.Conflict, "sample.too-early");
        host.Clock.Now = Day.At(new NodaTime.LocalDate(2026, 3, 10), 9);
        try
        {
            var manager = await host.ApiAsync(lab.ManagerPerson);
            await (await manager.PostAsJsonAsync($"{path}/discard", new { samples = new[] { Id(samples[0]) } })).JsonAsync(HttpStatusCode.OK);
            await (await manager.PostAsJsonAsync($"{path}/return", new { samples = new[] { Id(samples[1]) }, how = "", to = "" })).ShouldRefuseAsync(HttpStatusCode.BadRequest, "order.text-missing");
            await (await manager.PostAsJsonAsync($"{path}/return", new { samples = new[] { Id(samples[1]) }, how = "SF1234", to = "李四" })).JsonAsync(HttpStatusCode.OK);
            (await (await manager.PostAsJsonAsync($"{Root}/{Id(order)}/close", new { })).JsonAsync(HttpStatusCode.OK)).Status().ShouldBe("closed");
        }
        finally
        {
            host.Clock.Now = FixedClock.Start;
        }
    }

    [Fact]
    public async Task The_lab_receives_prints_labels_makes_a_batch_and_finishes_it_on_pages()
    {
        var lab = await Lab.OfAsync(host);
        var order = await lab.AcceptedAsync(samples: 2);
        var staff = await host.PagesAsync(lab.ManagerPerson);
        var page = await staff.GetAsync((await staff.GetAsync($"/orders/{Id(order)}")).QuerySelector("[data-samples]")!.GetAttribute("href")!);
        var refused = await staff.SubmitAsync(page, "form[data-receive]", ("Parts[0].Place", ""), ("Parts[0].Labels", "A1, A2"));
        refused.QuerySelector("[name='Parts[0].Labels']")!.GetAttribute("value").ShouldBe("A1, A2");
        var received = await staff.SubmitAsync(refused, "form[data-receive]", ("Parts[0].Place", "冰箱 3"));
        received.QuerySelectorAll("form[data-leave] tbody tr").Length.ShouldBe(2, received.Body!.TextContent);
        received.Body!.TextContent.ShouldContain("A2");

        var labels = await staff.GetAsync($"/orders/{Id(order)}/labels");
        labels.QuerySelectorAll("[data-labels] svg").Length.ShouldBe(2);
        var code = labels.QuerySelector("[data-labels] strong")!.TextContent;
        (await staff.GetAsync($"/samples?code={code}")).QuerySelector("[data-found]")!.TextContent.ShouldContain("冰箱 3");
        (await staff.GetAsync("/samples?code=none")).QuerySelector("#code")!.GetAttribute("value").ShouldBe("none");

        (await staff.GetAsync("/manage/batches")).Body!.TextContent.ShouldContain(lab.Instrument.NameEn);
        var form = await staff.GetAsync($"/manage/batches/new?instrument={lab.Instrument.Id.Value}");
        var chosen = form.QuerySelectorAll("[name=Chosen]").Select(c => ("Chosen", c.GetAttribute("value")!)).ToArray();
        var batch = await staff.SubmitAsync(form, "form[data-batch]", [("Name", "March"), .. chosen]);
        batch.QuerySelector("h1")!.TextContent.ShouldBe("March", batch.Body!.TextContent);
        var booked = await staff.SubmitAsync(batch, "form[data-book-batch]", ("StartsAt", "2026-03-03T10:00"), ("EndsAt", "2026-03-03T11:00"));
        booked.QuerySelector("[data-booking]").ShouldNotBeNull(booked.Body!.TextContent);
        var wrong = await staff.SubmitAsync(booked, "form[data-done]", ("Results[0].Result", "failed"), ("Results[1].Result", "measured"));
        wrong.QuerySelector("[data-problems]")!.TextContent.ShouldContain("order.text-missing");
        var done = await staff.SubmitAsync(wrong, "form[data-done]", ("Results[0].Result", "failed"), ("Results[0].Note", "broken"), ("Results[1].Result", "measured"));
        done.QuerySelector("[data-status]")!.GetAttribute("data-status").ShouldBe("done", done.Body!.TextContent);
        var delivered = await staff.SubmitAsync(await staff.GetAsync($"/orders/{Id(order)}"), "form[data-deliver]");
        delivered.QuerySelector("[data-status]")!.GetAttribute("data-status").ShouldBe("delivered", delivered.Body!.TextContent);
    }

    internal static Task<HttpResponseMessage> ReceiveAsync(Lab lab, JsonElement order, int count) => lab.Manager.PostAsJsonAsync(
        $"{Root}/{Id(order)}/samples", new { parts = new[] { new { orderLineId = Id(order.GetProperty("lines")[0]), count, condition = "完好", place = "柜 1" } } });

    /// <summary>All samples of the order after so many more came in.</summary>
    internal static async Task<IReadOnlyList<JsonElement>> ReceivedAsync(Lab lab, JsonElement order, int count) =>
        [.. (await (await ReceiveAsync(lab, order, count)).JsonAsync(HttpStatusCode.Created)).GetProperty("items").EnumerateArray()];

    internal static Task<HttpResponseMessage> CreateAsync(Lab lab, IReadOnlyList<JsonElement> samples) =>
        lab.Manager.PostAsJsonAsync(Batches, new { instrumentId = lab.Instrument.Id.Value, name = "三月第一批", sampleIds = samples.Select(Id) });

    internal static Task<HttpResponseMessage> DoneAsync(Lab lab, Guid batch, params (JsonElement Sample, string Result, string? Note)[] results) =>
        lab.Manager.PostAsJsonAsync($"{Batches}/{batch}/done", new { results = results.Select(r => new { sampleId = Id(r.Sample), result = r.Result, note = r.Note }) });

    private static Task<HttpResponseMessage> BookAsync(Lab lab, Guid batch, int from, int to) =>
        lab.Manager.PostAsJsonAsync($"{Batches}/{batch}/book", new { startsAt = Day.Tomorrow(from).ToString(), endsAt = Day.Tomorrow(to).ToString() });

    private static string Code(JsonElement sample) => sample.GetProperty("code").GetString()!;
}
