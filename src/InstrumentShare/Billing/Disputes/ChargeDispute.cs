using InstrumentShare.Access;
using InstrumentShare.Catalog;
using NodaTime;

namespace InstrumentShare.Billing.Disputes;

public readonly record struct ChargeDisputeId(Guid Value) : Kernel.ITypedId<ChargeDisputeId>
{
    public static ChargeDisputeId From(Guid value) => new(value);
}

public enum DisputeStatus
{
    Open,

    /// <summary>The charge was adjusted.</summary>
    Upheld,

    /// <summary>The charge stands.</summary>
    Rejected,
}

/// <summary>What a payer says against a charge, and what was decided, with its reason.</summary>
public sealed class ChargeDispute
{
    public ChargeDisputeId Id { get; init; } = ChargeDisputeId.From(Guid.CreateVersion7());

    public required InstrumentId InstrumentId { get; init; }

    /// <summary>The charge that stands: after a correction of the use the one that was entered again.</summary>
    public required ChargeId ChargeId { get; set; }

    /// <summary>The institution that is paid.</summary>
    public required InstitutionId InstitutionId { get; init; }

    public required PersonId PersonId { get; init; }

    public required string Reason { get; init; }

    public required Instant StatedAt { get; init; }

    public DisputeStatus Status { get; private set; }

    public PersonId? DecidedBy { get; private set; }

    public Instant? DecidedAt { get; private set; }

    public string? DecisionReason { get; private set; }

    /// <summary>The charge that was entered instead.</summary>
    public ChargeId? ReplacedBy { get; private set; }

    public ChargeDispute Decide(DisputeStatus status, PersonId by, string reason, ChargeId? replacedBy, Instant now)
    {
        if (Status != DisputeStatus.Open || status == DisputeStatus.Open) throw new InvalidOperationException("A dispute is decided once.");
        (Status, DecidedBy, DecidedAt, DecisionReason, ReplacedBy) = (status, by, now, reason, replacedBy);
        return this;
    }
}
