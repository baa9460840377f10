namespace InstrumentShare.Orders;

/// <summary>Results of sample orders.</summary>
public sealed class OrderOptions
{
    public const string Section = "Orders";

    /// <summary>The largest result file in mebibytes.</summary>
    public int MaxFileMebibytes { get; set; } = 20;

    /// <summary>A result file is removed this many days after it was added, unless another day was given.</summary>
    public int KeepResultsDays { get; set; } = 180;

    /// <summary>Its customer is reminded this many days before.</summary>
    public int RemindDaysBefore { get; set; } = 14;
}
