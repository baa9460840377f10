namespace InstrumentShare.Access;

public sealed class AccessOptions
{
    public const string Section = "Access";

    /// <summary>Address of the first system administrator: who signs up and confirms it gets the role, while nobody else has it.</summary>
    public string FirstAdministrator { get; set; } = string.Empty;
}
