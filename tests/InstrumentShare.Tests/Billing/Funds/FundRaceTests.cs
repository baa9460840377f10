using System.Net;
using System.Net.Http.Json;
using InstrumentShare.Access;
using InstrumentShare.Billing.Ledger;
using InstrumentShare.Catalog;
using InstrumentShare.Tests.Bookings;
using InstrumentShare.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using NodaTime;

namespace InstrumentShare.Tests.Billing.Funds;

/// <summary>Many clients at once, on two nodes, for one fund's last money.</summary>
public sealed class FundRaceTests(TestHost host) : IClassFixture<TestHost>
{
    private const int Clients = 64;
    private const int AtOnce = 8;
    private const int Rounds = 4;

    [Fact]
    public async Task Sixty_four_clients_that_spend_a_funds_last_100_yuan_never_overspend_it()
    {
        await using var second = host.NewNode();
        var owner = await host.Given.InstitutionAsync();
        await host.Given.TermsAsync(owner, demandsFund: true);
        var instruments = new List<Instrument>();
        var members = new List<Person>();
        for (var i = 0; i < AtOnce; i++)
        {
            instruments.Add(await host.Given.InstrumentAsync(owner));
            await host.Given.PricesAsync(instruments[i], perHour: 2_500);
            members.Add(await host.Given.PersonAsync(owner));
        }

        var group = await host.Given.GroupAsync(owner, members[0], [.. members.Skip(1)]);
        var clients = new List<HttpClient>();
        for (var i = 0; i < Clients; i++) clients.Add(await (i % 2 == 0 ? host.First : second).ApiAsync(members[i % AtOnce]));
        for (var round = 0; round < Rounds; round++)
        {
            var fund = await host.Given.FundAsync(group, 10_000);
            var (day, start) = (new LocalDate(2026, 3, 3).PlusDays(round), new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
            var tries = clients.Select(async (client, i) =>
            {
                await start.Task;
                return await client.PostAsJsonAsync("/api/v1/bookings", new
                {
                    instrumentId = instruments[i % AtOnce].Id.Value, startsAt = Day.At(day, 9 + i / AtOnce).ToString(), endsAt = Day.At(day, 10 + i / AtOnce).ToString(), serviceMode = "selfOperated", fundId = fund.Id,
                });
            }).ToList();
            start.SetResult();
            var answers = await Task.WhenAll(tries);
            var codes = new List<string>();
            foreach (var answer in answers) codes.Add(answer.StatusCode == HttpStatusCode.Created ? "201" : $"{(int)answer.StatusCode} {await answer.CodeAsync()}");
            codes.GroupBy(c => c).ToDictionary(g => g.Key, g => g.Count()).ShouldBe(new Dictionary<string, int> { ["201"] = 4, ["409 fund.short"] = 60 }, ignoreOrder: true);
            (await host.ScalarAsync<long>("SELECT balance_fen - held_fen FROM ledger_accounts WHERE id = @id", ("id", fund.Id))).ShouldBe(0);
            (await host.ScalarAsync<long>("SELECT sum(fen)::bigint FROM fund_holds WHERE account_id = @id", ("id", fund.Id))).ShouldBe(10_000);
        }

        (await host.Services.GetRequiredService<ProveLedger>().RunAsync()).Findings.ShouldBeEmpty();
    }

    [Fact]
    public async Task Splits_over_the_same_funds_in_turned_order_block_nobody_and_overspend_none()
    {
        var owner = await host.Given.InstitutionAsync();
        var instrument = await host.Given.InstrumentAsync(owner, capacity: 32);
        await host.Given.PricesAsync(instrument, perHour: 2_000);
        var people = new List<Person>();
        for (var i = 0; i < AtOnce; i++) people.Add(await host.Given.PersonAsync(owner));
        var group = await host.Given.GroupAsync(owner, people[0], [.. people.Skip(1)]);
        var (one, two) = (await host.Given.FundAsync(group, 5_000), await host.Given.FundAsync(group, 5_000));
        var splits = new[] { await host.Given.SplitAsync(group, (one, 5_000), (two, 5_000)), await host.Given.SplitAsync(group, (two, 5_000), (one, 5_000)) };
        var tries = people.SelectMany((person, i) => Enumerable.Range(9, 4).Select(async hour =>
        {
            using var client = await host.ApiAsync(person);
            return await client.PostAsJsonAsync("/api/v1/bookings", new { instrumentId = instrument.Id.Value, startsAt = Day.Tomorrow(hour).ToString(), endsAt = Day.Tomorrow(hour + 1).ToString(), serviceMode = "selfOperated", fundId = splits[(i + hour) % 2].Id });
        }));
        var answers = await Task.WhenAll(tries);
        answers.Count(a => a.StatusCode == HttpStatusCode.Created).ShouldBe(5);
        foreach (var refused in answers.Where(a => a.StatusCode != HttpStatusCode.Created)) await refused.ShouldRefuseAsync(HttpStatusCode.Conflict, "fund.short");
        (await host.ScalarAsync<long>("SELECT sum(balance_fen - held_fen)::bigint FROM ledger_accounts WHERE id IN (@one, @two)", ("one", one.Id), ("two", two.Id))).ShouldBe(0);
    }
}
