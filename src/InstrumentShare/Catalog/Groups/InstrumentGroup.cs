using InstrumentShare.Access;
using NodaTime;

namespace InstrumentShare.Catalog.Groups;

/// <summary>Instruments of one institution that rules and qualifications speak of together. Put out of use, never deleted.</summary>
public sealed class InstrumentGroup
{
    public InstrumentGroupId Id { get; init; } = InstrumentGroupId.From(Guid.CreateVersion7());

    public required InstitutionId InstitutionId { get; init; }

    public required string Name { get; set; }

    public required string NameEn { get; set; }

    public string Description { get; set; } = string.Empty;

    /// <summary>One that is not active holds its instruments, but nothing follows from it.</summary>
    public bool IsActive { get; set; } = true;

    public required Instant CreatedAt { get; init; }

    /// <summary>Grows with every change: the ETag.</summary>
    public long Version { get; set; } = 1;
}

public sealed class InstrumentGroupMember
{
    public required InstrumentId InstrumentId { get; init; }

    public required InstrumentGroupId GroupId { get; init; }

    /// <summary>Of both: the database lets no group hold another institution's instrument.</summary>
    public required InstitutionId InstitutionId { get; init; }
}
