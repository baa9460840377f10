using InstrumentShare.Access;
using InstrumentShare.Kernel;
using NodaTime;

namespace InstrumentShare.Catalog;

public enum ClosureKind
{
    Closure,
    Maintenance,
}

/// <summary>A time in which the instrument cannot be booked though its hours are open. Withdrawn, never deleted.</summary>
public sealed class Closure
{
    public ClosureId Id { get; init; } = ClosureId.From(Guid.CreateVersion7());

    public required InstrumentId InstrumentId { get; init; }

    public required ClosureKind Kind { get; init; }

    public required Instant StartsAt { get; init; }

    public required Instant EndsAt { get; init; }

    public required string Title { get; init; }

    public PersonId? CreatedBy { get; init; }

    public required Instant CreatedAt { get; init; }

    public Instant? CancelledAt { get; private set; }

    public TimeSlot Slot => new(StartsAt, EndsAt);

    public void Cancel(Instant now) => CancelledAt ??= now;
}
