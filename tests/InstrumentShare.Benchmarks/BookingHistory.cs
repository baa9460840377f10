using InstrumentShare.Demo;
using NodaTime;
using Npgsql;
using NpgsqlTypes;

namespace InstrumentShare.Benchmarks;

/// <summary>A year of finished bookings and three in a hundred ahead, in the order in which they would have arrived.</summary>
internal static class BookingHistory
{
    private const int HoursBack = 365 * 24;
    private const int HoursAhead = 28 * 24;
    private const string Columns = "instrument_id, id, unit, person_id, institution_id, service_mode, purpose, status, starts_at, ends_at, held, user_class, estimate_fen, estimate_currency, rules_version, created_by, created_at";

    /// <summary>The hour around which the data lies; ahead of it the first four weeks are partly taken.</summary>
    public static readonly Instant Now = Hour(SystemClock.Instance.GetCurrentInstant());

    public static Task LoadAsync(Bench bench) => BulkLoad.RunAsync(bench, "bookings", ["booking.overlap", "bookings_pkey"], connection => CopyAsync(bench, connection));

    private static async Task CopyAsync(Bench bench, NpgsqlConnection connection)
    {
        var (region, random, count) = (bench.Region, new DemoRandom(11), bench.Settings.Bookings);
        var ahead = count * 3 / 100;
        await using var writer = await connection.BeginBinaryImportAsync($"COPY bookings ({Columns}) FROM STDIN (FORMAT binary)");
        writer.Timeout = TimeSpan.FromHours(1);
        for (var i = 0; i < count; i++)
        {
            // Every instrument's n-th booking lies in the n-th part of the year, so that none lies over another.
            var isAhead = i >= count - ahead;
            var (n, of) = isAhead ? (i - (count - ahead), ahead) : (i, count - ahead);
            var (instrument, hour) = Place(region, n, of, isAhead ? HoursAhead : HoursBack);
            var start = isAhead ? Now + Duration.FromHours(hour + 1) : Now - Duration.FromHours(HoursBack - hour + 2);
            await WriteAsync(writer, region, random, region.Instruments[instrument], start, isAhead);
        }

        await writer.CompleteAsync();
    }

    // Nine of ten go round the busy instruments, one the others; each round takes the next hours.
    private static (int Instrument, int Hour) Place(BenchRegion region, int n, int of, int hours)
    {
        var (busy, quiet) = (region.Busy, region.Instruments.Count - region.Busy);
        var (within, size, first, share) = n % 10 != 9 || quiet == 0 ? (n - (n / 10), busy, 0, of * 9L / 10) : (n / 10, quiet, busy, of / 10L);
        var rounds = Math.Max(1, (share + size - 1) / size);
        var width = Math.Max(1, hours / (rounds + 1));
        return (first + (within % size), (int)((within / size * width) + (within * 7919L % size * width / size)));
    }

    private static async Task WriteAsync(NpgsqlBinaryImporter writer, BenchRegion region, DemoRandom random, (Guid Id, Guid Institution) instrument, Instant start, bool isAhead)
    {
        var person = region.People[random.Below(region.People.Count)];
        var (starts, ends) = (start.ToDateTimeUtc(), (start + Duration.FromHours(1)).ToDateTimeUtc());
        await writer.StartRowAsync();
        await writer.WriteAsync(instrument.Id, NpgsqlDbType.Uuid);
        await writer.WriteAsync(random.Id(start - Duration.FromDays(3)), NpgsqlDbType.Uuid);
        await writer.WriteAsync((short)1, NpgsqlDbType.Smallint);
        await writer.WriteAsync(person.Id, NpgsqlDbType.Uuid);
        await writer.WriteAsync(person.Institution, NpgsqlDbType.Uuid);
        await writer.WriteAsync("selfOperated", NpgsqlDbType.Text);
        await writer.WriteAsync("样品形貌表征", NpgsqlDbType.Text);
        await writer.WriteAsync(isAhead ? "confirmed" : "completed", NpgsqlDbType.Text);
        await writer.WriteAsync(starts, NpgsqlDbType.TimestampTz);
        await writer.WriteAsync(ends, NpgsqlDbType.TimestampTz);
        await writer.WriteAsync(new NpgsqlRange<DateTime>(starts, true, ends, false), NpgsqlDbType.TimestampTzRange);
        await writer.WriteAsync(person.Institution == instrument.Institution ? "internal" : "academic", NpgsqlDbType.Text);
        await writer.WriteAsync(10_000L, NpgsqlDbType.Bigint);
        await writer.WriteAsync("CNY", NpgsqlDbType.Text);
        await writer.WriteAsync(1L, NpgsqlDbType.Bigint);
        await writer.WriteAsync(person.Id, NpgsqlDbType.Uuid);
        await writer.WriteAsync((start - Duration.FromDays(3)).ToDateTimeUtc(), NpgsqlDbType.TimestampTz);
    }

    private static Instant Hour(Instant instant) => Instant.FromUnixTimeSeconds(instant.ToUnixTimeSeconds() / 3600 * 3600);
}
