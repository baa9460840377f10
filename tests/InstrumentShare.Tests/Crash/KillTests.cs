using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using InstrumentShare.Access;
using InstrumentShare.Catalog;
using InstrumentShare.Tests.Support;
using NodaTime;
using Npgsql;

namespace InstrumentShare.Tests.Crash;

[Trait("Category", "Guarantee")]
public sealed class KillTests
{
    private const int Kills = 20;
    private const int Clients = 8;
    private const int Instruments = 40;

    [Fact]
    public async Task Every_booking_that_was_answered_survives_twenty_kills_of_program_and_database()
    {
        await using var program = new ProgramProcess();
        await program.StartAsync();
        var (person, instruments) = await PrepareAsync(program);
        var answered = new ConcurrentBag<Guid>();
        var next = -1;
        for (var kill = 0; kill < Kills; kill++)
        {
            var token = await SignInAsync(program, person);
            using var stop = new CancellationTokenSource();
            var load = Enumerable.Range(0, Clients).Select(_ => BookUntilKilledAsync(program, token, instruments, () => Interlocked.Increment(ref next), answered, stop.Token)).ToList();
            // In the midst of the load, however slow the machine: some answers have come, more are under way.
            var before = answered.Count;
            for (var waited = 0; answered.Count < before + Clients && waited < 1500; waited++) await Task.Delay(40);
            await Task.Delay(kill * 37 % 400);
            await program.KillAsync(databaseToo: kill % 2 == 0);
            await stop.CancelAsync();
            await Task.WhenAll(load);
            await program.StartAsync();
            await AssertWholeAsync(program, answered);
        }

        answered.Count.ShouldBeGreaterThanOrEqualTo(Kills * Clients);
    }

    [Fact]
    public async Task The_program_stops_cleanly_and_refuses_a_rival_on_its_folder()
    {
        await using var program = new ProgramProcess();
        await program.StartAsync();
        var (exitCode, said) = await program.StartRivalAsync();
        exitCode.ShouldBe(1);
        said.ShouldStartWith("Another InstrumentShare is using the data folder");
        (await program.StopAsync()).ShouldBe(0);
        program.DatabaseRuns.ShouldBeFalse();
        await program.StartAsync();
    }

    private static async Task<(Person Person, List<Instrument> Instruments)> PrepareAsync(ProgramProcess program)
    {
        var database = new OutsideDatabase(program.ConnectionString);
        await database.InitializeAsync();
        try
        {
            var given = new Given(database, SystemClock.Instance);
            var institution = await given.InstitutionAsync();
            var person = await given.PersonAsync(institution);
            var instruments = new List<Instrument>();
            for (var i = 0; i < Instruments; i++) instruments.Add(await given.InstrumentAsync(institution, opensHour: 0, closesHour: 24));
            return (person, instruments);
        }
        finally
        {
            await database.DisposeAsync();
        }
    }

    private static async Task<string> SignInAsync(ProgramProcess program, Person person)
    {
        using var http = new HttpClient { BaseAddress = new Uri(program.Address) };
        var answer = await http.PostAsJsonAsync("/api/v1/account/login", new { email = person.Email, password = Given.Password });
        answer.EnsureSuccessStatusCode();
        return (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("accessToken").GetString()!;
    }

    private static async Task BookUntilKilledAsync(ProgramProcess program, string token, List<Instrument> instruments, Func<int> next, ConcurrentBag<Guid> answered, CancellationToken stop)
    {
        using var http = new HttpClient { BaseAddress = new Uri(program.Address) };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        var tomorrow = SystemClock.Instance.GetCurrentInstant().InUtc().Date.PlusDays(1).AtMidnight().InUtc().ToInstant();
        while (!stop.IsCancellationRequested)
        {
            var number = next();
            var startsAt = tomorrow + Duration.FromMinutes(15 * (number / instruments.Count));
            try
            {
                var answer = await http.PostAsJsonAsync("/api/v1/bookings", new
                {
                    instrumentId = instruments[number % instruments.Count].Id.Value, startsAt = startsAt.ToString(), endsAt = (startsAt + Duration.FromMinutes(15)).ToString(), serviceMode = "selfOperated", purpose = "x",
                }, stop);
                if (answer.StatusCode == HttpStatusCode.Created) answered.Add((await answer.Content.ReadFromJsonAsync<JsonElement>(stop)).GetProperty("id").GetGuid());
                else if (answer.StatusCode != HttpStatusCode.InternalServerError) throw new InvalidOperationException(await answer.Content.ReadAsStringAsync(stop));
            }
            catch (Exception lost) when (lost is HttpRequestException or OperationCanceledException or IOException)
            {
                // The answer never came: the booking may or may not stand, and nobody was told that it does.
            }
        }
    }

    private static async Task AssertWholeAsync(ProgramProcess program, ConcurrentBag<Guid> answered)
    {
        await using var connection = new NpgsqlConnection(program.ConnectionString);
        await connection.OpenAsync();
        (await CountAsync("SELECT count(*) FROM bookings WHERE id = ANY($1)", answered.ToArray())).ShouldBe(answered.Count, "an answered booking is gone");
        (await CountAsync("SELECT count(*) FROM bookings b WHERE NOT EXISTS (SELECT 1 FROM events e WHERE e.subject_id = b.id)")).ShouldBe(0, "a booking without its event");
        (await CountAsync("SELECT count(*) FROM events e WHERE e.name LIKE 'booking.%' AND NOT EXISTS (SELECT 1 FROM bookings b WHERE b.id = e.subject_id)")).ShouldBe(0, "an event without its booking");

        async Task<long> CountAsync(string sql, Guid[]? ids = null)
        {
            await using var command = new NpgsqlCommand(sql, connection);
            if (ids is not null) command.Parameters.AddWithValue(ids);
            return (long)(await command.ExecuteScalarAsync())!;
        }
    }

    private sealed class OutsideDatabase(string connectionString) : TestDatabase
    {
        public override Task InitializeAsync()
        {
            Open(connectionString);
            return Task.CompletedTask;
        }

        public override async Task DisposeAsync() => await DataSource.DisposeAsync();
    }
}
