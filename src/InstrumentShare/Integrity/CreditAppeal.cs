using InstrumentShare.Access;
using InstrumentShare.Catalog;
using NodaTime;

namespace InstrumentShare.Integrity;

public enum AppealStatus
{
    Open,

    /// <summary>The entry stands.</summary>
    Upheld,

    /// <summary>The entry was taken back.</summary>
    Withdrawn,
}

/// <summary>What a person says against an entry, and what was decided, with its reason.</summary>
public sealed class CreditAppeal
{
    public CreditAppealId Id { get; init; } = CreditAppealId.From(Guid.CreateVersion7());

    public required CreditEntryId EntryId { get; init; }

    public required PersonId PersonId { get; init; }

    public required InstrumentId InstrumentId { get; init; }

    public required InstitutionId InstitutionId { get; init; }

    public required string Reason { get; init; }

    public required Instant StatedAt { get; init; }

    public required Instant DecideBy { get; init; }

    public AppealStatus Status { get; private set; }

    public PersonId? DecidedBy { get; private set; }

    public Instant? DecidedAt { get; private set; }

    public string? DecisionReason { get; private set; }

    /// <summary>When it was raised with the institution because nobody had decided in time.</summary>
    public Instant? RaisedAt { get; private set; }

    public void Raise(Instant now) => RaisedAt ??= now;

    public void Decide(bool withdraw, PersonId by, string reason, Instant now) =>
        (Status, DecidedBy, DecidedAt, DecisionReason) = (withdraw ? AppealStatus.Withdrawn : AppealStatus.Upheld, by, now, reason);
}

/// <summary>What being below a threshold does, the strictest last.</summary>
public enum CreditEffect
{
    /// <summary>The person is told.</summary>
    Warn,

    /// <summary>The instrument's owner is asked.</summary>
    NeedsApproval,

    /// <summary>Nothing is booked without its staff's reason.</summary>
    Refuse,
}

/// <summary>Below which score bookings of an instrument have an effect, from one local date to another.</summary>
public sealed class CreditThreshold
{
    public Guid Id { get; init; } = Guid.CreateVersion7();

    public required InstrumentId InstrumentId { get; init; }

    public required CreditEffect Effect { get; init; }

    public required int Threshold { get; init; }

    public required LocalDate ValidFrom { get; init; }

    public LocalDate? ValidTo { get; private set; }

    public PersonId? CreatedBy { get; init; }

    public required Instant CreatedAt { get; init; }

    public bool HoldsOn(LocalDate date) => ValidFrom <= date && !(ValidTo < date);

    public void EndOn(LocalDate last) => ValidTo = last;
}
