using System.Globalization;
using System.IO.Compression;
using System.Text;
using System.Xml;
using ExcelDataReader;
using ExcelDataReader.Exceptions;
using InstrumentShare.Kernel;

namespace InstrumentShare.Catalog.Import;

/// <summary>Reads the first sheet of an XLSX workbook. Formulas are refused: what they come to is not in our hands.</summary>
internal static class WorkbookReader
{
    private const int MaxEntries = 2000;

    static WorkbookReader() => Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);

    public static Outcome<Sheet> Read(byte[] file)
    {
        try
        {
            using (var archive = new ZipArchive(new MemoryStream(file), ZipArchiveMode.Read))
            {
                if (archive.GetEntry("xl/workbook.xml") is null) return Problem.Invalid("import.not-a-table", "file");
                if (!FitsUnpacked(archive)) return Problem.Invalid("import.unpacks-too-large", "file");
                if (WorkbookFormulas.FirstCell(archive) is { } cell) return Problem.Invalid("import.formula", "file", ("cell", cell));
            }

            using var reader = ExcelReaderFactory.CreateOpenXmlReader(new MemoryStream(file));
            return Rows(reader);
        }
        catch (Exception failure) when (failure is InvalidDataException or XmlException or ExcelReaderException or FormatException or OverflowException or KeyNotFoundException
            or ArgumentException or InvalidOperationException or IndexOutOfRangeException or NullReferenceException or NotSupportedException or IOException)
        {
            // The packages' own ways of saying that the workbook is broken.
            return Problem.Invalid("import.broken-workbook", "file");
        }
    }

    // Sizes in a ZIP's directory may lie, so all is unpacked once and counted.
    private static bool FitsUnpacked(ZipArchive archive)
    {
        if (archive.Entries.Count > MaxEntries) return false;
        var buffer = new byte[81920];
        long total = 0;
        foreach (var entry in archive.Entries)
        {
            using var stream = entry.Open();
            for (int read; (read = stream.Read(buffer)) > 0;)
                if ((total += read) > SheetLimits.MaxUnpackedBytes) return false;
        }

        return true;
    }

    private static Outcome<Sheet> Rows(IExcelDataReader reader)
    {
        if (reader.FieldCount > SheetLimits.MaxColumns) return Problem.Invalid("import.too-many-columns", "file", ("max", SheetLimits.MaxColumns));
        if (!reader.Read()) return Problem.Invalid("import.no-rows", "file");
        var header = Cells(reader);
        var rows = new List<SheetRow>();
        for (var number = 2; reader.Read() && rows.Count <= SheetLimits.MaxRows; number++)
        {
            var cells = Cells(reader);
            if (cells.Exists(c => c.Length > 0)) rows.Add(new SheetRow(number, cells));
        }

        while (header.Count > 0 && header[^1].Length == 0) header.RemoveAt(header.Count - 1);
        return SheetReader.Checked(header, rows);
    }

    private static List<string> Cells(IExcelDataReader reader) => Enumerable.Range(0, reader.FieldCount).Select(i => Text(reader.GetValue(i))).ToList();

    // A workbook keeps numbers as binary fractions with up to 17 digits; 15 of them are what was typed.
    private static string Text(object? cell) => cell switch
    {
        null => string.Empty,
        string text => text.Trim(),
        double number when Math.Abs(number) < 1e15 => ((decimal)number).ToString(CultureInfo.InvariantCulture),
        DateTime date => date.TimeOfDay == TimeSpan.Zero ? date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) : date.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture),
        bool flag => flag ? "是" : "否",
        IFormattable value => value.ToString(null, CultureInfo.InvariantCulture),
        _ => cell.ToString() ?? string.Empty,
    };
}
