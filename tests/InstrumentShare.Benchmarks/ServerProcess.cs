using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace InstrumentShare.Benchmarks;

/// <summary>The real program on Kestrel, in a process of its own, over the benchmark's database.</summary>
internal sealed class ServerProcess : IAsyncDisposable
{
    private readonly Process process;

    private ServerProcess(Process process, Uri address) => (this.process, Address) = (process, address);

    public Uri Address { get; }

    public int ProcessId => process.Id;

    public static async Task<ServerProcess> StartAsync(string connectionString, string folder)
    {
        var port = FreePort();
        var process = Process.Start(new ProcessStartInfo("dotnet", [typeof(Startup).Assembly.Location])
        {
            RedirectStandardOutput = true,
            Environment =
            {
                ["PORT"] = port.ToString(CultureInfo.InvariantCulture), ["ConnectionStrings__InstrumentShare"] = connectionString, ["INSTRUMENTSHARE_DATA"] = Path.Combine(folder, "program"),
                ["Demo__Enabled"] = "false", ["Jobs__Enabled"] = "false", ["Web__SignInsPerMinute"] = "100000", ["Logging__LogLevel__Default"] = "Warning",
            },
        })!;
        while (await process.StandardOutput.ReadLineAsync() is { } line)
        {
            if (!line.StartsWith("InstrumentShare is ready: ", StringComparison.Ordinal)) continue;
            _ = Task.Run(async () => await process.StandardOutput.ReadToEndAsync());
            return new ServerProcess(process, new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}")));
        }

        throw new InvalidOperationException("The program ended before it was ready.");
    }

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited) process.Kill();
        await process.WaitForExitAsync();
        process.Dispose();
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
