using InstrumentShare.Access;
using InstrumentShare.Catalog;
using NodaTime;

namespace InstrumentShare.Integrity;

/// <summary>What an entry goes back to.</summary>
public enum CreditCause
{
    Booking,
}

/// <summary>Why an entry was taken back: what it stood on was judged anew, an appeal against it was granted, others took the time over.</summary>
public enum CreditReversal
{
    JudgedAnew,
    Appeal,
    TakenOver,
}

/// <summary>Points for one cause, or their reversal. Never changed: an entry that no longer stands is answered by its opposite.</summary>
public sealed class CreditEntry
{
    public CreditEntryId Id { get; init; } = CreditEntryId.From(Guid.CreateVersion7());

    public required PersonId PersonId { get; init; }

    public GroupId? GroupId { get; init; }

    public required InstrumentId InstrumentId { get; init; }

    /// <summary>Whose instrument it was: who decides on an appeal.</summary>
    public required InstitutionId InstitutionId { get; init; }

    public required int Points { get; init; }

    public required CreditEvent Event { get; init; }

    public required Guid RuleId { get; init; }

    public required int RuleVersion { get; init; }

    public required CreditCause CauseKind { get; init; }

    public required Guid CauseId { get; init; }

    public required Instant OccurredAt { get; init; }

    public Instant? ExpiresAt { get; init; }

    public required Instant EnteredAt { get; init; }

    public CreditEntryId? ReversesId { get; init; }

    public CreditReversal? ReversalReason { get; init; }

    public CreditEntryId? ReversedBy { get; private set; }

    public static CreditEntry Of(CreditFact fact, CreditRule rule, InstitutionId institution, Instant now) => new()
    {
        PersonId = fact.PersonId, GroupId = fact.GroupId, InstrumentId = fact.InstrumentId, InstitutionId = institution, Points = rule.Points, Event = rule.Event, RuleId = rule.Id,
        RuleVersion = rule.Version, CauseKind = CreditCause.Booking, CauseId = fact.BookingId.Value, OccurredAt = fact.OccurredAt,
        ExpiresAt = rule.ExpiresDays is { } days ? fact.OccurredAt + Duration.FromDays(days) : null, EnteredAt = now,
    };

    /// <summary>Takes the entry back with the points that it recorded.</summary>
    public CreditEntry Reverse(CreditReversal reason, Instant now)
    {
        if (ReversedBy is not null || ReversesId is not null) throw new InvalidOperationException("An entry is reversed once.");
        var opposite = new CreditEntry
        {
            PersonId = PersonId, GroupId = GroupId, InstrumentId = InstrumentId, InstitutionId = InstitutionId, Points = -Points, Event = Event, RuleId = RuleId, RuleVersion = RuleVersion,
            CauseKind = CauseKind, CauseId = CauseId, OccurredAt = OccurredAt, ExpiresAt = ExpiresAt, EnteredAt = now, ReversesId = Id, ReversalReason = reason,
        };
        ReversedBy = opposite.Id;
        return opposite;
    }
}
