using System.Diagnostics;
using System.Globalization;
using InstrumentShare.Billing.Ledger;
using InstrumentShare.Kernel;
using InstrumentShare.Persistence;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using NodaTime;
using NodaTime.Text;
using Npgsql;

namespace InstrumentShare.Demo;

/// <summary>Loads the demo region once, where it is switched on; two nodes that start together load it once.</summary>
public sealed partial class DemoLoader(IDbContextFactory<AppDb> databases, NpgsqlDataSource database, IOptions<DemoOptions> options, IClock clock,
    IHostApplicationLifetime lifetime, DemoRuns runs, DemoCredit credit, DemoOrders orders, DemoBench bench, DemoSeries series, DemoClasses classes, DemoRemote remote, ProveLedger prove, ILogger<DemoLoader> log) : IStartupLoader
{
    public const string Name = "demo-region";

    private const long LockKey = 7_210_405_119;

    public async Task LoadAsync(CancellationToken cancel)
    {
        if (!options.Value.Enabled) return;

        // Callbacks run last registered first, so this comes after the line that says where the program is.
        lifetime.ApplicationStarted.Register(TellAccounts);
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        await using var guard = new NpgsqlCommand("SELECT pg_advisory_xact_lock($1)", connection) { Parameters = { new() { Value = LockKey } } };
        await guard.ExecuteNonQueryAsync(cancel);
        await using var known = new NpgsqlCommand("SELECT 1 FROM loaded_data WHERE name = $1", connection) { Parameters = { new() { Value = Name } } };
        if (await known.ExecuteScalarAsync(cancel) is not null) return;

        var (began, anchor) = (Stopwatch.GetTimestamp(), Anchor());
        await using var db = await databases.CreateDbContextAsync(cancel);
        var tables = DemoTables.Of(db, DemoRegion.Make(options.Value.Seed, anchor));
        foreach (var table in tables) await table.WriteAsync(connection, cancel);
        await HushAsync(connection, cancel);
        await using var record = new NpgsqlCommand("INSERT INTO loaded_data (name, digest, loaded_at) VALUES ($1, $2, $3)", connection)
        {
            Parameters = { new() { Value = Name }, new() { Value = DigestOf(tables) }, new() { Value = clock.GetCurrentInstant().ToDateTimeUtc() } },
        };
        await record.ExecuteNonQueryAsync(cancel);
        await transaction.CommitAsync(cancel);
        await credit.EnterAsync(cancel);
        await orders.EnterAsync(anchor, cancel);
        await bench.EnterAsync(cancel);
        await series.EnterAsync(anchor, cancel);
        await classes.EnterAsync(anchor, cancel);
        await remote.EnterAsync(anchor, cancel);
        await prove.RunAsync(cancel);
        await runs.OrderAsync(anchor, cancel);
        Loaded(log, tables.Sum(t => t.Rows.Count), Stopwatch.GetElapsedTime(began).TotalSeconds.ToString("0.0", CultureInfo.InvariantCulture));
    }

    // Invented people read no mail: only what the accounts have booked is reminded of, and only new requests are told of.
    private async Task HushAsync(NpgsqlConnection connection, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand("""
            INSERT INTO booking_notices (booking_id, kind, about, told_at)
            SELECT b.id, 'reminder', b.starts_at, $1 FROM bookings b JOIN people p ON p.id = b.person_id WHERE b.status IN ('requested', 'confirmed') AND b.starts_at > $1 AND p.email <> ALL($2)
            UNION ALL SELECT b.id, 'toDecide', b.created_at, $1 FROM bookings b WHERE b.status = 'requested' AND b.offered_until IS NULL
            """, connection)
        {
            Parameters = { new() { Value = clock.GetCurrentInstant().ToDateTimeUtc() }, new() { Value = DemoAccounts.All.Select(a => a.Email).ToArray() } },
        };
        await command.ExecuteNonQueryAsync(cancel);
    }

    internal static string DigestOf(IEnumerable<CopyTable> tables) => Digest.OfLines(tables.SelectMany(t => t.Lines()));

    private static void TellAccounts()
    {
        Console.WriteLine($"Demo accounts, all with the password {DemoAccounts.Password}:");
        foreach (var (email, key) in DemoAccounts.All) Console.WriteLine($"  {email,-28} {key}");
    }

    private LocalDate Anchor() => options.Value.AnchorDate is { Length: > 0 } text
        ? LocalDatePattern.Iso.Parse(text).GetValueOrThrow()
        : clock.GetCurrentInstant().InZone(DemoInstrument.Zone).Date;

    [LoggerMessage(Level = LogLevel.Information, Message = "Demo region loaded: {Rows} rows in {Seconds} s")]
    private static partial void Loaded(ILogger logger, int rows, string seconds);
}
