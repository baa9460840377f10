using InstrumentShare.Access;
using InstrumentShare.Catalog;
using InstrumentShare.Kernel;
using NodaTime;

namespace InstrumentShare.Bookings.Standby;

public readonly record struct StandbyId(Guid Value) : ITypedId<StandbyId>
{
    public static StandbyId From(Guid value) => new(value);
}

public enum StandbyStatus
{
    Waiting,

    /// <summary>Asked whether they take a time; it is held for them.</summary>
    Offered,
    Booked,

    /// <summary>The one time that would have done was not taken.</summary>
    Declined,
    Withdrawn,

    /// <summary>The time waited for is over.</summary>
    Lapsed,
}

/// <summary>Somebody's place on an instrument's waiting list: so many minutes within a window. The line is in order of (created at, id).</summary>
public sealed class StandbyRequest
{
    public static readonly IReadOnlyList<StandbyStatus> OpenStates = [StandbyStatus.Waiting, StandbyStatus.Offered];

    public StandbyId Id { get; init; } = StandbyId.From(Guid.CreateVersion7());

    public required InstrumentId InstrumentId { get; init; }

    public required PersonId PersonId { get; init; }

    public GroupId? GroupId { get; init; }

    public Guid? FundId { get; init; }

    public required ServiceMode ServiceMode { get; init; }

    public string Purpose { get; init; } = string.Empty;

    public string? UsePlace { get; init; }

    public string? CustomsNotice { get; init; }

    public required Instant StartsAt { get; init; }

    public required Instant EndsAt { get; init; }

    /// <summary>The length wanted; as long as the window where only that one time will do.</summary>
    public required int Minutes { get; init; }

    public StandbyStatus Status { get; private set; }

    public BookingId? BookingId { get; private set; }

    public required Instant CreatedAt { get; init; }

    public Instant? ClosedAt { get; private set; }

    /// <summary>When it was last compared with what is free.</summary>
    public required Instant LookedAt { get; init; }

    public int Version { get; private set; } = 1;

    public TimeSlot Window => new(StartsAt, EndsAt);

    public Duration Length => Duration.FromMinutes(Minutes);

    public bool IsFixed => EndsAt - StartsAt == Length;

    public bool IsOpen => OpenStates.Contains(Status);

    public void Offered() => Become(StandbyStatus.Offered, null);

    public void Booked(BookingId booking, Instant now)
    {
        BookingId = booking;
        Become(StandbyStatus.Booked, now);
    }

    /// <summary>An offer was not taken: whoever waits for other times too waits on.</summary>
    public void Passed(Instant now) => Become(IsFixed ? StandbyStatus.Declined : StandbyStatus.Waiting, IsFixed ? now : null);

    public void Withdraw(Instant now) => Become(StandbyStatus.Withdrawn, now);

    private void Become(StandbyStatus status, Instant? closedAt)
    {
        if (!IsOpen) throw new InvalidOperationException($"A waiting list entry that is {Status} is over.");
        (Status, ClosedAt) = (status, closedAt);
        Version++;
    }
}
