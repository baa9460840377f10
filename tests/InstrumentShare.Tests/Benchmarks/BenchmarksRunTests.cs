using System.Diagnostics;
using InstrumentShare.Tests.Architecture;

namespace InstrumentShare.Tests.Benchmarks;

public sealed class BenchmarksRunTests
{
    [Fact]
    public async Task All_benchmarks_run_at_a_small_scale_and_print_their_tables()
    {
        var built = new DirectoryInfo(AppContext.BaseDirectory);
        var program = Path.Combine(Source.Root, "tests", "InstrumentShare.Benchmarks", "bin", built.Parent!.Name, built.Name, "InstrumentShare.Benchmarks.dll");
        using var process = Process.Start(new ProcessStartInfo("dotnet", [program, "all", "--scale", "0.001", "--seconds", "0.2", "--shared-buffers", "64MB"]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var (said, complained) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        process.ExitCode.ShouldBe(0, await complained);
        (await said).Split('\n').Where(l => l.StartsWith("|---", StringComparison.Ordinal)).Count().ShouldBe(8);
    }
}
