using InstrumentShare.Kernel;
using NodaTime;

namespace InstrumentShare.Subsidies;

/// <summary>A policy's text as it was loaded. A version is never changed: another text is another version.</summary>
public sealed class PolicyText
{
    public required string Id { get; init; }

    public required string Version { get; init; }

    public required Region Region { get; init; }

    /// <summary>The YAML document.</summary>
    public required string Text { get; init; }

    /// <summary>SHA-256 of the text.</summary>
    public required string Digest { get; init; }

    /// <summary>The version that new runs use.</summary>
    public required bool IsCurrent { get; set; }

    public required Instant LoadedAt { get; init; }
}
