namespace InstrumentShare.Persistence;

/// <summary>Work that the program does by itself: mail, expiries, charges.</summary>
public sealed class JobsOptions
{
    public const string Section = "Jobs";

    /// <summary>Whether this node runs jobs. Of several nodes at least one should.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>How many jobs this node runs at once.</summary>
    public int AtOnce { get; set; } = 4;
}
