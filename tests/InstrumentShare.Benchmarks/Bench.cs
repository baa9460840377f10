using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using InstrumentShare.Demo;
using InstrumentShare.Persistence;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace InstrumentShare.Benchmarks;

/// <summary>A private PostgreSQL with fsync on, the data, and the program over it.</summary>
internal sealed class Bench : IAsyncDisposable
{
    public const int MaxClients = 32;

    private readonly EmbeddedPostgres postgres;
    private readonly string folder;
    private ServerProcess server = null!;

    private Bench(Settings settings, EmbeddedPostgres postgres, string folder)
    {
        (Settings, this.postgres, this.folder) = (settings, postgres, folder);
        Database = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(postgres.ConnectionString) { MaxPoolSize = MaxClients + 4, CommandTimeout = 0, NoResetOnClose = false }.ConnectionString);
    }

    public Settings Settings { get; }

    public NpgsqlDataSource Database { get; }

    public BenchRegion Region { get; private set; } = null!;

    public static async Task<Bench> StartAsync(Settings settings)
    {
        var folder = settings.Folder ?? Path.Combine(Path.GetTempPath(), string.Create(CultureInfo.InvariantCulture, $"instrumentshare-bench-{Environment.ProcessId}"));
        Report.Progress($"PostgreSQL in {folder}");
        var postgres = await EmbeddedPostgres.StartAsync(new PostgresOptions { DataFolder = folder, SharedBuffers = settings.SharedBuffers, Fsync = true });
        var bench = new Bench(settings, postgres, folder);
        await bench.PrepareAsync();
        return bench;
    }

    /// <summary>Processor time that the program and PostgreSQL have used, which other work on the machine hardly changes.</summary>
    public (TimeSpan Program, TimeSpan Postgres) CpuTime() => (ProcessorTime.Of(server.ProcessId), ProcessorTime.OfTree(postgres.ServerProcessId!.Value));

    public AppDb NewDb() => new(new DbContextOptionsBuilder<AppDb>().UseNpgsql(Database).Options);

    /// <summary>A program's client that has signed in, or nobody's.</summary>
    public async Task<HttpClient> ClientAsync(string? email)
    {
        var client = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = MaxClients }) { BaseAddress = server.Address, Timeout = TimeSpan.FromMinutes(30) };
        client.DefaultRequestHeaders.AcceptLanguage.ParseAdd("zh-CN");
        if (email is null) return client;
        var answer = await client.PostAsJsonAsync("/api/v1/account/login", new { email, password = DemoAccounts.Password });
        answer.EnsureSuccessStatusCode();
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("accessToken").GetString());
        return client;
    }

    public async Task ExecuteAsync(string sql)
    {
        await using var command = Database.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    public static async Task<T> TimedAsync<T>(string what, Func<Task<T>> work)
    {
        var began = Stopwatch.GetTimestamp();
        var result = await work();
        Report.Progress($"{what}: {Report.Number((decimal)Stopwatch.GetElapsedTime(began).TotalSeconds)} s");
        return result;
    }

    public static Task TimedAsync(string what, Func<Task> work) => TimedAsync(what, async () =>
    {
        await work();
        return true;
    });

    public async ValueTask DisposeAsync()
    {
        if (server is not null) await server.DisposeAsync();
        await Database.DisposeAsync();
        await postgres.DisposeAsync();
        if (Settings.Folder is null) Directory.Delete(folder, recursive: true);
    }

    private async Task PrepareAsync()
    {
        await Migrator.MigrateAsync(postgres.ConnectionString);
        Region = await TimedAsync("Instruments and people", () => BenchRegion.LoadAsync(this));
        await TimedAsync($"Bookings ({Settings.Bookings:#,0})", () => BookingHistory.LoadAsync(this));
        if (Settings.What.Contains("subsidy")) await TimedAsync($"Charges ({Settings.Charges:#,0})", () => ChargeHistory.LoadAsync(this));
        await TimedAsync("VACUUM ANALYZE", () => ExecuteAsync("VACUUM ANALYZE"));
        await ExecuteAsync("CHECKPOINT");
        server = await ServerProcess.StartAsync(postgres.ConnectionString, folder);
        Report.Note($"# InstrumentShare benchmarks\n\n{Environment.ProcessorCount} processors, PostgreSQL {await VersionAsync()} with fsync on and shared_buffers {Settings.SharedBuffers}; "
            + $"{Settings.Instruments:#,0} instruments, {Settings.Bookings:#,0} bookings. Clients, program and database share the machine; jobs are off, so mail waits in the outbox.");
    }

    private async Task<string> VersionAsync()
    {
        await using var connection = await Database.OpenConnectionAsync();
        return connection.ServerVersion;
    }
}
