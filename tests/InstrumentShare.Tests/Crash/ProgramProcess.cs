using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Npgsql;

namespace InstrumentShare.Tests.Crash;

/// <summary>The real program in a process of its own, with its own embedded server and fsync on, so that it can be killed.</summary>
public sealed class ProgramProcess : IAsyncDisposable
{
    private readonly string folder = Path.Combine(Path.GetTempPath(), string.Create(CultureInfo.InvariantCulture, $"instrumentshare-crash-{Environment.ProcessId}-{Guid.CreateVersion7():N}"));
    private readonly int port = FreePort();
    private Process? process;

    public string Address => string.Create(CultureInfo.InvariantCulture, $"http://localhost:{port}");

    /// <summary>Straight into its database, past the program.</summary>
    public string ConnectionString
    {
        get
        {
            using var secret = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "postgres.json")));
            return new NpgsqlConnectionStringBuilder
            {
                Host = "127.0.0.1", Port = secret.RootElement.GetProperty("Port").GetInt32(), Username = "instrumentshare",
                Password = secret.RootElement.GetProperty("Password").GetString(), Database = "instrumentshare", Pooling = false,
            }.ConnectionString;
        }
    }

    /// <summary>Starts and waits for the line that says it is ready.</summary>
    public async Task StartAsync()
    {
        var start = new ProcessStartInfo("dotnet", [typeof(Program).Assembly.Location])
        {
            RedirectStandardOutput = true, RedirectStandardError = true,
            Environment = { ["PORT"] = port.ToString(CultureInfo.InvariantCulture), ["INSTRUMENTSHARE_DATA"] = folder, ["Demo__Enabled"] = "false", ["Web__SignInsPerMinute"] = "100000" },
        };
        if (Environment.GetEnvironmentVariable("INSTRUMENTSHARE_TEST_POSTGRES") is { Length: > 0 } binaries) start.Environment["Postgres__BinariesFolder"] = binaries;
        process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        var said = new List<string>();
        while (await process.StandardOutput.ReadLineAsync(patience.Token) is { } line)
        {
            said.Add(line);
            if (!line.StartsWith("InstrumentShare is ready: ", StringComparison.Ordinal)) continue;
            _ = DrainAsync(process.StandardOutput);
            return;
        }

        throw new InvalidOperationException($"The program ended before it was ready: {string.Join('\n', said)} {await errors}");
    }

    /// <summary>kill -9, of the program alone or of its database server as well.</summary>
    public async Task KillAsync(bool databaseToo)
    {
        var server = int.Parse(File.ReadLines(Path.Combine(folder, "postgres", "postmaster.pid")).First(), CultureInfo.InvariantCulture);
        if (databaseToo) Process.GetProcessById(server).Kill();
        process!.Kill();
        await process.WaitForExitAsync();
    }

    /// <summary>Asks it to stop, as Ctrl-C or an init system does; returns its exit code.</summary>
    public async Task<int> StopAsync()
    {
        using (var kill = Process.Start("kill", ["-TERM", process!.Id.ToString(CultureInfo.InvariantCulture)])) await kill.WaitForExitAsync();
        await process.WaitForExitAsync().WaitAsync(TimeSpan.FromMinutes(1));
        return process.ExitCode;
    }

    public bool DatabaseRuns => File.Exists(Path.Combine(folder, "postgres", "postmaster.pid"));

    /// <summary>Starts a second program on the same folder; returns its exit code and what it said.</summary>
    public async Task<(int ExitCode, string Said)> StartRivalAsync()
    {
        var start = new ProcessStartInfo("dotnet", [typeof(Program).Assembly.Location])
        {
            RedirectStandardError = true, RedirectStandardOutput = true,
            Environment = { ["PORT"] = FreePort().ToString(CultureInfo.InvariantCulture), ["INSTRUMENTSHARE_DATA"] = folder, ["Demo__Enabled"] = "false" },
        };
        using var rival = Process.Start(start)!;
        var said = rival.StandardError.ReadToEndAsync();
        await rival.WaitForExitAsync().WaitAsync(TimeSpan.FromMinutes(1));
        return (rival.ExitCode, await said);
    }

    public async ValueTask DisposeAsync()
    {
        if (process is { HasExited: false }) await StopAsync();
        process?.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    private static async Task DrainAsync(StreamReader output)
    {
        while (await output.ReadLineAsync() is not null)
        {
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
