using System.Globalization;

namespace InstrumentShare.Benchmarks;

/// <summary>Processor time of Linux processes, user and kernel.</summary>
internal static class ProcessorTime
{
    private const int Parent = 3, User = 13, System = 14, ChildUser = 15, ChildSystem = 16;

    public static TimeSpan Of(int process) => Read(process) is { } fields ? Ticks(fields[User] + fields[System]) : TimeSpan.Zero;

    /// <summary>Of a process and its children, those that have ended too.</summary>
    public static TimeSpan OfTree(int process)
    {
        if (Read(process) is not { } own) return TimeSpan.Zero;
        var sum = own[User] + own[System] + own[ChildUser] + own[ChildSystem];
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out var id) && Read(id) is { } child && child[Parent] == process) sum += child[User] + child[System];
        }

        return Ticks(sum);
    }

    // The kernel counts in hundredths of a second. The second field is a name in brackets, which may hold blanks.
    private static TimeSpan Ticks(long ticks) => TimeSpan.FromMilliseconds(ticks * 10);

    private static long[]? Read(int process)
    {
        try
        {
            var text = File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{process}/stat"));
            var rest = text[(text.LastIndexOf(')') + 2)..].Split(' ');
            return [0, 0, 0, .. rest.Skip(1).Take(16).Select(f => long.Parse(f, CultureInfo.InvariantCulture))];
        }
        catch (IOException)
        {
            return null;
        }
    }
}
