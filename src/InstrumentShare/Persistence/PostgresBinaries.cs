using System.Diagnostics;
using System.Reflection;
using System.Runtime.InteropServices;

namespace InstrumentShare.Persistence;

/// <summary>
/// PostgreSQL's own tools, run as a user that PostgreSQL accepts: it refuses root, so root runs them as the system user
/// <c>instrumentshare</c>, from a copy which that user can read.
/// </summary>
public sealed class PostgresBinaries
{
    private const string SystemUser = "instrumentshare";
    private readonly string source;
    private readonly string folder;

    private PostgresBinaries(string source, string folder) => (this.source, this.folder) = (source, folder);

    public static bool IsRoot { get; } = !OperatingSystem.IsWindows() && Environment.IsPrivilegedProcess;

    /// <exception cref="StartRefusedException">No binaries for this platform.</exception>
    public static PostgresBinaries Find(string configured)
    {
        var source = configured.Length > 0 ? configured : Restored();
        if (!File.Exists(Path.Combine(source, "bin", "postgres")))
            throw new StartRefusedException($"No PostgreSQL in {source}. Build the program first, set Postgres:BinariesFolder, or set ConnectionStrings:InstrumentShare to a server.");
        return new PostgresBinaries(source, IsRoot && configured.Length == 0 ? CopyFor(source) : source);
    }

    /// <summary>Makes a folder that the server's user owns, and with root the user and the copy of the binaries.</summary>
    public async Task PrepareAsync(string? ownedFolder, CancellationToken cancel)
    {
        if (IsRoot)
        {
            if (!File.ReadLines("/etc/passwd").Any(l => l.StartsWith(SystemUser + ":", StringComparison.Ordinal)))
                await ExecuteAsync("useradd", ["--system", "--user-group", "--home-dir", "/var/lib/instrumentshare", "--shell", "/usr/sbin/nologin", SystemUser], cancel);
            if (folder != source && !File.Exists(Path.Combine(folder, "complete")))
            {
                var unfinished = $"{folder}.{Environment.ProcessId}";
                Directory.CreateDirectory(Path.GetDirectoryName(folder)!);
                await ExecuteAsync("cp", ["-a", source, unfinished], cancel);
                await ExecuteAsync("chmod", ["-R", "a+rX", unfinished], cancel);
                await File.WriteAllTextAsync(Path.Combine(unfinished, "complete"), string.Empty, cancel);
                if (Directory.Exists(folder)) Directory.Delete(unfinished, recursive: true);
                else Directory.Move(unfinished, folder);
            }
        }

        if (ownedFolder is null) return;
        Directory.CreateDirectory(ownedFolder);
        if (IsRoot) await ExecuteAsync("chown", ["-R", $"{SystemUser}:{SystemUser}", ownedFolder], cancel);
    }

    public async Task WriteOwnedAsync(string file, string text, CancellationToken cancel)
    {
        await File.WriteAllTextAsync(file, text, cancel);
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        if (IsRoot) await ExecuteAsync("chown", [$"{SystemUser}:{SystemUser}", file], cancel);
    }

    /// <exception cref="StartRefusedException">The tool failed; the message carries what it said.</exception>
    public Task RunAsync(string tool, IReadOnlyList<string> arguments, CancellationToken cancel)
    {
        var program = Path.Combine(folder, "bin", tool);
        return IsRoot
            ? ExecuteAsync("setpriv", [$"--reuid={SystemUser}", $"--regid={SystemUser}", "--init-groups", program, .. arguments], cancel)
            : ExecuteAsync(program, arguments, cancel);
    }

    private static string Restored()
    {
        var platform = OperatingSystem.IsMacOS() ? "darwin" : OperatingSystem.IsWindows() ? "windows" : "linux";
        var architecture = RuntimeInformation.OSArchitecture == Architecture.Arm64 ? "arm64" : "x64";
        var beside = Path.Combine(AppContext.BaseDirectory, "postgres");
        if (Directory.Exists(beside)) return beside;
        var restored = typeof(PostgresBinaries).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == "EmbeddedPostgresFolder").Value!;
        return Path.Combine(restored, $"{platform}-{architecture}", "native");
    }

    private static string CopyFor(string source)
    {
        var stamp = File.GetLastWriteTimeUtc(Path.Combine(source, "bin", "postgres")).Ticks;
        return Path.Combine("/var/lib/instrumentshare-postgres", stamp.ToString("x", System.Globalization.CultureInfo.InvariantCulture));
    }

    private static async Task ExecuteAsync(string program, IReadOnlyList<string> arguments, CancellationToken cancel)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardError = true, RedirectStandardOutput = true, WorkingDirectory = "/" };
        using var process = Process.Start(start) ?? throw new StartRefusedException($"{program} did not start.");
        var output = process.StandardOutput.ReadToEndAsync(cancel);
        var error = process.StandardError.ReadToEndAsync(cancel);
        await process.WaitForExitAsync(cancel);
        if (process.ExitCode != 0)
            throw new StartRefusedException($"{Path.GetFileName(program)} {string.Join(' ', arguments)} failed with {process.ExitCode}: {await error} {await output}".Trim());
        await output;
    }
}
