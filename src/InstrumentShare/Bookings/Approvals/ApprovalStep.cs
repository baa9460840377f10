using InstrumentShare.Access;
using InstrumentShare.Catalog;
using NodaTime;

namespace InstrumentShare.Bookings.Approvals;

public enum ApprovalState
{
    /// <summary>Not yet its turn.</summary>
    Waiting,
    Open,
    Approved,
    Rejected,

    /// <summary>Nobody decided by the deadline, and the rules go on without.</summary>
    Passed,
}

/// <summary>One step of a request's approval, with who decided when and in whose place. Names are kept as they were.</summary>
public sealed record ApprovalStep(
    Approver By, AtDeadline AtDeadline, ApprovalState State, int? DeadlineHours = null, Instant? OpenedAt = null, Instant? DueAt = null, Instant? RemindedAt = null,
    Instant? DecidedAt = null, PersonId? DecidedBy = null, string? DecidedByName = null, PersonId? DecidedFor = null, string? DecidedForName = null, string? Reason = null)
{
    public bool IsUndecided => State is ApprovalState.Waiting or ApprovalState.Open;
}

/// <summary>A person who acts, perhaps in another's place; without a person it is the deadline that acts.</summary>
public sealed record ApprovalActor(PersonId? By = null, string? Name = null, PersonId? For = null, string? ForName = null)
{
    public static ApprovalActor Deadline { get; } = new();
}
