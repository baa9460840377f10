using System.Net;
using System.Net.Http.Json;
using InstrumentShare.Access;
using InstrumentShare.Catalog;
using InstrumentShare.Pricing;
using InstrumentShare.Tests.Support;
using NodaTime;

namespace InstrumentShare.Tests.Pricing;

public sealed class ChangePricesTests(TestHost host) : IClassFixture<TestHost>, IAsyncLifetime
{
    private Institution owner = null!;
    private Instrument instrument = null!;
    private Person user = null!;
    private HttpClient api = null!;

    public async Task InitializeAsync()
    {
        owner = await host.Given.InstitutionAsync();
        instrument = await host.Given.InstrumentAsync(owner);
        await host.Given.PriceAsync(instrument);
        user = await host.Given.PersonAsync(await host.Given.InstitutionAsync());
        api = await host.ApiAsync(await host.Given.PersonWithRoleAsync(Role.LabManager, owner));
    }

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task Only_the_instruments_manager_sets_prices_and_everybody_reads_them()
    {
        (await SetAsync(await host.ApiAsync(user), "2026-04-01")).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await SetAsync(await host.ApiAsync(await host.Given.PersonWithRoleAsync(Role.Technician, instrumentId: instrument.Id.Value)), "2026-04-01")).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await SetAsync(await host.ApiAsync(await host.Given.PersonWithRoleAsync(Role.LabManager, await host.Given.InstitutionAsync())), "2026-04-01")).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await SetAsync(await host.ApiAsync(), "2026-04-01")).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await (await host.ApiAsync()).GetAsync($"/api/v1/instruments/{instrument.Id.Value}/prices")).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_new_price_ends_the_running_one_the_day_before_and_voids_decisions_read_earlier()
    {
        await (await SetAsync(api, "2026-04-01")).JsonAsync(HttpStatusCode.Created);
        (await PeriodsAsync()).ShouldBe(["2025-01-01..2026-03-31 120.00", "2026-04-01.. 200.00"]);
        (await host.ScalarAsync<long>("SELECT rules_version FROM instruments WHERE id = @id", ("id", instrument.Id.Value))).ShouldBe(2);
    }

    [Fact]
    public async Task After_a_price_with_a_last_day_the_former_one_runs_again()
    {
        await (await SetAsync(api, "2026-04-01", "2026-04-30")).JsonAsync(HttpStatusCode.Created);
        (await PeriodsAsync()).ShouldBe(["2025-01-01..2026-03-31 120.00", "2026-04-01..2026-04-30 200.00", "2026-05-01.. 120.00"]);
    }

    [Fact]
    public async Task A_price_may_not_reach_into_one_that_begins_later()
    {
        await (await SetAsync(api, "2026-04-01")).JsonAsync(HttpStatusCode.Created);
        await (await SetAsync(api, "2026-03-20")).ShouldRefuseAsync(HttpStatusCode.Conflict, "price-policy.overlap");
        await (await SetAsync(api, "2026-04-01")).ShouldRefuseAsync(HttpStatusCode.Conflict, "price-policy.overlap");
    }

    [Fact]
    public async Task A_day_that_was_charged_keeps_its_price_and_its_charge()
    {
        var start = FixedClock.Start - Duration.FromHours(2);
        await (await api.PostAsJsonAsync("/api/v1/usage-records", new
        {
            instrumentId = instrument.Id.Value, personId = user.Id, startsAt = start.ToString(), endsAt = (start + Duration.FromHours(1)).ToString(), reason = "by hand",
        })).JsonAsync(HttpStatusCode.Created);
        await (await SetAsync(api, "2026-03-02")).ShouldRefuseAsync(HttpStatusCode.Conflict, "price.already-charged");
        await (await SetAsync(api, "2026-03-03")).JsonAsync(HttpStatusCode.Created);
        (await host.ScalarAsync<long>("SELECT amount_fen FROM charges WHERE instrument_id = @id", ("id", instrument.Id.Value))).ShouldBe(12_000);
    }

    [Fact]
    public async Task Standing_bookings_that_would_cost_otherwise_must_be_acknowledged()
    {
        await host.Given.BookedAsync(instrument, user, Instant.FromUtc(2026, 4, 2, 1, 0));
        await (await SetAsync(api, "2026-04-01")).ShouldRefuseAsync(HttpStatusCode.Conflict, "price.bookings-estimated");
        (await PeriodsAsync()).ShouldBe(["2025-01-01.. 120.00"]);
        await (await SetAsync(api, "2026-04-01", acknowledge: true)).JsonAsync(HttpStatusCode.Created);
    }

    [Fact]
    public async Task Of_prices_set_at_once_for_one_day_one_is_kept()
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => SetAsync(api, "2026-04-01")));
        answers.Count(a => a.StatusCode == HttpStatusCode.Created).ShouldBe(1);
        foreach (var loser in answers.Where(a => a.StatusCode != HttpStatusCode.Created)) await loser.ShouldRefuseAsync(HttpStatusCode.Conflict, "price-policy.overlap");
    }

    [Fact]
    public async Task A_charge_raced_by_a_price_of_the_same_day_agrees_with_the_price_that_stands()
    {
        await using var second = host.NewNode();
        var other = await second.ApiAsync(await host.Given.PersonWithRoleAsync(Role.LabManager, owner));
        for (var round = 0; round < 6; round++)
        {
            instrument = await host.Given.InstrumentAsync(owner);
            await host.Given.PriceAsync(instrument);
            var start = FixedClock.Start - Duration.FromHours(2);
            var use = new { instrumentId = instrument.Id.Value, personId = user.Id, startsAt = start.ToString(), endsAt = (start + Duration.FromHours(1)).ToString(), reason = "by hand" };
            var answers = await Task.WhenAll(other.PostAsJsonAsync("/api/v1/usage-records", use), SetAsync(api, "2026-03-02"));
            await answers[0].JsonAsync(HttpStatusCode.Created);
            if (answers[1].StatusCode != HttpStatusCode.Created) await answers[1].ShouldRefuseAsync(HttpStatusCode.Conflict, "price.already-charged");
            var charged = await host.ScalarAsync<long>("SELECT amount_fen FROM charges WHERE instrument_id = @id", ("id", instrument.Id.Value));
            charged.ShouldBe(answers[1].StatusCode == HttpStatusCode.Created ? 20_000 : 12_000);
        }
    }

    [Fact]
    public async Task Everything_that_is_wrong_with_a_price_is_told_at_once()
    {
        var answer = await api.PostAsJsonAsync(Path, new
        {
            userClass = "academic", validFrom = "2026-04-01", validTo = "2026-03-01", chargeFor = "samples", ratePerHour = Yuan("1.00"), minimumFee = Yuan("-1.00"), startUpFee = Yuan("20000000.00"),
        });
        (await answer.JsonAsync(HttpStatusCode.BadRequest)).GetProperty("problems").EnumerateArray().Select(p => p.GetProperty("code").GetString())
            .ShouldBe(["price.amount-range", "price.amount-range", "price.rate-unused", "price.dates-crossed"]);
    }

    [Theory]
    [InlineData("""{}""", "price.class-missing")]
    [InlineData("""{"userClass":"academic","validFrom":"2026-04-31","chargeFor":"used"}""", "request.unreadable")]
    [InlineData("""{"userClass":"academic","validFrom":"2026-04-01","chargeFor":"used","ratePerHour":{"amount":"1.234","currency":"CNY"}}""", "request.unreadable")]
    [InlineData("""{"userClass":"friend","validFrom":"2026-04-01","chargeFor":"used"}""", "request.unreadable")]
    public async Task A_price_that_cannot_be_read_is_a_400(string body, string code) =>
        await (await api.PostAsync(Path, new StringContent(body, System.Text.Encoding.UTF8, "application/json"))).ShouldRefuseAsync(HttpStatusCode.BadRequest, code);

    private string Path => $"/api/v1/instruments/{instrument.Id.Value}/prices";

    private static object Yuan(string amount) => new { amount, currency = "CNY" };

    private Task<HttpResponseMessage> SetAsync(HttpClient client, string from, string? to = null, bool acknowledge = false) =>
        client.PostAsJsonAsync(Path, new { userClass = "academic", validFrom = from, validTo = to, chargeFor = "used", ratePerHour = Yuan("200.00"), acknowledgeBookings = acknowledge });

    private async Task<List<string>> PeriodsAsync() =>
        [.. (await (await api.GetAsync(Path)).JsonAsync()).GetProperty("items").EnumerateArray()
            .Select(p => $"{p.GetProperty("validFrom").GetString()}..{p.GetProperty("validTo").GetString()} {p.GetProperty("ratePerHour").GetProperty("amount").GetString()}")];
}
