using System.Globalization;

namespace InstrumentShare.Benchmarks;

/// <summary>Prints Markdown.</summary>
internal static class Report
{
    public static void Heading(string text) => Console.WriteLine($"\n## {text}\n");

    public static void Note(string text) => Console.WriteLine(text + "\n");

    public static void Table(string header, params IEnumerable<string> rows)
    {
        Console.WriteLine($"| {header} |");
        Console.WriteLine("|" + string.Concat(Enumerable.Repeat("---|", header.Count(c => c == '|') + 1)));
        foreach (var row in rows) Console.WriteLine($"| {row} |");
        Console.WriteLine();
    }

    /// <summary>What is being done, aside from the tables.</summary>
    public static void Progress(string text) => Console.Error.WriteLine(text);

    public static string Number(decimal value) => value.ToString(value < 100 ? "0.0" : "#,0", CultureInfo.InvariantCulture);

    public static string Ratio(decimal value) => value.ToString("0.00", CultureInfo.InvariantCulture);
}
