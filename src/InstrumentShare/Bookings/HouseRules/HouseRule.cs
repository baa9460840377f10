using InstrumentShare.Access;
using InstrumentShare.Catalog;
using InstrumentShare.Kernel;
using NodaTime;

namespace InstrumentShare.Bookings.HouseRules;

public readonly record struct HouseRuleId(Guid Value) : ITypedId<HouseRuleId>
{
    public static HouseRuleId From(Guid value) => new(value);
}

/// <summary>A document that is read and agreed to before the instruments of its place are booked. Put out of use, never deleted.</summary>
public sealed class HouseRule
{
    public HouseRuleId Id { get; init; } = HouseRuleId.From(Guid.CreateVersion7());

    public required InstitutionId InstitutionId { get; init; }

    /// <summary>For this instrument only; without it and a group, for all of the institution.</summary>
    public InstrumentId? InstrumentId { get; init; }

    public InstrumentGroupId? GroupId { get; init; }

    public bool IsActive { get; set; } = true;

    public required Instant CreatedAt { get; init; }

    /// <summary>Grows with every change: the ETag.</summary>
    public long Version { get; set; } = 1;

    public Scope Scope => new(InstrumentId?.Value, InstitutionId.Value);
}

/// <summary>What a document says from a day on. Never changed once published.</summary>
public sealed class HouseRuleVersion
{
    public required HouseRuleId HouseRuleId { get; init; }

    /// <summary>From 1.</summary>
    public required int Number { get; init; }

    public required string Title { get; init; }

    public required string TitleEn { get; init; }

    /// <summary>Plain paragraphs, one a line; empty where the document is only linked to.</summary>
    public string Text { get; init; } = string.Empty;

    public string TextEn { get; init; } = string.Empty;

    public string? Link { get; init; }

    public required LocalDate ValidFrom { get; init; }

    /// <summary>Until this day, it is enough to have met the version before.</summary>
    public LocalDate? GraceUntil { get; init; }

    public required PersonId PublishedBy { get; init; }

    public required Instant PublishedAt { get; init; }

    public VersionDates Dates => new(Number, ValidFrom, GraceUntil);
}

/// <summary>A person has read a version and agreed to it.</summary>
public sealed class HouseRuleReading
{
    public required HouseRuleId HouseRuleId { get; init; }

    public required int Number { get; init; }

    public required PersonId PersonId { get; init; }

    public required Instant ReadAt { get; init; }
}
