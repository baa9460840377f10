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
        using var reader = CsvReader.Create(stream, new CsvReaderOptions { Separator = ',' });
        var rows = new List<string[]>();
        while (reader.Read()) rows.Add([.. Enumerable.Range(0, reader.FieldCount).Select(reader.GetString)]);
        return rows;
    }
}
