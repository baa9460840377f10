using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using InstrumentShare.Access;
using InstrumentShare.Orders.Quotes;
using InstrumentShare.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using NodaTime;
using static InstrumentShare.Tests.Orders.OrderClient;

namespace InstrumentShare.Tests.Orders;

public sealed class OrderTests(TestHost host) : IClassFixture<TestHost>
{
    [Theory]
    [InlineData(null, HttpStatusCode.Unauthorized, HttpStatusCode.Unauthorized, HttpStatusCode.Unauthorized)]
    [InlineData(Role.Researcher, HttpStatusCode.Created, HttpStatusCode.NotFound, HttpStatusCode.Forbidden)]
    [InlineData(Role.Technician, HttpStatusCode.Created, HttpStatusCode.OK, HttpStatusCode.Forbidden)]
    [InlineData(Role.LabManager, HttpStatusCode.Created, HttpStatusCode.OK, HttpStatusCode.Created)]
    [InlineData(Role.InstitutionAdministrator, HttpStatusCode.Created, HttpStatusCode.OK, HttpStatusCode.Forbidden)]
    [InlineData(Role.FundingOfficer, HttpStatusCode.Created, HttpStatusCode.NotFound, HttpStatusCode.Forbidden)]
    [InlineData(Role.Auditor, HttpStatusCode.Forbidden, HttpStatusCode.OK, HttpStatusCode.Forbidden)]
    public async Task Who_may_order_see_and_quote(Role? role, HttpStatusCode order, HttpStatusCode see, HttpStatusCode quote)
    {
        var lab = await Lab.OfAsync(host);
        var placed = await lab.PlacedAsync();
        var api = await host.ApiAsync(role switch { null => null, Role.Researcher => await host.Given.PersonAsync(lab.Institution), _ => await host.Given.PersonWithRoleAsync(role.Value, lab.Institution) });
        (await api.PostAsJsonAsync(Root, Order(lab))).StatusCode.ShouldBe(order);
        (await api.GetAsync($"{Root}/{Id(placed)}")).StatusCode.ShouldBe(see);
        (await lab.Manager.GetAsync($"{Root}/{Id(placed)}")).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await (lab with { Manager = api }).QuoteAsync(placed)).StatusCode.ShouldBe(quote);
    }

    [Fact]
    public async Task An_order_is_quoted_accepted_and_its_price_is_then_fixed_until_another_quote_is_accepted()
    {
        var lab = await Lab.OfAsync(host);
        var placed = await lab.PlacedAsync();
        (placed.Status(), placed.Price()).ShouldBe(("submitted", null));
        (await MailsAsync("order.submitted", placed)).ShouldBe(1);
        var quoted = await (await lab.QuoteAsync(placed)).JsonAsync(HttpStatusCode.Created);
        (quoted.Status(), quoted.GetProperty("quotes")[0].GetProperty("total").GetProperty("amount").GetString()).ShouldBe(("quoted", "180.00"));
        (await MailsAsync("order.quoted", placed)).ShouldBe(1);
        var accepted = await (await lab.AcceptAsync(quoted)).JsonAsync(HttpStatusCode.OK);
        (accepted.Status(), accepted.Price()).ShouldBe(("accepted", "180.00"));

        await host.ExecuteAsync("UPDATE price_policies SET rate_per_hour_fen = 99900 WHERE instrument_id = @id", ("id", lab.Instrument.Id.Value));
        (await OrderAsync(lab, placed)).Price().ShouldBe("180.00");
        var again = await (await lab.QuoteAsync(placed, minutes: 120)).JsonAsync(HttpStatusCode.Created);
        (again.Status(), again.Price()).ShouldBe(("accepted", "180.00"), "a quote that nobody accepted changes nothing");
        var refused = await (await lab.Api.PostAsJsonAsync($"{Root}/{Id(placed)}/quotes/{QuoteId(again)}/refuse", new { reason = "太贵" })).JsonAsync(HttpStatusCode.OK);
        (refused.Status(), refused.Price()).ShouldBe(("accepted", "180.00"));
        var third = await (await lab.QuoteAsync(placed, minutes: 60)).JsonAsync(HttpStatusCode.Created);
        var newer = await (await lab.AcceptAsync(third)).JsonAsync(HttpStatusCode.OK);
        newer.Price().ShouldNotBe("180.00");
        newer.GetProperty("quotes").EnumerateArray().Select(q => q.GetProperty("status").GetString()).ShouldBe(["accepted", "refused", "accepted"]);
    }

    [Fact]
    public async Task A_newer_quote_replaces_the_open_one_and_none_is_ever_edited()
    {
        var lab = await Lab.OfAsync(host);
        var quoted = await lab.QuotedAsync();
        var again = await (await lab.QuoteAsync(quoted, minutes: 60)).JsonAsync(HttpStatusCode.Created);
        again.GetProperty("quotes").EnumerateArray().Select(q => q.GetProperty("status").GetString()).ShouldBe(["open", "replaced"]);
        await (await lab.Api.PostAsync($"{Root}/{Id(quoted)}/quotes/{QuoteId(quoted)}/accept", null)).ShouldRefuseAsync(HttpStatusCode.Conflict, "quote.not-open");
        var failure = await Should.ThrowAsync<Npgsql.PostgresException>(() => host.ExecuteAsync("UPDATE order_quotes SET total_fen = 1 WHERE id = @id", ("id", QuoteId(again))));
        failure.ConstraintName.ShouldBe("quote.immutable");
        (await Should.ThrowAsync<Npgsql.PostgresException>(() => host.ExecuteAsync("DELETE FROM order_quotes WHERE id = @id", ("id", QuoteId(again))))).ConstraintName.ShouldBe("quote.immutable");
    }

    [Fact]
    public async Task A_quote_that_nobody_answers_expires_once_and_the_order_waits_for_another()
    {
        var lab = await Lab.OfAsync(host);
        var quoted = await lab.QuotedAsync();
        var job = host.Services.GetRequiredService<ExpireQuotes>();
        // The last day ends at midnight of the lab's zone.
        host.Clock.Now = Instant.FromUtc(2026, 3, 31, 15, 59);
        try
        {
            (await job.RunAsync()).ShouldBe(0);
            host.Clock.Now = Instant.FromUtc(2026, 3, 31, 16, 0);
            await (await lab.AcceptAsync(quoted)).ShouldRefuseAsync(HttpStatusCode.Conflict, "quote.expired");
            (await job.RunAsync()).ShouldBeGreaterThanOrEqualTo(1);
            (await job.RunAsync()).ShouldBe(0);
        }
        finally
        {
            host.Clock.Now = FixedClock.Start;
        }

        (await OrderAsync(lab, quoted)).Status().ShouldBe("submitted");
        (await MailsAsync("order.quote-expired", quoted)).ShouldBe(1);
        (await host.ScalarAsync<long>("SELECT count(*) FROM events WHERE name = 'order.quote-expired' AND subject_id = @id", ("id", Id(quoted)))).ShouldBe(1);
    }

    [Fact]
    public async Task A_draft_is_its_writers_alone_until_it_is_sent()
    {
        var lab = await Lab.OfAsync(host);
        var draft = await lab.PlacedAsync(submit: false);
        (await lab.Manager.GetAsync($"{Root}/{Id(draft)}")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        var changed = await (await lab.Api.PutAsJsonAsync($"{Root}/{Id(draft)}", Order(lab, samples: 7, submit: false))).JsonAsync(HttpStatusCode.OK);
        changed.GetProperty("lines")[0].GetProperty("samples").GetInt32().ShouldBe(7);
        using var stale = new HttpRequestMessage(HttpMethod.Post, $"{Root}/{Id(draft)}/submit");
        stale.Headers.IfMatch.ParseAdd("\"1\"");
        (await lab.Api.SendAsync(stale)).StatusCode.ShouldBe(HttpStatusCode.PreconditionFailed);
        (await (await lab.Api.PostAsync($"{Root}/{Id(draft)}/submit", null)).JsonAsync(HttpStatusCode.OK)).Status().ShouldBe("submitted");
        await (await lab.Api.PutAsJsonAsync($"{Root}/{Id(draft)}", Order(lab))).ShouldRefuseAsync(HttpStatusCode.Conflict, "order.not-draft");
    }

    [Fact]
    public async Task The_same_key_places_one_order()
    {
        var lab = await Lab.OfAsync(host);
        async Task<JsonElement> PlaceAsync()
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, Root) { Content = JsonContent.Create(Order(lab)) };
            request.Headers.Add("Idempotency-Key", "once");
            return await (await lab.Api.SendAsync(request)).JsonAsync(HttpStatusCode.Created);
        }

        Id(await PlaceAsync()).ShouldBe(Id(await PlaceAsync()));
        (await host.ScalarAsync<long>("SELECT count(*) FROM orders WHERE person_id = @id", ("id", lab.Customer.Id))).ShouldBe(1);
    }

    [Fact]
    public async Task An_instrument_without_items_takes_no_orders_and_items_of_elsewhere_are_unknown()
    {
        var lab = await Lab.OfAsync(host);
        var other = await Lab.OfAsync(host);
        var bare = await host.Given.InstrumentAsync(lab.Institution);
        await (await lab.Api.PostAsJsonAsync(Root, Order(lab with { Instrument = bare }))).ShouldRefuseAsync(HttpStatusCode.Conflict, "order.instrument-takes-none");
        await (await lab.Api.PostAsJsonAsync(Root, Order(lab with { Item = other.Item }))).ShouldRefuseAsync(HttpStatusCode.BadRequest, "order.item-unknown");
        await (await lab.Api.PostAsJsonAsync(Root, new { purpose = "x" })).ShouldRefuseAsync(HttpStatusCode.BadRequest, "order.place-missing");
    }

    [Fact]
    public async Task An_item_of_an_institution_has_no_price_list_and_is_quoted_by_hand()
    {
        var lab = await Lab.OfAsync(host);
        var item = await host.Given.TestItemAsync(lab.Institution);
        var order = await (await lab.Api.PostAsJsonAsync(Root, new
        {
            institutionId = lab.Institution.Id.Value, purpose = "研磨", submit = true, lines = new[] { new { testItemId = item.Id.Value, samples = 2, description = "岩石", form = "solid" } },
        })).JsonAsync(HttpStatusCode.Created);
        await (await lab.QuoteAsync(order)).ShouldRefuseAsync(HttpStatusCode.Conflict, "quote.no-price-list");
        var line = order.GetProperty("lines")[0].GetProperty("id").GetGuid();
        var quoted = await (await lab.Manager.PostAsJsonAsync($"{Root}/{Id(order)}/quotes", new
        {
            validUntil = "2026-03-20", lines = new[] { new { orderLineId = line, amount = new { amount = "66.60", currency = "CNY" }, reason = "两件打包" } },
        })).JsonAsync(HttpStatusCode.Created);
        (await (await lab.AcceptAsync(quoted)).JsonAsync(HttpStatusCode.OK)).Price().ShouldBe("66.60");
    }

    [Fact]
    public async Task Before_a_price_is_agreed_it_is_withdrawn_or_declined_afterwards_cancelled()
    {
        var lab = await Lab.OfAsync(host);
        var quoted = await lab.QuotedAsync();
        var withdrawn = await (await lab.Api.PostAsJsonAsync($"{Root}/{Id(quoted)}/withdraw", new { })).JsonAsync(HttpStatusCode.OK);
        (withdrawn.Status(), withdrawn.GetProperty("quotes")[0].GetProperty("status").GetString()).ShouldBe(("withdrawn", "withdrawn"));

        var declined = await lab.PlacedAsync();
        await (await lab.Manager.PostAsJsonAsync($"{Root}/{Id(declined)}/decline", new { reason = "" })).ShouldRefuseAsync(HttpStatusCode.BadRequest, "order.text-missing");
        (await (await lab.Manager.PostAsJsonAsync($"{Root}/{Id(declined)}/decline", new { reason = "样品过大" })).JsonAsync(HttpStatusCode.OK)).Status().ShouldBe("declined");
        await (await lab.QuoteAsync(declined)).ShouldRefuseAsync(HttpStatusCode.Conflict, "order.state");

        var accepted = await lab.AcceptedAsync();
        await (await lab.Manager.PostAsJsonAsync($"{Root}/{Id(accepted)}/decline", new { reason = "x" })).ShouldRefuseAsync(HttpStatusCode.Conflict, "order.state");
        await (await lab.Api.PostAsJsonAsync($"{Root}/{Id(accepted)}/withdraw", new { })).ShouldRefuseAsync(HttpStatusCode.BadRequest, "order.text-missing");
        (await (await lab.Manager.PostAsJsonAsync($"{Root}/{Id(accepted)}/cancel", new { reason = "仪器损坏" })).JsonAsync(HttpStatusCode.OK)).Status().ShouldBe("cancelled");
        (await MailsAsync("order.cancelled", accepted)).ShouldBe(1);
    }

    [Fact]
    public async Task For_a_group_its_leader_sees_and_accepts_and_others_of_the_group_do_not()
    {
        var lab = await Lab.OfAsync(host);
        var institution = await host.Given.InstitutionAsync();
        var (leader, member, other) = (await host.Given.PersonAsync(institution), await host.Given.PersonAsync(institution), await host.Given.PersonAsync(institution));
        var group = await host.Given.GroupAsync(institution, leader, member, other);
        await host.Given.GrantAsync(leader, Role.GroupLeader, group.Id.Value, ScopeKind.Group);
        var api = await host.ApiAsync(member);
        var body = new { instrumentId = lab.Instrument.Id.Value, purpose = "x", submit = true, customer = "group", groupId = group.Id.Value, lines = new[] { new { testItemId = lab.Item.Id.Value, samples = 1, description = "y", form = "film" } } };
        await (await lab.Api.PostAsJsonAsync(Root, body)).ShouldRefuseAsync(HttpStatusCode.BadRequest, "order.group-unknown");
        var order = await (await api.PostAsJsonAsync(Root, body)).JsonAsync(HttpStatusCode.Created);
        var quoted = await (await lab.QuoteAsync(order)).JsonAsync(HttpStatusCode.Created);
        (await (await host.ApiAsync(other)).PostAsync($"{Root}/{Id(order)}/quotes/{QuoteId(quoted)}/accept", null)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await (await (await host.ApiAsync(leader)).PostAsync($"{Root}/{Id(order)}/quotes/{QuoteId(quoted)}/accept", null)).JsonAsync(HttpStatusCode.OK)).Status().ShouldBe("accepted");
    }

    [Fact]
    public async Task Nobody_quotes_their_own_order()
    {
        var lab = await Lab.OfAsync(host);
        var own = await (lab with { Api = lab.Manager }).PlacedAsync();
        await (await lab.QuoteAsync(own)).ShouldRefuseAsync(HttpStatusCode.Forbidden, "access.forbidden");
    }

    [Fact]
    public async Task Lists_page_by_number_and_name_what_they_do_not_know()
    {
        var lab = await Lab.OfAsync(host);
        var ids = new List<Guid>();
        for (var i = 0; i < 3; i++) ids.Insert(0, Id(await lab.PlacedAsync()));
        var first = await (await lab.Api.GetAsync($"{Root}?limit=2")).JsonAsync(HttpStatusCode.OK);
        var next = await (await lab.Api.GetAsync($"{Root}?limit=2&cursor={first.GetProperty("nextCursor").GetString()}")).JsonAsync(HttpStatusCode.OK);
        first.GetProperty("items").EnumerateArray().Concat(next.GetProperty("items").EnumerateArray()).Select(Id).ShouldBe(ids);
        first.GetProperty("total").GetInt32().ShouldBe(3);
        (await (await lab.Manager.GetAsync($"{Root}?mine=false&status=submitted")).JsonAsync(HttpStatusCode.OK)).GetProperty("items").EnumerateArray().Select(Id).ShouldBe(ids);
        (await (await lab.Manager.GetAsync(Root)).JsonAsync(HttpStatusCode.OK)).GetProperty("items").GetArrayLength().ShouldBe(0);
        await (await lab.Api.GetAsync($"{Root}?status=odd")).ShouldRefuseAsync(HttpStatusCode.BadRequest, "request.filter-value");
        await (await lab.Api.GetAsync($"{Root}?cursor=eA")).ShouldRefuseAsync(HttpStatusCode.BadRequest, "request.cursor");
    }

    [Fact]
    public async Task Test_items_are_made_changed_and_put_out_of_use()
    {
        var lab = await Lab.OfAsync(host);
        const string Items = "/api/v1/test-items";
        var body = new { instrumentId = lab.Instrument.Id.Value, name = "断口", nameEn = "Fracture", minutesPerSample = 20 };
        await (await lab.Api.PostAsJsonAsync(Items, body)).ShouldRefuseAsync(HttpStatusCode.Forbidden, "access.forbidden");
        var item = await (await lab.Manager.PostAsJsonAsync(Items, body)).JsonAsync(HttpStatusCode.Created);
        await (await lab.Manager.PostAsJsonAsync(Items, body)).ShouldRefuseAsync(HttpStatusCode.Conflict, "test-item.name-taken");
        await (await lab.Manager.PatchAsJsonAsync($"{Items}/{Id(item)}", new { minutesPerSample = 0 })).ShouldRefuseAsync(HttpStatusCode.BadRequest, "test-item.minutes");
        await (await lab.Manager.PatchAsJsonAsync($"{Items}/{Id(item)}", new { isActive = false })).JsonAsync(HttpStatusCode.OK);
        (await (await lab.Api.GetAsync($"{Items}?instrument={lab.Instrument.Id.Value}")).JsonAsync(HttpStatusCode.OK)).GetProperty("items").EnumerateArray().Select(Id).ShouldBe([lab.Item.Id.Value]);
    }

    private static async Task<JsonElement> OrderAsync(Lab lab, JsonElement order) => await (await lab.Api.GetAsync($"{Root}/{Id(order)}")).JsonAsync(HttpStatusCode.OK);

    private Task<long> MailsAsync(string kind, JsonElement order) => host.ScalarAsync<long>("SELECT count(*) FROM outbox_messages WHERE kind = @kind AND data->>'orderId' = @id", ("kind", kind), ("id", Id(order).ToString()));
}
