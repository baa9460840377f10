namespace InstrumentShare.Kernel;

/// <summary>Keeps spreadsheets from running what people typed.</summary>
public static class Spreadsheet
{
    /// <summary>
    /// A cell for export: a text that a spreadsheet would take for a formula (it starts with =, +, -, @, their full-width
    /// forms, a tab or a carriage return) gets an apostrophe before it. Plain numbers such as -12.5 stay numbers.
    /// </summary>
    public static string Defuse(string cell) => cell.Length > 0 && "=+-@＝＋－＠\t\r".Contains(cell[0], StringComparison.Ordinal) && !IsNumber(cell) ? "'" + cell : cell;

    private static bool IsNumber(string cell) =>
        decimal.TryParse(cell, System.Globalization.NumberStyles.AllowLeadingSign | System.Globalization.NumberStyles.AllowDecimalPoint, System.Globalization.CultureInfo.InvariantCulture, out _);
}
