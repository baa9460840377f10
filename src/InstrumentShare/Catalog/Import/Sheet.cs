using InstrumentShare.Kernel;

namespace InstrumentShare.Catalog.Import;

/// <param name="Number">As a spreadsheet counts, the header being 1.</param>
public sealed record SheetRow(int Number, IReadOnlyList<string> Cells);

/// <summary>The table of a file: its header and its rows as text, empty rows left out.</summary>
public sealed record Sheet(IReadOnlyList<string> Header, IReadOnlyList<SheetRow> Rows);

/// <summary>What a file may be at most; beyond it the answer is a refusal, not a long wait.</summary>
public static class SheetLimits
{
    public const int MaxBytes = 20 * 1024 * 1024;
    public const int MaxRows = 20_000;
    public const int MaxColumns = 200;

    /// <summary>Of a packed workbook when unpacked.</summary>
    public const long MaxUnpackedBytes = 200L * 1024 * 1024;
}

/// <summary>Tells by its content what a file is, and reads it. Every refusal says what to do instead.</summary>
public static class SheetReader
{
    public static Outcome<Sheet> Read(byte[] file)
    {
        if (file.Length == 0) return Problem.Invalid("import.empty", "file");
        if (file.Length > SheetLimits.MaxBytes) return Problem.Invalid("import.too-large", "file");
        if (file.AsSpan().StartsWith("PK\x03\x04"u8)) return WorkbookReader.Read(file);
        if (file.AsSpan().StartsWith(new byte[] { 0xD0, 0xCF, 0x11, 0xE0 })) return Problem.Invalid("import.old-excel", "file");
        return CsvSheetReader.Read(file);
    }

    /// <summary>Checks that hold for every kind of file.</summary>
    internal static Outcome<Sheet> Checked(IReadOnlyList<string> header, List<SheetRow> rows)
    {
        if (header.Count > SheetLimits.MaxColumns) return Problem.Invalid("import.too-many-columns", "file", ("max", SheetLimits.MaxColumns));
        if (rows.Count > SheetLimits.MaxRows) return Problem.Invalid("import.too-many-rows", "file", ("max", SheetLimits.MaxRows));
        return rows.Count == 0 ? Problem.Invalid("import.no-rows", "file") : new Sheet(header, rows);
    }
}
