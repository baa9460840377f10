using System.Net;
using System.Net.Http.Json;
using InstrumentShare.Access;
using InstrumentShare.Billing.Funds;
using InstrumentShare.Billing.Ledger;
using InstrumentShare.Bookings;
using InstrumentShare.Catalog;
using InstrumentShare.Tests.Bookings;
using InstrumentShare.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using NodaTime;
using Npgsql;

namespace InstrumentShare.Tests.Billing.Funds;

/// <summary>What a booking holds of its fund on every path, and what its use takes.</summary>
public sealed class FundBookingTests(TestHost host) : IClassFixture<TestHost>
{
    [Fact]
    public async Task Where_none_is_demanded_bookings_go_on_without_a_fund_and_nothing_is_held()
    {
        var scene = await FundScene.MakeAsync(host, demandsFund: false);
        await scene.BookedAsync(null, 9);
        (await host.ScalarAsync<long>("SELECT count(*) FROM fund_holds h JOIN bookings b ON b.id = h.booking_id WHERE b.instrument_id = @id", ("id", scene.Instrument.Id.Value))).ShouldBe(0);
    }

    [Fact]
    public async Task Where_one_is_demanded_a_booking_names_it_or_begins_with_the_groups_default()
    {
        var scene = await FundScene.MakeAsync(host);
        await (await scene.BookAsync(null, 9)).ShouldRefuseAsync(HttpStatusCode.Conflict, "fund.needed");
        var fund = await scene.FundAsync(50_000);
        var leader = await host.ApiAsync(scene.Leader);
        (await leader.PutAsJsonAsync($"/api/v1/groups/{scene.Group.Id.Value}/default-fund", new { fundId = fund.Id })).StatusCode.ShouldBe(HttpStatusCode.OK);
        var booking = await scene.BookedAsync(null, 9);
        (await (await scene.Api.GetAsync($"/api/v1/bookings/{booking}")).JsonAsync(HttpStatusCode.OK)).GetProperty("fundId").GetGuid().ShouldBe(fund.Id);
        (await scene.StandAsync(fund.Id)).ShouldBe("500.00 120.00 380.00");
    }

    [Fact]
    public async Task Who_runs_the_instrument_is_asked_for_no_fund()
    {
        var scene = await FundScene.MakeAsync(host);
        (await scene.BookAsync(null, 9, api: await host.ApiAsync(scene.Manager))).StatusCode.ShouldBe(HttpStatusCode.Created);
    }

    [Fact]
    public async Task A_booking_holds_its_estimate_and_every_change_moves_or_releases_it()
    {
        var scene = await FundScene.MakeAsync(host);
        var fund = await scene.FundAsync(50_000);
        var booking = await scene.BookedAsync(fund.Id, 9);
        (await scene.StandAsync(fund.Id)).ShouldBe("500.00 120.00 380.00");
        var moved = await scene.Api.PostAsJsonAsync($"/api/v1/bookings/{booking}/reschedule", new { startsAt = Day.Tomorrow(13).ToString(), endsAt = Day.Tomorrow(16).ToString() });
        moved.StatusCode.ShouldBe(HttpStatusCode.OK, await moved.Content.ReadAsStringAsync());
        (await scene.StandAsync(fund.Id)).ShouldBe("500.00 360.00 140.00");
        (await scene.Api.PostAsJsonAsync($"/api/v1/bookings/{booking}/cancel", new { reason = "x" })).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await scene.StandAsync(fund.Id)).ShouldBe("500.00 0.00 500.00");
    }

    [Theory]
    [InlineData("approve", "500.00 120.00 380.00")]
    [InlineData("reject", "500.00 0.00 500.00")]
    [InlineData("expire", "500.00 0.00 500.00")]
    public async Task A_request_holds_too_until_it_is_refused_or_expires(string end, string stand)
    {
        var scene = await FundScene.MakeAsync(host, rules: r => r with { ApprovalRequired = true });
        var fund = await scene.FundAsync(50_000);
        var booking = await scene.BookedAsync(fund.Id, 9);
        (await scene.StandAsync(fund.Id)).ShouldBe("500.00 120.00 380.00");
        if (end == "expire")
        {
            host.Clock.Now = Day.Tomorrow(9);
            await host.Services.GetRequiredService<ExpireUnconfirmedBookings>().RunAsync();
        }
        else
        {
            var answer = await (await host.ApiAsync(scene.Manager)).PostAsJsonAsync($"/api/v1/bookings/{booking}/{end}", new { reason = "停机" });
            answer.StatusCode.ShouldBe(HttpStatusCode.OK, await answer.Content.ReadAsStringAsync());
        }

        (await scene.StandAsync(fund.Id)).ShouldBe(stand);
    }

    [Fact]
    public async Task A_move_that_costs_more_than_is_left_is_refused_with_the_figures_and_changes_nothing()
    {
        var scene = await FundScene.MakeAsync(host);
        var fund = await scene.FundAsync(30_000);
        var booking = await scene.BookedAsync(fund.Id, 9, 2);
        var longer = await scene.Api.PostAsJsonAsync($"/api/v1/bookings/{booking}/reschedule", new { startsAt = Day.Tomorrow(9).ToString(), endsAt = Day.Tomorrow(12).ToString() });
        longer.StatusCode.ShouldBe(HttpStatusCode.Conflict);
        var problem = (await longer.JsonAsync()).GetProperty("problems")[0];
        problem.GetProperty("code").GetString().ShouldBe("fund.short");
        problem.GetProperty("message").GetString()!.ShouldContain("CNY 300.00 left and CNY 360.00");
        (await scene.StandAsync(fund.Id)).ShouldBe("300.00 240.00 60.00");
    }

    [Fact]
    public async Task A_series_holds_all_its_dates_or_is_not_booked()
    {
        var scene = await FundScene.MakeAsync(host);
        var fund = await scene.FundAsync(30_000);
        (await SeriesAsync(scene, fund.Id, "FREQ=DAILY;COUNT=3")).StatusCode.ShouldBe(HttpStatusCode.Conflict);
        (await scene.StandAsync(fund.Id)).ShouldBe("300.00 0.00 300.00");
        (await SeriesAsync(scene, fund.Id, "FREQ=DAILY;COUNT=2")).StatusCode.ShouldBe(HttpStatusCode.Created);
        (await scene.StandAsync(fund.Id)).ShouldBe("300.00 240.00 60.00");
    }

    [Theory]
    [InlineData("window", "fund.outside-days")]
    [InlineData("suspended", "fund.not-active")]
    [InlineData("expense", "fund.expense")]
    [InlineData("short", "fund.short")]
    [InlineData("foreign", "fund.unknown")]
    [InlineData("none", "fund.unknown")]
    public async Task A_fund_pays_only_for_what_its_card_says(string what, string code)
    {
        var scene = await FundScene.MakeAsync(host, demandsFund: false);
        var id = what switch
        {
            "window" => (await host.Given.FundAsync(scene.Group, 50_000, to: new LocalDate(2026, 3, 2))).Id,
            "suspended" => (await host.Given.FundAsync(scene.Group, 50_000, state: FundState.Suspended)).Id,
            "expense" => (await host.Given.FundAsync(scene.Group, 50_000, expenses: [ExpenseKind.Testing])).Id,
            "short" => (await scene.FundAsync(11_999)).Id,
            "foreign" => (await host.Given.FundAsync(await host.Given.GroupAsync(scene.Owner, await host.Given.PersonAsync(scene.Owner)), 50_000)).Id,
            _ => Guid.CreateVersion7(),
        };
        await (await scene.BookAsync(id, 9)).ShouldRefuseAsync(HttpStatusCode.Conflict, code);
    }

    [Fact]
    public async Task A_credit_line_is_held_and_spent_like_money()
    {
        var scene = await FundScene.MakeAsync(host);
        var fund = await scene.FundAsync(0, limit: 12_000);
        await scene.BookedAsync(fund.Id, 9);
        (await scene.StandAsync(fund.Id)).ShouldBe("0.00 120.00 0.00");
        await (await scene.BookAsync(fund.Id, 10)).ShouldRefuseAsync(HttpStatusCode.Conflict, "fund.short");
    }

    [Fact]
    public async Task A_use_takes_what_it_cost_from_the_fund_and_releases_the_rest()
    {
        var scene = await FundScene.MakeAsync(host, tax: 600);
        var fund = await scene.FundAsync(50_000);
        var booking = await scene.BookedAsync(fund.Id, 9, 2);
        await scene.UseAsync(booking, 9, 53);
        (await scene.StandAsync(fund.Id)).ShouldBe("394.00 0.00 394.00");
        (await scene.LedgerAsync()).ShouldBe("fund 39400, income 10000, tax 600");
    }

    [Fact]
    public async Task What_costs_more_than_the_fund_has_left_is_owed_by_the_group_and_noted()
    {
        var scene = await FundScene.MakeAsync(host);
        var fund = await scene.FundAsync(15_000);
        var booking = await scene.BookedAsync(fund.Id, 9);
        await scene.UseAsync(booking, 9, 120);
        (await scene.LedgerAsync()).ShouldBe("group -9000, income 24000");
        (await host.ScalarAsync<string>("SELECT problem FROM ledger_entries WHERE booking_id = @id", ("id", booking))).ShouldBe("fund.short");
        var listed = await (await (await host.ApiAsync(scene.Administrator)).GetAsync("/api/v1/ledger/entries?problem=true")).JsonAsync(HttpStatusCode.OK);
        listed.GetProperty("items").GetArrayLength().ShouldBe(1);
    }

    [Fact]
    public async Task A_deposit_pays_before_anybody_owes()
    {
        var scene = await FundScene.MakeAsync(host, demandsFund: false);
        var deposit = await host.Given.AccountAsync(scene.Owner.Id, LedgerAccountKind.Deposit, scene.Group.Id.Value);
        await host.Given.PostedAsync(scene.Owner.Id, LedgerEntryKind.Transfer, (await host.Given.AccountAsync(scene.Owner.Id, LedgerAccountKind.Institution, scene.Owner.Id.Value), -8_000), (deposit, 8_000));
        await scene.UseAsync(await scene.BookedAsync(null, 9), 9, 60);
        (await scene.LedgerAsync()).ShouldBe("group -4000, income 12000");
    }

    [Fact]
    public async Task A_fund_of_another_institution_pays_through_what_the_two_owe_each_other()
    {
        var scene = await FundScene.MakeAsync(host);
        var home = await host.Given.InstitutionAsync();
        var visitor = await host.Given.PersonAsync(home);
        var fund = await host.Given.FundAsync(await host.Given.GroupAsync(home, visitor), 20_000);
        var api = await host.ApiAsync(visitor);
        var booking = (await (await scene.BookAsync(fund.Id, 9, api: api)).JsonAsync(HttpStatusCode.Created)).GetProperty("id").GetGuid();
        host.Clock.Now = Day.Tomorrow(9);
        await (await api.PostAsync($"/api/v1/bookings/{booking}/check-in", null)).JsonAsync(HttpStatusCode.Created);
        host.Clock.Advance(Duration.FromMinutes(60));
        await (await api.PostAsJsonAsync($"/api/v1/bookings/{booking}/check-out", new { })).JsonAsync(HttpStatusCode.OK);
        (await scene.LedgerAsync()).ShouldBe("income 12000, institution -12000");
        (await scene.LedgerAsync(home)).ShouldBe("fund 8000, institution 12000");
    }

    [Fact]
    public async Task A_split_holds_and_pays_by_its_shares_to_the_fen()
    {
        var scene = await FundScene.MakeAsync(host);
        var (one, two, three) = (await scene.FundAsync(50_000), await scene.FundAsync(50_000), await scene.FundAsync(50_000));
        var split = await host.Given.SplitAsync(scene.Group, (one, 3_334), (two, 3_333), (three, 3_333));
        var booking = await scene.BookedAsync(split.Id, 9);
        (await HeldAsync(booking)).ShouldBe(new Dictionary<Guid, long> { [one.Id] = 4_002, [two.Id] = 3_999, [three.Id] = 3_999 }, ignoreOrder: true);
        await scene.UseAsync(booking, 9, 50);
        (await scene.LedgerAsync()).ShouldBe("fund 46666, fund 46667, fund 46667, income 10000");
    }

    [Fact]
    public async Task The_database_divides_holds_as_the_rule_divides_charges()
    {
        var scene = await FundScene.MakeAsync(host, demandsFund: false);
        var random = new Random(7);
        for (var round = 0; round < 8; round++)
        {
            var count = random.Next(2, 6);
            var funds = new List<Fund>();
            for (var i = 0; i < count; i++) funds.Add(await scene.FundAsync(0));
            var cuts = Enumerable.Range(1, PostingRules.Whole - 1).OrderBy(_ => random.Next()).Take(count - 1).Order().Prepend(0).Append(PostingRules.Whole).ToList();
            var shares = funds.Select((f, i) => (f, cuts[i + 1] - cuts[i])).ToArray();
            var split = await host.Given.SplitAsync(scene.Group, shares);
            foreach (var fen in new[] { 0L, 1, 7, 99, random.NextInt64(1, 1_000_000), 99_999_999_999 })
            {
                var expected = PostingRules.Divide(fen, [.. shares.Select((s, i) => new FundShare(s.f.Id, scene.Owner.Id, s.Item2, i == 0))]);
                await using var command = host.DataSource.CreateCommand("SELECT account_id, part FROM fund_parts($1, $2)");
                command.Parameters.AddWithValue(split.Id);
                command.Parameters.AddWithValue(fen);
                await using var reader = await command.ExecuteReaderAsync();
                var parts = new Dictionary<Guid, long>();
                while (await reader.ReadAsync()) parts.Add(reader.GetGuid(0), reader.GetInt64(1));
                funds.Select(f => parts[f.Id]).ShouldBe(expected);
            }
        }
    }

    [Fact]
    public async Task A_correction_gives_back_and_takes_anew()
    {
        var scene = await FundScene.MakeAsync(host);
        var fund = await scene.FundAsync(50_000);
        var booking = await scene.BookedAsync(fund.Id, 9, 2);
        await scene.UseAsync(booking, 9, 120);
        (await scene.StandAsync(fund.Id)).ShouldBe("260.00 0.00 260.00");
        var charge = await scene.ChargeAsync(booking);
        var manager = await host.ApiAsync(scene.Manager);
        (await manager.PostAsJsonAsync($"/api/v1/usage-records/{charge.GetProperty("usageId").GetGuid()}/corrections", new { endsAt = Day.Tomorrow(10).ToString(), reason = "left earlier" })).StatusCode.ShouldBe(HttpStatusCode.Created);
        (await scene.StandAsync(fund.Id)).ShouldBe("380.00 0.00 380.00");
        (await scene.LedgerAsync()).ShouldBe("fund 38000, income 12000");
        (await host.ScalarAsync<string>("SELECT string_agg(kind, ' ' ORDER BY id) FROM ledger_entries WHERE booking_id = @id", ("id", booking))).ShouldBe("charge reversal charge");
    }

    [Fact]
    public async Task What_nobody_used_is_released_after_three_days_and_not_before()
    {
        var scene = await FundScene.MakeAsync(host);
        var fund = await scene.FundAsync(50_000);
        var booking = await scene.BookedAsync(fund.Id, 9);
        host.Clock.Now = Day.Tomorrow(12);
        await host.Services.GetRequiredService<CompletePastBookings>().RunAsync();
        (await host.ScalarAsync<string>("SELECT status FROM bookings WHERE id = @id", ("id", booking))).ShouldBe("completed");
        var release = host.Services.GetRequiredService<ReleaseHolds>();
        await release.RunAsync();
        (await scene.StandAsync(fund.Id)).ShouldBe("500.00 120.00 380.00");
        host.Clock.Advance(Duration.FromDays(3));
        await release.RunAsync();
        (await scene.StandAsync(fund.Id)).ShouldBe("500.00 0.00 500.00");
        (await release.RunAsync()).ShouldBe(0);
    }

    [Fact]
    public async Task Nothing_is_left_unproved_after_all_of_this()
    {
        var scene = await FundScene.MakeAsync(host);
        var fund = await scene.FundAsync(50_000);
        await scene.UseAsync(await scene.BookedAsync(fund.Id, 9, 2), 9, 90);
        await scene.BookedAsync(fund.Id, 14);
        (await host.Services.GetRequiredService<ProveLedger>().RunAsync()).Findings.ShouldBeEmpty();
    }

    private async Task<Dictionary<Guid, long>> HeldAsync(Guid booking)
    {
        await using var command = host.DataSource.CreateCommand("SELECT account_id, fen FROM fund_holds WHERE booking_id = $1");
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = booking });
        await using var reader = await command.ExecuteReaderAsync();
        var held = new Dictionary<Guid, long>();
        while (await reader.ReadAsync()) held.Add(reader.GetGuid(0), reader.GetInt64(1));
        return held;
    }

    private static Task<HttpResponseMessage> SeriesAsync(FundScene scene, Guid fund, string rrule) => scene.Api.PostAsJsonAsync("/api/v1/booking-series", new
    {
        instrumentId = scene.Instrument.Id.Value, localStart = "2026-03-03T09:00", localEnd = "2026-03-03T10:00", rrule, serviceMode = "selfOperated", fundId = fund,
    });
}
