using InstrumentShare.Access;
using InstrumentShare.Kernel;
using NodaTime;

namespace InstrumentShare.Integrity;

/// <summary>
/// How many points one kind of event costs, from one date to another, both included: everywhere, in a region or at an
/// institution. The date of the event at the instrument's institution decides.
/// </summary>
public sealed class CreditRule
{
    public Guid Id { get; init; } = Guid.CreateVersion7();

    public Region? Region { get; init; }

    public InstitutionId? InstitutionId { get; init; }

    public required CreditEvent Event { get; init; }

    /// <summary>Grows with each change at the same place.</summary>
    public required int Version { get; init; }

    /// <summary>0 to -100.</summary>
    public required int Points { get; init; }

    /// <summary>After so many days the points count no more; null: they always do.</summary>
    public int? ExpiresDays { get; init; }

    public bool IsEnabled { get; init; } = true;

    public required LocalDate ValidFrom { get; init; }

    public LocalDate? ValidTo { get; private set; }

    public PersonId? CreatedBy { get; init; }

    public required Instant CreatedAt { get; init; }

    public void EndOn(LocalDate last) => ValidTo = last;

    public bool HoldsOn(LocalDate date) => ValidFrom <= date && !(ValidTo < date);
}
