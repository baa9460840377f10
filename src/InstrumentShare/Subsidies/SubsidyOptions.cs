namespace InstrumentShare.Subsidies;

/// <summary>How runs are computed.</summary>
public sealed class SubsidyOptions
{
    public const string Section = "Subsidies";

    /// <summary>Services up to which a run is computed while its caller waits; a longer one goes on in the background.</summary>
    public int ServicesAtOnce { get; set; } = 100_000;
}
