using System.Globalization;

namespace InstrumentShare.Benchmarks;

/// <summary>What to measure and how large, from the command line.</summary>
internal sealed record Settings
{
    public const string Usage = """
        InstrumentShare.Benchmarks [bookings|calendar|search|subsidy|all] [options]
          --scale 1            share of 150,000 instruments of 5,000 institutions, 10,000,000 bookings and 10,000,000 charges
          --seconds 10         length of each measurement
          --shared-buffers 2GB of the private PostgreSQL
          --folder PATH        where its data goes; a temporary folder, removed at the end, when not given
        """;

    public required IReadOnlySet<string> What { get; init; }

    public decimal Scale { get; private init; } = 1;

    public TimeSpan Time { get; private init; } = TimeSpan.FromSeconds(10);

    public string SharedBuffers { get; private init; } = "2GB";

    public string? Folder { get; private init; }

    public int Instruments => Scaled(150_000, 300);

    public int Institutions => Scaled(5_000, 100);

    /// <summary>Bookings of the year past; only a small database where nobody reads them.</summary>
    public int Bookings => What.Contains("calendar") ? Scaled(10_000_000, 5_000) : Scaled(100_000, 5_000);

    public int Charges => Scaled(10_000_000, 5_000);

    /// <returns>Null when the words cannot be read.</returns>
    public static Settings? Read(IReadOnlyList<string> words)
    {
        string[] known = ["bookings", "calendar", "search", "subsidy"];
        var settings = new Settings { What = known.ToHashSet(StringComparer.Ordinal) };
        var at = 0;
        if (words.Count > 0 && !words[0].StartsWith("--", StringComparison.Ordinal))
        {
            at = 1;
            if (known.Contains(words[0])) settings = new Settings { What = new HashSet<string>(StringComparer.Ordinal) { words[0] } };
            else if (words[0] != "all") return null;
        }

        for (; at + 1 < words.Count; at += 2)
        {
            var value = words[at + 1];
            var number = decimal.TryParse(value, NumberStyles.Number, CultureInfo.InvariantCulture, out var read) && read > 0 ? read : (decimal?)null;
            switch (words[at])
            {
                case "--scale" when number is { } scale: settings = settings with { Scale = scale }; break;
                case "--seconds" when number is { } seconds: settings = settings with { Time = TimeSpan.FromSeconds((double)seconds) }; break;
                case "--shared-buffers": settings = settings with { SharedBuffers = value }; break;
                case "--folder": settings = settings with { Folder = value }; break;
                default: return null;
            }
        }

        return at == words.Count ? settings : null;
    }

    private int Scaled(int full, int least) => Math.Max(least, (int)(full * Scale));
}
