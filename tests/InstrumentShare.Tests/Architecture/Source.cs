using System.Runtime.CompilerServices;

namespace InstrumentShare.Tests.Architecture;

/// <summary>The program's own source files, for tests that hold its conventions.</summary>
internal static class Source
{
    public static string Root { get; } = Path.GetFullPath(Path.Combine(Here(), "..", "..", ".."));

    public static string Folder { get; } = Path.Combine(Root, "src", "InstrumentShare");

    public static IEnumerable<(string Path, string Text)> Files(params string[] patterns) => patterns
        .SelectMany(p => Directory.EnumerateFiles(Folder, p, SearchOption.AllDirectories))
        .Select(f => (Full: f, Path: System.IO.Path.GetRelativePath(Folder, f).Replace('\\', '/')))
        .Where(f => !f.Path.StartsWith("bin/", StringComparison.Ordinal) && !f.Path.StartsWith("obj/", StringComparison.Ordinal) && !f.Path.Contains("node_modules", StringComparison.Ordinal))
        .Select(f => (f.Path, File.ReadAllText(f.Full)));

    private static string Here([CallerFilePath] string path = "") => Path.GetDirectoryName(path)!;
}
