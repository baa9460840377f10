using InstrumentShare.Access;
using InstrumentShare.Bookings;
using InstrumentShare.Catalog;
using InstrumentShare.Kernel;
using NodaTime;

namespace InstrumentShare.Usage.Faults;

public readonly record struct FaultId(Guid Value) : ITypedId<FaultId>
{
    public static FaultId From(Guid value) => new(value);
}

public enum FaultSeverity
{
    /// <summary>Works with limits.</summary>
    Limited,

    /// <summary>Cannot be used.</summary>
    Unusable,
}

public enum FaultStatus
{
    Reported,
    Acknowledged,
    Resolved,
}

/// <summary>
/// What somebody reports to be wrong with an instrument. The report stays as it was written; who looks after the instrument says
/// in a notice for everyone what of it is so, and in the end how it was settled.
/// </summary>
public sealed class Fault
{
    public FaultId Id { get; init; } = FaultId.From(Guid.CreateVersion7());

    public required InstrumentId InstrumentId { get; init; }

    public required PersonId ReportedBy { get; init; }

    public required Instant ReportedAt { get; init; }

    /// <summary>As reported, until staff say otherwise.</summary>
    public required FaultSeverity Severity { get; set; }

    public required string Text { get; init; }

    /// <summary>The reporter's use or booking around that time.</summary>
    public BookingId? BookingId { get; init; }

    /// <summary>The tablet it was reported at.</summary>
    public Guid? KioskId { get; init; }

    public FaultStatus Status { get; private set; }

    public PersonId? AcknowledgedBy { get; private set; }

    public Instant? AcknowledgedAt { get; private set; }

    /// <summary>What everyone reads of it.</summary>
    public string? Notice { get; private set; }

    public PersonId? ResolvedBy { get; private set; }

    public Instant? ResolvedAt { get; private set; }

    public string? Resolution { get; private set; }

    /// <summary>The outage that was made of it.</summary>
    public ClosureId? ClosureId { get; private set; }

    /// <summary>Says that it is so; said again, only severity and notice change.</summary>
    public void Acknowledge(FaultSeverity severity, string notice, PersonId by, Instant now)
    {
        (Severity, Notice) = (severity, notice);
        if (Status != FaultStatus.Reported) return;
        (Status, AcknowledgedBy, AcknowledgedAt) = (FaultStatus.Acknowledged, by, now);
    }

    public void Resolve(string resolution, PersonId by, Instant now)
    {
        if (Status == FaultStatus.Reported) (AcknowledgedBy, AcknowledgedAt, Notice) = (by, now, resolution.Length > FaultRules.MaxNotice ? resolution[..FaultRules.MaxNotice] : resolution);
        (Status, ResolvedBy, ResolvedAt, Resolution) = (FaultStatus.Resolved, by, now, resolution);
    }

    public void BecomeOutage(ClosureId closure) => ClosureId = closure;
}
