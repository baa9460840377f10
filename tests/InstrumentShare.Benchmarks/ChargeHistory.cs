using InstrumentShare.Demo;
using NodaTime;
using Npgsql;
using NpgsqlTypes;

namespace InstrumentShare.Benchmarks;

/// <summary>One charge for each use of the year before; one in six for a user of another institution, as national figures have it.</summary>
internal static class ChargeHistory
{
    private const string Columns = "instrument_id, id, kind, usage_id, person_id, institution_id, user_institution_id, user_class, service_mode, status, amount_fen, served_on, seconds, created_at, issued_at, tags, evidence";

    public static LocalDate From { get; } = BookingHistory.Now.InUtc().Date.PlusYears(-1);

    public static LocalDate To { get; } = BookingHistory.Now.InUtc().Date.PlusDays(-1);

    public static Task LoadAsync(Bench bench) => BulkLoad.RunAsync(bench, "charges", ["charges_pkey"], connection => CopyAsync(bench, connection));

    private static async Task CopyAsync(Bench bench, NpgsqlConnection connection)
    {
        var (region, random, count) = (bench.Region, new DemoRandom(13), bench.Settings.Charges);
        var people = region.People.ToLookup(p => p.Institution);
        var days = Period.Between(From, To, PeriodUnits.Days).Days + 1;
        string[][] tags = [[], [], [], [], [], [], [], ["relatedParty"], ["medicalService"], ["project:research"]];
        string[] evidence = ["contract", "invoice", "report"];
        await using var writer = await connection.BeginBinaryImportAsync($"COPY charges ({Columns}) FROM STDIN (FORMAT binary)");
        writer.Timeout = TimeSpan.FromHours(1);
        for (var i = 0; i < count; i++)
        {
            var instrument = region.Instruments[random.Below(random.Below(10) < 9 ? region.Busy : region.Instruments.Count)];
            var isOutside = random.Below(100) < 17;
            var person = isOutside ? region.People[random.Below(region.People.Count)] : people[instrument.Institution].First();
            var day = From.PlusDays((int)((long)i * days / count));
            var at = day.AtStartOfDayInZone(DateTimeZone.Utc).ToInstant();
            await writer.StartRowAsync();
            await writer.WriteAsync(instrument.Id, NpgsqlDbType.Uuid);
            await writer.WriteAsync(random.Id(at), NpgsqlDbType.Uuid);
            await writer.WriteAsync("charge", NpgsqlDbType.Text);
            await writer.WriteAsync(random.Id(at), NpgsqlDbType.Uuid);
            await writer.WriteAsync(person.Id, NpgsqlDbType.Uuid);
            await writer.WriteAsync(instrument.Institution, NpgsqlDbType.Uuid);
            await writer.WriteAsync(person.Institution, NpgsqlDbType.Uuid);
            await writer.WriteAsync(isOutside ? "academic" : "internal", NpgsqlDbType.Text);
            await writer.WriteAsync("selfOperated", NpgsqlDbType.Text);
            await writer.WriteAsync("issued", NpgsqlDbType.Text);
            await writer.WriteAsync(random.Between(1_000, 200_000) * 1L, NpgsqlDbType.Bigint);
            await writer.WriteAsync(day.ToDateOnly(), NpgsqlDbType.Date);
            await writer.WriteAsync(3600L, NpgsqlDbType.Bigint);
            await writer.WriteAsync(at.ToDateTimeUtc(), NpgsqlDbType.TimestampTz);
            await writer.WriteAsync(at.ToDateTimeUtc(), NpgsqlDbType.TimestampTz);
            await writer.WriteAsync(isOutside ? tags[random.Below(tags.Length)] : tags[0], NpgsqlDbType.Array | NpgsqlDbType.Text);
            await writer.WriteAsync(isOutside ? evidence : tags[0], NpgsqlDbType.Array | NpgsqlDbType.Text);
        }

        await writer.CompleteAsync();
    }
}
