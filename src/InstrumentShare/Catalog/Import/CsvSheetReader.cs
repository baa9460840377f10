using System.Text;
using CsvHelper;
using InstrumentShare.Kernel;

namespace InstrumentShare.Catalog.Import;

/// <summary>Reads comma-, semicolon- or tab-separated text in UTF-8 or GB18030.</summary>
internal static class CsvSheetReader
{
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public static Outcome<Sheet> Read(byte[] file)
    {
        if (Decode(file) is not { } text) return Problem.Invalid("import.encoding", "file");
        if (IsBinary(text)) return Problem.Invalid("import.not-a-table", "file");
        try
        {
            return Parse(Utf8.GetBytes(text));
        }
        catch (CsvFormatException failure)
        {
            return Problem.Invalid("import.malformed", "file", ("line", failure.LineNumber));
        }
    }

    // UTF-8 first: text in GB18030 is almost never valid UTF-8 by chance, while the reverse is common.
    private static string? Decode(byte[] file)
    {
        if (file.AsSpan().StartsWith(new byte[] { 0xFF, 0xFE }) || file.AsSpan().StartsWith(new byte[] { 0xFE, 0xFF })) return null;
        var start = file.AsSpan().StartsWith(Encoding.UTF8.Preamble) ? Encoding.UTF8.Preamble.Length : 0;
        return TryDecode(Utf8, file.AsSpan(start)) ?? (start > 0 ? null : TryDecode(Gb18030(), file));
    }

    private static Encoding Gb18030() => CodePagesEncodingProvider.Instance.GetEncoding("GB18030", EncoderFallback.ExceptionFallback, DecoderFallback.ExceptionFallback)!;

    private static string? TryDecode(Encoding encoding, ReadOnlySpan<byte> bytes)
    {
        try
        {
            return encoding.GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }

    private static bool IsBinary(string text) => text.AsSpan().IndexOfAnyInRange('\0', '\b') >= 0 || text.AsSpan().IndexOfAnyInRange('\u000e', '\u001f') >= 0 || text.Contains('\ufffd', StringComparison.Ordinal);

    private static Outcome<Sheet> Parse(byte[] utf8)
    {
        using var reader = CsvReader.Create(utf8, new CsvReaderOptions
        {
            SkipEmptyLines = false, TrackLineNumbers = true, MalformedData = CsvMalformedDataHandling.Throw, MaxRecordSize = 1024 * 1024,
        });
        var rows = new List<SheetRow>();
        for (var number = 2; reader.Read() && rows.Count <= SheetLimits.MaxRows; number++)
        {
            var cells = Enumerable.Range(0, reader.FieldCount).Select(reader.GetString).ToList();
            if (cells.Exists(c => !string.IsNullOrWhiteSpace(c))) rows.Add(new SheetRow(number, cells));
        }

        return SheetReader.Checked(reader.Headers.ToList(), rows);
    }
}
