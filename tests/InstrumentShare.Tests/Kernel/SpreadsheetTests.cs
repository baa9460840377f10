using InstrumentShare.Kernel;

namespace InstrumentShare.Tests.Kernel;

public sealed class SpreadsheetTests
{
    [Theory]
    [InlineData("=1+1", "'=1+1")]
    [InlineData("+cmd", "'+cmd")]
    [InlineData("-cmd", "'-cmd")]
    [InlineData("@SUM(A1)", "'@SUM(A1)")]
    [InlineData("＝1+1", "'＝1+1")]
    [InlineData("\t=1", "'\t=1")]
    [InlineData("-12.50", "-12.50")]
    [InlineData("a=1", "a=1")]
    [InlineData("", "")]
    public void A_cell_that_would_run_is_defused(string cell, string defused) => Spreadsheet.Defuse(cell).ShouldBe(defused);
}
