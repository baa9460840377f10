using InstrumentShare.Access;
using InstrumentShare.Kernel;

namespace InstrumentShare.Catalog.Search;

/// <summary>What part of the catalogue is asked for.</summary>
public sealed record InstrumentFilter
{
    public const int MaxQueryLength = 200;

    public string? Q { get; init; }

    /// <summary>A class with all below it.</summary>
    public string? Classification { get; init; }

    public Guid? Institution { get; init; }

    /// <summary>Where the instrument stands: this region or one inside it.</summary>
    public Region? Region { get; init; }

    public Sharing? Sharing { get; init; }

    /// <summary>Only what the caller manages, hidden instruments too.</summary>
    public bool Managed { get; init; }

    public int Limit { get; init; } = 50;

    public string? Cursor { get; init; }
}

/// <summary>An instrument in a list, with names in both languages.</summary>
public sealed record InstrumentListItem(
    InstrumentId Id, string Name, string NameEn, string Model, string Manufacturer, string Classification, InstitutionId InstitutionId, string InstitutionName,
    string InstitutionNameEn, Money OriginalValue, Sharing Sharing, InstrumentStatus Status, Region Region, string Street, string TimeZone, bool IsVisible, bool TakesBookings, string InnerId);
