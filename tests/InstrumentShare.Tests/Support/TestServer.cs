using System.Globalization;
using InstrumentShare.Persistence;
using Npgsql;

namespace InstrumentShare.Tests.Support;

/// <summary>
/// The one database server of a test run: embedded and private, with a migrated template that every test class clones.
/// <c>INSTRUMENTSHARE_TEST_POSTGRES</c> names the folder of another PostgreSQL to run the same tests on.
/// </summary>
public sealed class TestServer
{
    private static readonly Lazy<Task<TestServer>> Started = new(StartAsync);
    private static int databases;

    private readonly string admin;
    private readonly string template;

    private TestServer(string admin, string template) => (this.admin, this.template) = (admin, template);

    public static Task<TestServer> RunningAsync() => Started.Value;

    /// <summary>A new database with the whole schema and no rows; returns its connection string.</summary>
    public async Task<string> CloneAsync()
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"test_{Environment.ProcessId}_{Interlocked.Increment(ref databases)}");
        await ExecuteAsync(admin, $"CREATE DATABASE {name} TEMPLATE {template}");
        return Named(name);
    }

    public async Task DropAsync(string connectionString)
    {
        await using (var connection = new NpgsqlConnection(connectionString)) NpgsqlConnection.ClearPool(connection);
        await ExecuteAsync(admin, $"DROP DATABASE IF EXISTS {new NpgsqlConnectionStringBuilder(connectionString).Database} WITH (FORCE)");
    }

    private static async Task<TestServer> StartAsync()
    {
        var admin = await StartEmbeddedAsync();
        var template = string.Create(CultureInfo.InvariantCulture, $"template_{Environment.ProcessId}");
        await ExecuteAsync(admin, $"CREATE DATABASE {template}");
        var server = new TestServer(admin, template);
        await Migrator.MigrateAsync(new NpgsqlConnectionStringBuilder(server.Named(template)) { Pooling = false }.ConnectionString);
        return server;
    }

    private static async Task<string> StartEmbeddedAsync()
    {
        var folder = Path.Combine(Path.GetTempPath(), string.Create(CultureInfo.InvariantCulture, $"instrumentshare-tests-{Environment.ProcessId}"));
        var server = await EmbeddedPostgres.StartAsync(new PostgresOptions
        {
            DataFolder = folder, Fsync = false, BinariesFolder = Environment.GetEnvironmentVariable("INSTRUMENTSHARE_TEST_POSTGRES") ?? string.Empty,
        });
        AppDomain.CurrentDomain.ProcessExit += (_, _) =>
        {
            server.DisposeAsync().AsTask().GetAwaiter().GetResult();
            Directory.Delete(folder, recursive: true);
        };
        return new NpgsqlConnectionStringBuilder(server.ConnectionString) { Database = "postgres", Pooling = false }.ConnectionString;
    }

    private string Named(string database) => new NpgsqlConnectionStringBuilder(admin)
    {
        Database = database,
        Pooling = true,
        MaxPoolSize = 40,
        ConnectionIdleLifetime = 5,
        ConnectionPruningInterval = 2,
    }.ConnectionString;

    private static async Task ExecuteAsync(string connectionString, string sql)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }
}
