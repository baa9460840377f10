using InstrumentShare.Access;
using InstrumentShare.Bookings;
using InstrumentShare.Catalog;
using InstrumentShare.Kernel;
using NodaTime;

namespace InstrumentShare.Orders.Samples;

public readonly record struct SampleId(Guid Value) : ITypedId<SampleId>
{
    public static SampleId From(Guid value) => new(value);
}

public readonly record struct BatchId(Guid Value) : ITypedId<BatchId>
{
    public static BatchId From(Guid value) => new(value);
}

public enum SampleState
{
    Received,
    InBatch,
    Measured,
    Failed,
    Returned,
    Discarded,
}

public enum SampleEventKind
{
    Received,
    Moved,
    Batched,
    Unbatched,
    Measured,
    Failed,
    DiscardAnnounced,
    Returned,
    Discarded,
}

public enum BatchStatus
{
    Planned,
    Done,
    Cancelled,
}

public enum BatchResult
{
    Measured,
    Failed,

    /// <summary>Taken out before the batch was done.</summary>
    Removed,
}

/// <summary>One sample as the lab has it, by its own code. What became of it stands in its history.</summary>
public sealed class Sample
{
    public SampleId Id { get; init; } = SampleId.From(Guid.CreateVersion7());

    public required string Code { get; init; }

    public required OrderId OrderId { get; init; }

    public required OrderLineId LineId { get; init; }

    /// <summary>What its customer wrote on it.</summary>
    public string Label { get; init; } = string.Empty;

    public SampleState State { get; private set; } = SampleState.Received;

    public required string Condition { get; init; }

    /// <summary>Where it is kept.</summary>
    public required string Place { get; set; }

    /// <summary>The day after which it may be discarded, as its customer was told.</summary>
    public LocalDate? DiscardAfter { get; set; }

    public required PersonId ReceivedBy { get; init; }

    public required Instant ReceivedAt { get; init; }

    public int Version { get; private set; } = 1;

    public void Become(SampleState state)
    {
        State = state;
        Version++;
    }
}

/// <summary>Something that happened to a sample; never changed.</summary>
public sealed class SampleEvent
{
    public Guid Id { get; init; } = Guid.CreateVersion7();

    public required SampleId SampleId { get; init; }

    public required SampleEventKind Kind { get; init; }

    public required Instant OccurredAt { get; init; }

    public required PersonId ById { get; init; }

    public BatchId? BatchId { get; init; }

    public string Note { get; init; } = string.Empty;
}

/// <summary>Samples of one or several orders that go onto an instrument together. Its time is booked like any other.</summary>
public sealed class Batch
{
    public BatchId Id { get; init; } = BatchId.From(Guid.CreateVersion7());

    public required InstrumentId InstrumentId { get; init; }

    public required string Name { get; init; }

    public BatchStatus Status { get; private set; } = BatchStatus.Planned;

    public BookingId? BookingId { get; private set; }

    public required PersonId CreatedBy { get; init; }

    public required Instant CreatedAt { get; init; }

    public PersonId? DoneBy { get; private set; }

    public Instant? DoneAt { get; private set; }

    public int Version { get; private set; } = 1;

    public void Book(BookingId booking)
    {
        BookingId = booking;
        Version++;
    }

    public void End(BatchStatus status, PersonId by, Instant now)
    {
        (Status, DoneBy, DoneAt) = (status, by, now);
        Version++;
    }

    public void Touch() => Version++;
}

/// <summary>A sample's place in a batch; without a result it waits in it.</summary>
public sealed class BatchSample
{
    public required BatchId BatchId { get; init; }

    public required SampleId SampleId { get; init; }

    public BatchResult? Result { get; set; }
}
