using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using InstrumentShare.Access;
using InstrumentShare.Catalog;
using InstrumentShare.Kernel;
using InstrumentShare.Tests.Support;
using NodaTime;
using Npgsql;

namespace InstrumentShare.Tests.Bookings;

/// <summary>
/// Throws random operations at one database from eight threads and proves the calendar that is left against a simple model: each
/// booking is what its last successful answer said, nothing is held twice, and no limit is passed.
/// </summary>
public sealed class CalendarModelTests(TestHost host) : IClassFixture<TestHost>
{
    private const int Threads = 8;
    private const int Operations = 100_000;
    private const int DayLimitMinutes = 180;
    private const int CoolingMinutes = 15;
    private static readonly LocalDate First = new(2026, 3, 3);

    /// <summary>What an answer said a booking is.</summary>
    private sealed record Said(Guid Id, int Version, string Status, Instant StartsAt, Instant EndsAt);

    private sealed record Row(Guid Id, Guid InstrumentId, Guid PersonId, short Unit, string Status, int Version, TimeSlot Slot, TimeSlot Held);

    /// <summary>Where people book: single, with cooling and approval, a tray of ten, and one with a limit per day.</summary>
    private sealed record Places(Instrument Single, Instrument Approved, Instrument Tray, Instrument Limited)
    {
        public Instrument[] Free => [Single, Approved, Tray];
    }

    [Fact]
    public async Task A_hundred_thousand_random_operations_leave_a_calendar_that_a_simple_model_explains()
    {
        var institution = await host.Given.InstitutionAsync();
        var places = new Places(
            await host.Given.InstrumentAsync(institution, rules: r => r with { HorizonDays = 60 }),
            await host.Given.InstrumentAsync(institution, rules: r => r with { HorizonDays = 60, ApprovalRequired = true, CoolingMinutes = CoolingMinutes }),
            await host.Given.InstrumentAsync(institution, capacity: 10, rules: r => r with { HorizonDays = 60 }),
            await host.Given.InstrumentAsync(institution, capacity: 5, rules: r => r with { HorizonDays = 60, PersonDayMinutes = DayLimitMinutes }));
        var manager = await host.Given.PersonWithRoleAsync(Role.LabManager, institution);
        var people = new List<HttpClient>();
        var limited = new List<HttpClient>();
        for (var i = 0; i < 8; i++) people.Add(await host.ApiAsync(await host.Given.PersonAsync(institution)));
        for (var i = 0; i < 4; i++) limited.Add(await host.ApiAsync(await host.Given.PersonAsync(institution)));

        var (said, refusals, wrong) = (new ConcurrentBag<Said>(), new ConcurrentDictionary<string, int>(), new ConcurrentBag<string>());
        var known = new ConcurrentDictionary<int, (Guid Id, HttpClient Owner)>();
        await Task.WhenAll(Enumerable.Range(0, Threads).Select(thread => Task.Run(async () =>
        {
            var random = new Random(2026 + thread);
            var staff = await host.ApiAsync(manager);
            for (var i = 0; i < Operations / Threads; i++)
            {
                var (request, owner) = Next(random, places, people, limited, staff, known);
                using var answer = await request();
                await NoteAsync(answer, owner, said, known, refusals, wrong);
            }
        })));

        wrong.Take(5).ShouldBeEmpty();
        var rows = await RowsAsync();
        ShouldBeAsSaid(rows, said);
        ShouldHoldNothingTwice(rows);
        ShouldKeepLimits(rows.Where(r => r.InstrumentId == places.Limited.Id.Value));
        rows.Where(r => r.InstrumentId == places.Approved.Id.Value).ShouldAllBe(r => r.Held == r.Slot.Widen(Duration.Zero, Duration.FromMinutes(CoolingMinutes)));
        (await host.ScalarAsync<long>("SELECT count(*) FROM events WHERE name LIKE 'booking.%'")).ShouldBe(said.Count, "one event for each change");
        (await host.ScalarAsync<long>("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")).ShouldBe(0);
        // The run is worth something only when it met what it is about.
        new[] { "booking.overlap", "booking.day-limit", "booking.state" }.ShouldAllBe(code => refusals.ContainsKey(code));
        said.Select(s => s.Status).Distinct().Order().ShouldBe(["cancelled", "confirmed", "rejected", "requested"]);
    }

    private static (Func<Task<HttpResponseMessage>> Request, HttpClient Owner) Next(
        Random random, Places places, List<HttpClient> people, List<HttpClient> limited, HttpClient staff, ConcurrentDictionary<int, (Guid Id, HttpClient Owner)> known)
    {
        var start = Day.At(First.PlusDays(random.Next(0, 40)), 8) + Duration.FromMinutes(15 * random.Next(0, 44));
        var end = start + Duration.FromMinutes(15 * random.Next(1, 9));
        var booked = !known.IsEmpty && known.TryGetValue(random.Next(Math.Max(0, known.Count - 3000), known.Count), out var some) ? some : default;
        switch (booked.Owner is null ? 0 : random.Next(100))
        {
            case < 50:
                // Some people book limited instruments only, so that the limit can be proved of what is left.
                var owner = random.Next(4) == 0 ? limited[random.Next(limited.Count)] : people[random.Next(people.Count)];
                var instrument = limited.Contains(owner) ? places.Limited : places.Free[random.Next(3)];
                return (() => owner.BookAsync(instrument, start, end), owner);
            case < 72:
                return (() => booked.Owner!.PostAsJsonAsync($"/api/v1/bookings/{booked.Id}/reschedule", new { startsAt = start.ToString(), endsAt = end.ToString() }), booked.Owner!);
            case < 90:
                return (() => booked.Owner!.PostAsJsonAsync($"/api/v1/bookings/{booked.Id}/cancel", new { }), booked.Owner!);
            case < 96:
                return (() => staff.PostAsync($"/api/v1/bookings/{booked.Id}/approve", null), booked.Owner!);
            default:
                return (() => staff.PostAsJsonAsync($"/api/v1/bookings/{booked.Id}/reject", new { reason = "样品不符" }), booked.Owner!);
        }
    }

    private static async Task NoteAsync(HttpResponseMessage answer, HttpClient owner, ConcurrentBag<Said> said, ConcurrentDictionary<int, (Guid Id, HttpClient Owner)> known, ConcurrentDictionary<string, int> refusals, ConcurrentBag<string> wrong)
    {
        var body = await answer.Content.ReadFromJsonAsync<JsonElement>();
        if (answer.IsSuccessStatusCode)
        {
            var id = body.GetProperty("id").GetGuid();
            said.Add(new Said(id, body.GetProperty("version").GetInt32(), body.GetProperty("status").GetString()!, At(body, "startsAt"), At(body, "endsAt")));
            if (answer.StatusCode == HttpStatusCode.Created) while (!known.TryAdd(known.Count, (id, owner))) { }
            return;
        }

        if (answer.StatusCode != HttpStatusCode.Conflict) wrong.Add($"{(int)answer.StatusCode} {body}");
        refusals.AddOrUpdate(body.GetProperty("code").GetString()!, 1, (_, n) => n + 1);
    }

    private static void ShouldBeAsSaid(List<Row> rows, IReadOnlyCollection<Said> said)
    {
        var last = said.GroupBy(s => s.Id).ToDictionary(g => g.Key, g => g.OrderBy(s => s.Version).ToList());
        rows.Count.ShouldBe(last.Count, "every booking that was answered is there, and no other");
        foreach (var row in rows)
        {
            var answers = last[row.Id];
            answers.Select(a => a.Version).ShouldBe(Enumerable.Range(1, answers.Count), $"booking {row.Id}: each success is one version");
            var newest = answers[^1];
            (row.Status, row.Version, row.Slot.StartsAt, row.Slot.EndsAt).ShouldBe((newest.Status, newest.Version, newest.StartsAt, newest.EndsAt), $"booking {row.Id}");
        }
    }

    private static void ShouldHoldNothingTwice(IEnumerable<Row> rows)
    {
        foreach (var unit in rows.Where(r => r.Status is "requested" or "confirmed").GroupBy(r => (r.InstrumentId, r.Unit)))
        {
            var held = unit.OrderBy(r => r.Held.StartsAt).ToList();
            for (var i = 1; i < held.Count; i++) held[i - 1].Held.Overlaps(held[i].Held).ShouldBeFalse($"{held[i - 1]} and {held[i]}");
        }
    }

    private static void ShouldKeepLimits(IEnumerable<Row> rows)
    {
        var perDay = rows.Where(r => r.Status is "requested" or "confirmed").GroupBy(r => (r.PersonId, r.Slot.StartsAt.InZone(DateTimeZoneProviders.Tzdb["Asia/Shanghai"]).Date)).Select(g => g.Sum(r => r.Slot.Length.TotalMinutes)).ToList();
        perDay.ShouldNotBeEmpty();
        perDay.Max().ShouldBeLessThanOrEqualTo(DayLimitMinutes);
    }

    private async Task<List<Row>> RowsAsync()
    {
        await using var source = NpgsqlDataSource.Create(host.ConnectionString);
        await using var command = source.CreateCommand("SELECT id, instrument_id, person_id, unit, status, version, starts_at, ends_at, lower(held), upper(held) FROM bookings");
        await using var reader = await command.ExecuteReaderAsync();
        var rows = new List<Row>();
        while (await reader.ReadAsync())
            rows.Add(new Row(reader.GetGuid(0), reader.GetGuid(1), reader.GetGuid(2), reader.GetInt16(3), reader.GetString(4), reader.GetInt32(5), Slot(reader, 6), Slot(reader, 8)));
        return rows;
    }

    private static TimeSlot Slot(NpgsqlDataReader reader, int column) => new(Instant.FromDateTimeUtc(reader.GetFieldValue<DateTime>(column)), Instant.FromDateTimeUtc(reader.GetFieldValue<DateTime>(column + 1)));

    private static Instant At(JsonElement body, string name) => NodaTime.Text.InstantPattern.ExtendedIso.Parse(body.GetProperty(name).GetString()!).Value;
}
