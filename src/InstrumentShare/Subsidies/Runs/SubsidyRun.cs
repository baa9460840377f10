using InstrumentShare.Access;
using InstrumentShare.Kernel;
using InstrumentShare.Subsidies.Engine;
using InstrumentShare.Subsidies.Language;
using NodaTime;

namespace InstrumentShare.Subsidies;

public readonly record struct SubsidyRunId(Guid Value) : ITypedId<SubsidyRunId>
{
    public static SubsidyRunId From(Guid value) => new(value);
}

public enum RunStatus { Calculating, Calculated, Final, Superseded, Failed, Cancelled }

/// <summary>One policy applied to one accrual window of a region's records.</summary>
public sealed class SubsidyRun
{
    public SubsidyRunId Id { get; init; } = SubsidyRunId.From(Guid.CreateVersion7());
    public required string PolicyId { get; init; }
    public required string PolicyVersion { get; init; }
    public required Region Region { get; init; }
    public required LocalDate AccruedFrom { get; init; }
    public required LocalDate AccruedTo { get; init; }
    public long? BudgetFen { get; init; }
    public RunStatus Status { get; private set; } = RunStatus.Calculating;

    /// <summary>Services to read, of a long run about so many until it is done, and those read so far.</summary>
    public long Services { get; set; }
    public long ServicesDone { get; private set; }
    public long LineCount { get; private set; }
    public long ExcludedCount { get; private set; }
    public long SumFen { get; private set; }
    public long CappedFen { get; private set; }
    public long TotalFen { get; private set; }
    public string? InputDigest { get; private set; }
    public string? ResultDigest { get; private set; }

    /// <summary>The code of the problem that ended a failed run.</summary>
    public string? Problem { get; private set; }
    public required PersonId RequestedBy { get; init; }
    public required string RequestedByName { get; init; }
    public required Instant CreatedAt { get; init; }
    public Instant? StartedAt { get; private set; }

    /// <summary>When the node that calculates it was last heard of.</summary>
    public Instant? SeenAt { get; private set; }
    public Instant? FinishedAt { get; private set; }
    public Instant? CancelAskedAt { get; private set; }
    public PersonId? CancelledBy { get; private set; }
    public PersonId? FinalBy { get; private set; }
    public string? FinalByName { get; private set; }
    public Instant? FinalAt { get; private set; }
    public SubsidyRunId? SupersededBy { get; private set; }

    public AccrualWindow Window => new(AccruedFrom, AccruedTo);

    public Scope Scope => new(Region: Region);

    public bool HasResult => Status is RunStatus.Calculated or RunStatus.Final or RunStatus.Superseded;

    public void Start(Instant now) => (StartedAt, SeenAt) = (now, now);

    public void Complete(SubsidyResult result, long services, string inputDigest, string resultDigest, Instant now)
    {
        Status = RunStatus.Calculated;
        (Services, ServicesDone) = (services, services);
        LineCount = result.ServiceFen.Length + result.InstrumentFen.Length;
        ExcludedCount = result.ServiceReasons.Count(r => r != Reasons.None) + result.InstrumentReasons.Count(r => r != Reasons.None);
        SumFen = result.Entries.Sum(e => e.SumFen);
        (CappedFen, TotalFen) = (result.CappedFen, result.TotalFen);
        (InputDigest, ResultDigest, FinishedAt, SeenAt) = (inputDigest, resultDigest, now, now);
    }

    public void Fail(string problem, Instant now) => (Status, Problem, FinishedAt) = (RunStatus.Failed, problem, now);

    /// <summary>Stops at once what no node has begun; asks the node that has.</summary>
    public void Cancel(PersonId by, Instant now)
    {
        (CancelAskedAt, CancelledBy) = (now, by);
        if (StartedAt is null) Cancelled(now);
    }

    public void Cancelled(Instant now) => (Status, FinishedAt) = (RunStatus.Cancelled, now);

    public void MakeFinal(PersonId by, string name, Instant now) => (Status, FinalBy, FinalByName, FinalAt) = (RunStatus.Final, by, name, now);
}

/// <summary>A figure that was only reported, confirmed by name for one run.</summary>
public sealed class RunConfirmation
{
    public required SubsidyRunId RunId { get; init; }
    public required string Figure { get; init; }
    public required PersonId PersonId { get; init; }
    public required string PersonName { get; init; }
    public required Instant ConfirmedAt { get; init; }
}
