using System.Net;
using System.Text.Json;
using InstrumentShare.Access;
using InstrumentShare.Catalog;
using InstrumentShare.Tests.Support;
using NodaTime;

namespace InstrumentShare.Tests.Bookings;

/// <summary>The first promise of the program: one instrument is never booked twice, from however many nodes.</summary>
[Trait("Category", "Guarantee")]
public sealed class SameSlotTests(SameSlotTests.BusyHost host) : IClassFixture<SameSlotTests.BusyHost>
{
    private const int Clients = 64;
    private const int Rounds = 200;

    public sealed class BusyHost : TestHost
    {
        public Node Second { get; private set; } = null!;

        public override async Task InitializeAsync()
        {
            await base.InitializeAsync();
            First.UseKestrel(0);
            First.StartServer();
            Second = NewNode();
            Second.UseKestrel(0);
            Second.StartServer();
        }

        public override async Task DisposeAsync()
        {
            await Second.DisposeAsync();
            await base.DisposeAsync();
        }
    }

    [Fact]
    public async Task Of_64_clients_on_two_nodes_exactly_one_gets_each_of_200_slots()
    {
        var institution = await host.Given.InstitutionAsync();
        var instruments = new List<Instrument>();
        for (var i = 0; i < 4; i++) instruments.Add(await host.Given.InstrumentAsync(institution, opensHour: 0, closesHour: 24, rules: r => r with { HorizonDays = 60 }));
        var people = new List<Person>();
        for (var i = 0; i < 8; i++) people.Add(await host.Given.PersonAsync(institution));
        var clients = new List<HttpClient>();
        for (var i = 0; i < Clients; i++) clients.Add(await (i % 2 == 0 ? host.First : host.Second).ApiAsync(people[i % people.Count]));

        var wrong = new List<string>();
        for (var round = 0; round < Rounds; round++)
        {
            var (instrument, startsAt) = (instruments[round % instruments.Count], Day.At(new LocalDate(2026, 3, 3), 0) + Duration.FromMinutes(60 * (round / instruments.Count)));
            var start = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            var racing = clients.Select(async (client, i) =>
            {
                await start.Task;
                // Half of them want the same hour, half one that overlaps it by half.
                var from = i % 4 < 2 ? startsAt : startsAt + Duration.FromMinutes(30);
                using var answer = await client.BookAsync(instrument, from, startsAt + Duration.FromMinutes(60));
                return (answer.StatusCode, Code: answer.StatusCode == HttpStatusCode.Created ? null : JsonSerializer.Deserialize<JsonElement>(await answer.Content.ReadAsStringAsync()).GetProperty("code").GetString());
            }).ToList();
            start.SetResult();
            var answers = await Task.WhenAll(racing);
            var won = answers.Count(a => a.StatusCode == HttpStatusCode.Created);
            if (won != 1) wrong.Add($"round {round}: {won} won");
            wrong.AddRange(answers.Where(a => a.StatusCode != HttpStatusCode.Created && (a.StatusCode, a.Code) != (HttpStatusCode.Conflict, "booking.overlap")).Select(a => $"round {round}: {a.StatusCode} {a.Code}"));
        }

        wrong.ShouldBeEmpty();
        (await host.ScalarAsync<long>("SELECT count(*) FROM bookings")).ShouldBe(Rounds);
        (await host.ScalarAsync<long>("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")).ShouldBe(0);
    }
}
