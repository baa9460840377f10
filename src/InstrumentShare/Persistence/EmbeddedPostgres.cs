using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text.Json;
using Npgsql;

namespace InstrumentShare.Persistence;

/// <summary>
/// A private PostgreSQL in the data folder: made when missing, adopted when an earlier run left it behind, started again
/// when it dies, stopped with the program. One program at a time per folder.
/// </summary>
public sealed class EmbeddedPostgres : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly PostgresOptions options;
    private readonly PostgresBinaries binaries;
    private readonly string dataFolder;
    private readonly FileStream folderLock;
    private readonly CancellationTokenSource stopping = new();
    private Secret secret = null!;
    private Task supervision = Task.CompletedTask;

    private EmbeddedPostgres(PostgresOptions options, string folder, FileStream folderLock)
    {
        this.options = options;
        this.folderLock = folderLock;
        Folder = folder;
        dataFolder = Path.Combine(folder, "postgres");
        binaries = PostgresBinaries.Find(options.BinariesFolder);
    }

    private sealed record Secret(int Port, string Password);

    /// <summary>The data folder, which also takes mail files and the like.</summary>
    public string Folder { get; }

    public string ConnectionString => new NpgsqlConnectionStringBuilder
    {
        Host = "127.0.0.1",
        Port = secret.Port,
        Username = "instrumentshare",
        Password = secret.Password,
        Database = "instrumentshare",
        MaxPoolSize = 80,
        IncludeErrorDetail = true,
        NoResetOnClose = true,
    }.ConnectionString;

    /// <summary>Process id of the running server; null when it is down.</summary>
    public int? ServerProcessId => PostmasterPid() is { } pid && IsAlive(pid) ? pid : null;

    /// <exception cref="StartRefusedException">Another program uses the folder, or PostgreSQL cannot be started.</exception>
    public static async Task<EmbeddedPostgres> StartAsync(PostgresOptions options, CancellationToken cancel = default)
    {
        var folder = DataFolder(options);
        Directory.CreateDirectory(folder);
        var server = new EmbeddedPostgres(options, folder, LockFolder(folder));
        try
        {
            await server.PrepareAsync(cancel);
            await server.StartServerAsync(cancel);
            await server.CreateDatabaseAsync(cancel);
        }
        catch
        {
            await server.folderLock.DisposeAsync();
            throw;
        }

        server.supervision = server.SuperviseAsync();
        return server;
    }

    /// <summary>Where data lives when nothing is said: the system's place for root, the working folder for others.</summary>
    public static string DataFolder(PostgresOptions options) => Path.GetFullPath(
        options.DataFolder.Length > 0 ? options.DataFolder
        : Environment.GetEnvironmentVariable("INSTRUMENTSHARE_DATA") is { Length: > 0 } named ? named
        : PostgresBinaries.IsRoot ? "/var/lib/instrumentshare" : ".data");

    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        await supervision;
        if (ServerProcessId is not null) await binaries.RunAsync("pg_ctl", ["stop", "-D", dataFolder, "-m", "fast", "-w", "-t", "60"], CancellationToken.None);
        await folderLock.DisposeAsync();
        stopping.Dispose();
    }

    private static FileStream LockFolder(string folder)
    {
        try
        {
            return new FileStream(Path.Combine(folder, "program.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException)
        {
            throw new StartRefusedException($"Another InstrumentShare is using the data folder {folder}. Stop it, or set INSTRUMENTSHARE_DATA to another folder.");
        }
    }

    private async Task PrepareAsync(CancellationToken cancel)
    {
        var secretFile = Path.Combine(Folder, "postgres.json");
        if (!File.Exists(Path.Combine(dataFolder, "PG_VERSION")))
        {
            if (Directory.Exists(dataFolder)) Directory.Delete(dataFolder, recursive: true);
            secret = new Secret(FreePort(), Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(24)));
            await binaries.PrepareAsync(dataFolder, cancel);
            var passwordFile = Path.Combine(dataFolder, ".password");
            await binaries.WriteOwnedAsync(passwordFile, secret.Password, cancel);
            var cluster = Path.Combine(dataFolder, "..", "postgres.new");
            if (Directory.Exists(cluster)) Directory.Delete(cluster, recursive: true);
            await binaries.PrepareAsync(cluster, cancel);
            await binaries.RunAsync("initdb", ["-D", cluster, "-U", "instrumentshare", "-A", "scram-sha-256", "--pwfile", passwordFile, "-E", "UTF8", "--locale=C", "--no-instructions"], cancel);
            WriteSecret(secretFile);
            Directory.Delete(dataFolder, recursive: true);
            Directory.Move(cluster, dataFolder);
        }

        secret = JsonSerializer.Deserialize<Secret>(await File.ReadAllTextAsync(secretFile, cancel))!;
        await binaries.PrepareAsync(null, cancel);
    }

    private void WriteSecret(string file)
    {
        File.WriteAllText(file, JsonSerializer.Serialize(secret));
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    private async Task StartServerAsync(CancellationToken cancel)
    {
        if (ServerProcessId is not null && await AnswersAsync(cancel)) return;
        var deadline = TimeProvider.System.GetTimestamp();
        while (true)
        {
            try
            {
                if (!PortIsFree(secret.Port))
                {
                    secret = secret with { Port = FreePort() };
                    WriteSecret(Path.Combine(Folder, "postgres.json"));
                }

                await binaries.RunAsync("pg_ctl", ["start", "-D", dataFolder, "-w", "-t", "60", "-l", Path.Combine(dataFolder, "server.log"), "-o", ServerSettings()], cancel);
                return;
            }
            catch (StartRefusedException) when (TimeProvider.System.GetElapsedTime(deadline) < Patience)
            {
                // After a crash the old server's last processes may hold its memory for a moment longer.
                await Task.Delay(300, cancel);
            }
        }
    }

    private string ServerSettings() => string.Join(' ',
        $"-p {secret.Port}", "-h 127.0.0.1", "-c unix_socket_directories=", "-c max_connections=200",
        $"-c shared_buffers={options.SharedBuffers}", "-c max_wal_size=4GB", "-c checkpoint_timeout=15min", "-c jit=off",
        "-c password_encryption=scram-sha-256", "-c log_timezone=UTC", "-c timezone=UTC", "-c random_page_cost=1.1", "-c work_mem=16MB",
        options.Fsync ? "-c fsync=on" : "-c fsync=off -c synchronous_commit=off -c full_page_writes=off");

    private async Task CreateDatabaseAsync(CancellationToken cancel)
    {
        var admin = new NpgsqlConnectionStringBuilder(ConnectionString) { Database = "postgres", Pooling = false };
        await using var connection = new NpgsqlConnection(admin.ConnectionString);
        await connection.OpenAsync(cancel);
        await using var exists = new NpgsqlCommand("SELECT 1 FROM pg_database WHERE datname = 'instrumentshare'", connection);
        if (await exists.ExecuteScalarAsync(cancel) is not null) return;
        await using var create = new NpgsqlCommand("CREATE DATABASE instrumentshare", connection);
        await create.ExecuteNonQueryAsync(cancel);
    }

    private async Task<bool> AnswersAsync(CancellationToken cancel)
    {
        try
        {
            await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(ConnectionString) { Database = "postgres", Pooling = false, Timeout = 10 }.ConnectionString);
            await connection.OpenAsync(cancel);
            return true;
        }
        catch (NpgsqlException)
        {
            await binaries.RunAsync("pg_ctl", ["stop", "-D", dataFolder, "-m", "immediate", "-w"], cancel);
            return false;
        }
    }

    private async Task SuperviseAsync()
    {
        while (!stopping.IsCancellationRequested)
        {
            await Task.Delay(1000, stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (stopping.IsCancellationRequested || ServerProcessId is not null) continue;
            try
            {
                await StartServerAsync(stopping.Token);
            }
            catch (Exception failure) when (failure is StartRefusedException or OperationCanceledException)
            {
                await Console.Error.WriteLineAsync($"The embedded PostgreSQL is down and does not start: {failure.Message}");
            }
        }
    }

    private int? PostmasterPid()
    {
        try
        {
            return int.TryParse(File.ReadLines(Path.Combine(dataFolder, "postmaster.pid")).FirstOrDefault(), out var pid) ? pid : null;
        }
        catch (IOException)
        {
            return null;
        }
    }

    private static bool IsAlive(int pid)
    {
        // A pid may have been given to another program since; only a postgres counts. /proc is absent outside Linux.
        var command = $"/proc/{pid}/cmdline";
        if (Directory.Exists("/proc/self")) return File.Exists(command) && File.ReadAllText(command).Contains("postgres", StringComparison.Ordinal);
        try
        {
            using var process = System.Diagnostics.Process.GetProcessById(pid);
            return !process.HasExited;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static bool PortIsFree(int port)
    {
        try
        {
            using var listener = new TcpListener(IPAddress.Loopback, port);
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
