using InstrumentShare.Access;
using InstrumentShare.Bookings;
using InstrumentShare.Catalog;
using InstrumentShare.Kernel;
using NodaTime;

namespace InstrumentShare.Usage;

public readonly record struct UsageId(Guid Value) : ITypedId<UsageId>
{
    public static UsageId From(Guid value) => new(value);
}

public enum UsageSource
{
    CheckIn,
    Manual,
    Import,
}

public enum UsageStatus
{
    Open,
    Closed,
}

/// <summary>Why somebody must look at a record before its charge is issued.</summary>
public enum UsageProblem
{
    /// <summary>Never checked out: closed when the next holder checked in.</summary>
    TakenOver,

    /// <summary>No price was in force for the user's class.</summary>
    NoPrice,
}

/// <summary>
/// What really happened on one unit of an instrument, from second to second. A closed record is never changed: a correction is
/// a new record, and the first only ceases to be current.
/// </summary>
public sealed class UsageRecord
{
    public UsageId Id { get; init; } = UsageId.From(Guid.CreateVersion7());

    public required InstrumentId InstrumentId { get; init; }

    public short Unit { get; init; } = 1;

    public BookingId? BookingId { get; init; }

    public required PersonId PersonId { get; init; }

    public GroupId? GroupId { get; init; }

    /// <summary>The user's institution at that time.</summary>
    public InstitutionId? InstitutionId { get; init; }

    public required ServiceMode ServiceMode { get; init; }

    public string Purpose { get; init; } = string.Empty;

    public required UsageSource Source { get; init; }

    public UsageStatus Status { get; private set; } = UsageStatus.Open;

    public required Instant StartedAt { get; init; }

    public Instant? EndedAt { get; private set; }

    public int Samples { get; private set; }

    public string Feedback { get; private set; } = string.Empty;

    /// <summary>Why it was entered or corrected by hand.</summary>
    public string? Reason { get; init; }

    public UsageProblem? Problem { get; private set; }

    public UsageId? CorrectsId { get; init; }

    public bool IsCurrent { get; private set; } = true;

    public required PersonId EnteredBy { get; init; }

    public required Instant CreatedAt { get; init; }

    public Instant? ClosedAt { get; private set; }

    /// <summary>Null while the record is open.</summary>
    public TimeSlot? Slot => EndedAt is { } end ? new TimeSlot(StartedAt, end) : null;

    /// <summary>Ends the use; at least one second after its start, because an empty span is no use at all.</summary>
    public UsageRecord Close(Instant endedAt, int samples, string feedback, Instant now, UsageProblem? problem = null)
    {
        if (Status == UsageStatus.Closed) throw new InvalidOperationException("A closed record is corrected by another.");
        EndedAt = Instant.Max(WholeSecond(endedAt), StartedAt + Duration.FromSeconds(1));
        (Status, Samples, Feedback, Problem, ClosedAt) = (UsageStatus.Closed, samples, feedback, problem, now);
        return this;
    }

    /// <summary>Marks a record that is being closed as one that somebody must look at; the first reason stays.</summary>
    public void HasProblem(UsageProblem problem) => Problem ??= problem;

    /// <summary>Another record now stands in its place.</summary>
    public void Supersede() => IsCurrent = false;

    public static Instant WholeSecond(Instant instant) => Instant.FromUnixTimeSeconds(instant.ToUnixTimeSeconds());
}
