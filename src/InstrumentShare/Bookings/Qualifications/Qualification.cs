using InstrumentShare.Access;
using InstrumentShare.Catalog;
using NodaTime;

namespace InstrumentShare.Bookings.Qualifications;

/// <summary>How far somebody has come on an instrument; who holds no certificate has come to none of them.</summary>
public enum QualificationLevel
{
    /// <summary>Works it in the presence of a person in charge.</summary>
    Supervised,

    /// <summary>Works it alone.</summary>
    Independent,

    /// <summary>Works it alone and teaches others.</summary>
    Trainer,
}

/// <summary>What an instrument, or every instrument of a group, asks of who operates it. Put out of use, never deleted.</summary>
public sealed class Qualification
{
    public QualificationId Id { get; init; } = QualificationId.From(Guid.CreateVersion7());

    public required InstitutionId InstitutionId { get; init; }

    /// <summary>Of this and <see cref="GroupId"/> exactly one is given.</summary>
    public InstrumentId? InstrumentId { get; init; }

    public InstrumentGroupId? GroupId { get; init; }

    public required string Name { get; set; }

    public required string NameEn { get; set; }

    public string Description { get; set; } = string.Empty;

    /// <summary>From which level on one works alone: independent or trainer.</summary>
    public QualificationLevel RequiredLevel { get; set; } = QualificationLevel.Independent;

    /// <summary>How long a certificate holds; null without end.</summary>
    public int? ValidMonths { get; set; }

    /// <summary>Booking is open to all, use is not: who has no certificate yet may book, and is refused at check-in.</summary>
    public bool BookBeforeTraining { get; set; }

    public bool IsActive { get; set; } = true;

    public required Instant CreatedAt { get; init; }

    /// <summary>Grows with every change: the ETag.</summary>
    public long Version { get; set; } = 1;

    public Scope Scope => new(InstrumentId?.Value, InstitutionId.Value);

    /// <summary>The last day of a certificate that begins on a day; null without end.</summary>
    public LocalDate? ValidTo(LocalDate from) => ValidMonths is { } months ? from.PlusMonths(months).PlusDays(-1) : null;
}
