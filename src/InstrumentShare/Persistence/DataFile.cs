using System.Globalization;
using CsvHelper;

namespace InstrumentShare.Persistence;

/// <summary>Reads the reference data that is part of the program: a module's <c>Data/*.csv</c>, UTF-8 with a header line.</summary>
public static class DataFile
{
    /// <param name="path">Path below the source folder, such as <c>Access/Data/regions.csv</c>.</param>
    /// <returns>Rows in the file's order, without the header.</returns>
    public static IReadOnlyList<string[]> Rows(string path)
    {
        using var stream = typeof(DataFile).Assembly.GetManifestResourceStream("data/" + path) ?? throw new FileNotFoundException("No such data file in the program.", path);
        using var parser = new CsvParser(new StreamReader(stream), CultureInfo.InvariantCulture);
        var rows = new List<string[]>();
        while (parser.Read()) rows.Add(parser.Record!);
        return rows.GetRange(1, rows.Count - 1);
    }
}
