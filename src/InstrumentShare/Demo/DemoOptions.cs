namespace InstrumentShare.Demo;

/// <summary>The demo region: invented people and institutions to look at the program with. Never for real data.</summary>
public sealed class DemoOptions
{
    public const string Section = "Demo";

    /// <summary>Whether the demo region is loaded and marked on every page. On by default with the embedded database only.</summary>
    public bool Enabled { get; set; }

    /// <summary>Same seed and anchor, same data.</summary>
    public int Seed { get; set; } = 20260101;

    /// <summary>The day the demo's year ends (yyyy-MM-dd). Empty: the day of first load.</summary>
    public string AnchorDate { get; set; } = string.Empty;
}
