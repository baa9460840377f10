using System.Net;
using System.Net.Http.Json;
using NodaTime;
using NodaTime.Text;
using Npgsql;
using NpgsqlTypes;

namespace InstrumentShare.Benchmarks;

/// <summary>Bookings through HTTP against the same rows in plain SQL under the same constraint on as many connections: by simple rules, and with every rule and gate at work.</summary>
internal static class BookingsBenchmark
{
    private const int Instruments = BenchRegion.Some - 1;
    private const int FirstHour = 29 * 24;
    private const int Hours = 660 * 24;

    // Shares no divisor with the hours, and is far from them: one hour after another lies elsewhere in the two years.
    private const long Stride = 4897;

    private const string PlainSql = """
        WITH booking AS (
            INSERT INTO bookings (instrument_id, id, unit, person_id, institution_id, service_mode, purpose, status, starts_at, ends_at, held, user_class, estimate_fen, estimate_currency, rules_version, created_by, created_at)
            VALUES ($1, $2, 1, $3, $4, 'selfOperated', 'benchmark', 'confirmed', $5, $6, tstzrange($5, $6), 'academic', 10000, 'CNY', 1, $3, $7)
            ON CONFLICT ON CONSTRAINT "booking.overlap" DO NOTHING RETURNING id
        ), event AS (
            INSERT INTO events (name, occurred_at, subject_id, instrument_id, institution_id, person_id, payload) SELECT 'booking.confirmed', $7, id, $1, $4, $3, $8 FROM booking
        ), mail AS (
            INSERT INTO outbox_messages (id, kind, recipient, person_id, language, data, created_at, next_attempt_at) SELECT $2, 'booking.confirmed', $9, $3, 'zh-CN', $8, $7, $7 FROM booking
        )
        SELECT id FROM booking
        """;

    // What two clients may do to each other; any other refusal is a mistake in the measurement.
    private static readonly string[] Met = ["\"booking.overlap\"", "\"booking.gap\"", "\"booking.one-at-a-time\"", "\"booking.outside-share\""];

    private static readonly Instant Start = BookingHistory.Now + Duration.FromHours(FirstHour);
    private static readonly int[] taken = new int[Bench.MaxClients];
    private static int next;
    private static readonly int[] Racers = [8, 32];
    private static int tries;
    private static int raced;

    public static async Task RunAsync(Bench bench)
    {
        var (http, members) = (await ClientsAsync(bench, bench.Region.People), await ClientsAsync(bench, bench.Region.Members));
        var connections = new List<NpgsqlCommand>();
        for (var i = 0; i < Bench.MaxClients; i++) connections.Add(await PreparedAsync(bench, i));

        Report.Heading("Bookings per second, each a free slot on one of some 240 instruments");
        await CompareAsync(bench, http, connections, "Bookings", Free, _ => Free());
        Report.Note("Aim: HTTP ÷ SQL at least 0.4 at 32 clients. Elsewhere, at 32 clients: NEMO 29 bookings/s, MRBS 91.");

        Report.Heading("The same with every rule at work");
        await CompareAsync(bench, members, connections, "Bookings by every rule", () => OddHour(bench), client => EvenHour(bench, client));
        Report.Note("Aim: HTTP ÷ SQL at least 0.3 at 32 clients. The instruments limit number and time by day, week and month, calendar and rolling, by person, group and institution, ask for gaps, one instrument at a time, cooling and a share of hours for others, a certificate, a credit score, house rules read and feedback given; the plain SQL asks none of it.");

        var rows = new List<string>();
        Report.Heading("The same, all clients racing for the next slot of one instrument");
        foreach (var clients in Racers)
        {
            Report.Progress($"Racing bookings, {clients} clients");
            var sql = await RaceAsync(bench, clients, client => InsertAsync(connections[client], bench, client, Contended(clients)));
            var web = await RaceAsync(bench, clients, client => PostAsync(http[client], bench, Contended(clients)));
            rows.Add($"{clients} | {Report.Number(sql.PerSecond)} | {Report.Number(sql.DonePerSecond)} | {Report.Number(web.PerSecond)} | {Report.Number(web.DonePerSecond)} | {web.Percentiles}");
        }

        Report.Table("clients | plain SQL tries/s | booked/s | HTTP tries/s | booked/s | HTTP p50 ms | p95 ms | p99 ms", rows);
        foreach (var command in connections)
        {
            await command.Connection!.DisposeAsync();
            await command.DisposeAsync();
        }
    }

    private static async Task CompareAsync(Bench bench, List<HttpClient> http, List<NpgsqlCommand> connections, string what, Func<(int Instrument, Instant StartsAt)> ofSql, Func<int, (int Instrument, Instant StartsAt)> ofWeb)
    {
        var rows = new List<string>();
        foreach (var clients in new[] { 1, 8, 32 })
        {
            Report.Progress($"{what}, {clients} clients");
            var sql = await Load.RunAsync(clients, bench.Settings.Time, client => InsertAsync(connections[client], bench, client, ofSql()));
            var web = await Load.RunAsync(clients, bench.Settings.Time, client => PostAsync(http[client], bench, ofWeb(client)), bench.CpuTime);
            rows.Add($"{clients} | {Report.Number(sql.DonePerSecond)} | {Report.Number(web.DonePerSecond)} | {Report.Ratio(web.DonePerSecond / sql.DonePerSecond)} | {web.Percentiles} | {web.Cpu}");
        }

        Report.Table("clients | plain SQL/s | HTTP/s | HTTP ÷ SQL | HTTP p50 ms | p95 ms | p99 ms | program's CPU ms a request | PostgreSQL's", rows);
    }

    // Scattered hours, so that neither side writes to one page of the index only.
    private static (int Instrument, Instant StartsAt) Free()
    {
        var n = Interlocked.Increment(ref next);
        return (n % Instruments, Start + Duration.FromHours(n / Instruments * Stride % Hours));
    }

    // The plain SQL has odd hours, so that it does not fill the days of those who book by the rules.
    private static (int Instrument, Instant StartsAt) OddHour(Bench bench)
    {
        var n = Interlocked.Increment(ref next);
        return (bench.Region.Busy + n % bench.Region.Strict, Start + Duration.FromHours(1 + 2 * (n / bench.Region.Strict * Stride % (Hours / 2))));
    }

    // Nobody is at two instruments in one hour, and no two at one.
    private static (int Instrument, Instant StartsAt) EvenHour(Bench bench, int client)
    {
        var n = ++taken[client];
        return (bench.Region.Busy + (client * 7 + n) % bench.Region.Strict, Start + Duration.FromHours(2 * (n * Stride % (Hours / 2))));
    }

    // Every slot is asked for by each of the clients; the instrument is one that no free slot lies on, and no race comes by a slot of another.
    private static (int Instrument, Instant StartsAt) Contended(int clients) => (-1, Start + Duration.FromHours((raced + (Interlocked.Increment(ref tries) / clients)) % Hours));

    private static Task<Measured> RaceAsync(Bench bench, int clients, Func<int, Task<bool>> one)
    {
        (raced, tries) = (raced + (tries / Racers[0]) + 1, 0);
        return Load.RunAsync(clients, bench.Settings.Time, one);
    }

    private static async Task<List<HttpClient>> ClientsAsync(Bench bench, IEnumerable<(Guid Id, Guid Institution, string Email)> people)
    {
        var clients = new List<HttpClient>();
        foreach (var person in people.Take(Bench.MaxClients)) clients.Add(await bench.ClientAsync(person.Email));
        return clients;
    }

    private static Guid InstrumentOf(Bench bench, int place) => bench.Region.Instruments[place < 0 ? bench.Region.Contended : place].Id;

    private static async Task<bool> PostAsync(HttpClient client, Bench bench, (int Instrument, Instant StartsAt) slot)
    {
        var body = new
        {
            instrumentId = InstrumentOf(bench, slot.Instrument), startsAt = InstantPattern.ExtendedIso.Format(slot.StartsAt),
            endsAt = InstantPattern.ExtendedIso.Format(slot.StartsAt + Duration.FromHours(1)), serviceMode = "selfOperated", purpose = "benchmark",
        };
        using var answer = await client.PostAsJsonAsync("/api/v1/bookings", body);
        if (answer.StatusCode == HttpStatusCode.Created) return true;
        var text = await answer.Content.ReadAsStringAsync();
        return answer.StatusCode == HttpStatusCode.Conflict && Met.Any(code => text.Contains(code, StringComparison.Ordinal)) ? false : throw new InvalidOperationException($"{(int)answer.StatusCode}: {text}");
    }

    private static async Task<NpgsqlCommand> PreparedAsync(Bench bench, int client)
    {
        var person = bench.Region.People[client];
        var command = new NpgsqlCommand(PlainSql, await bench.Database.OpenConnectionAsync())
        {
            Parameters =
            {
                new() { NpgsqlDbType = NpgsqlDbType.Uuid }, new() { NpgsqlDbType = NpgsqlDbType.Uuid }, new() { NpgsqlDbType = NpgsqlDbType.Uuid, Value = person.Id },
                new() { NpgsqlDbType = NpgsqlDbType.Uuid, Value = person.Institution }, new() { NpgsqlDbType = NpgsqlDbType.TimestampTz }, new() { NpgsqlDbType = NpgsqlDbType.TimestampTz },
                new() { NpgsqlDbType = NpgsqlDbType.TimestampTz }, new() { NpgsqlDbType = NpgsqlDbType.Jsonb, Value = """{"status":"confirmed","instrument":"场发射扫描电子显微镜"}""" },
                new() { NpgsqlDbType = NpgsqlDbType.Text, Value = person.Email },
            },
        };
        await command.PrepareAsync();
        return command;
    }

    private static async Task<bool> InsertAsync(NpgsqlCommand command, Bench bench, int client, (int Instrument, Instant StartsAt) slot)
    {
        var p = command.Parameters;
        p[0].Value = InstrumentOf(bench, slot.Instrument);
        p[1].Value = Guid.CreateVersion7();
        p[4].Value = slot.StartsAt.ToDateTimeUtc();
        p[5].Value = (slot.StartsAt + Duration.FromHours(1)).ToDateTimeUtc();
        p[6].Value = SystemClock.Instance.GetCurrentInstant().ToDateTimeUtc();
        return await command.ExecuteScalarAsync() is not null;
    }
}
