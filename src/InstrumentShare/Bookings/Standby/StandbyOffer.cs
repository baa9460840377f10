using InstrumentShare.Catalog;
using InstrumentShare.Kernel;
using NodaTime;

namespace InstrumentShare.Bookings.Standby;

public readonly record struct StandbyOfferId(Guid Value) : ITypedId<StandbyOfferId>
{
    public static StandbyOfferId From(Guid value) => new(value);
}

public enum StandbyOfferState
{
    Open,
    Accepted,
    Declined,
    Expired,
}

/// <summary>A time offered to who waits, held by a booking until it is answered or its deadline is there.</summary>
public sealed class StandbyOffer
{
    public StandbyOfferId Id { get; init; } = StandbyOfferId.From(Guid.CreateVersion7());

    public required StandbyId RequestId { get; init; }

    public required InstrumentId InstrumentId { get; init; }

    /// <summary>The booking that holds the time; there is none any more when the offer was not accepted.</summary>
    public required BookingId BookingId { get; init; }

    public required Instant StartsAt { get; init; }

    public required Instant EndsAt { get; init; }

    public required Instant OfferedAt { get; init; }

    /// <summary>Until just before this moment it can be accepted.</summary>
    public required Instant AnswerBy { get; init; }

    public StandbyOfferState State { get; private set; }

    public Instant? AnsweredAt { get; private set; }

    public TimeSlot Slot => new(StartsAt, EndsAt);

    public void Close(StandbyOfferState state, Instant now)
    {
        if (State != StandbyOfferState.Open) throw new InvalidOperationException($"An offer that is {State} is over.");
        (State, AnsweredAt) = (state, now);
    }
}
