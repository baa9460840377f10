using InstrumentShare.Access;
using InstrumentShare.Catalog;
using InstrumentShare.Kernel;
using NodaTime;

namespace InstrumentShare.Orders.Items;

/// <summary>
/// Something that a lab does on samples sent in. An instrument takes orders while it has one in use. Without an instrument it is the
/// institution's, and its price is quoted by hand.
/// </summary>
public sealed class TestItem
{
    public const int MostMinutes = 10_080;

    public TestItemId Id { get; init; } = TestItemId.From(Guid.CreateVersion7());

    public required InstitutionId InstitutionId { get; init; }

    public InstrumentId? InstrumentId { get; init; }

    public required string Name { get; set; }

    public required string NameEn { get; set; }

    /// <summary>What it gives and what samples must be like.</summary>
    public string Description { get; set; } = string.Empty;

    /// <summary>How long the instrument works on one sample, for prices by the hour.</summary>
    public required int MinutesPerSample { get; set; }

    public bool IsActive { get; set; } = true;

    public required Instant CreatedAt { get; init; }

    /// <summary>Grows with every change: the ETag.</summary>
    public long Version { get; set; } = 1;

    public Scope Scope => new(InstrumentId?.Value, InstitutionId.Value);
}
