using InstrumentShare.Access;
using InstrumentShare.Catalog;
using InstrumentShare.Kernel;
using NodaTime;

namespace InstrumentShare.Bookings.Companions;

public readonly record struct InstrumentLinkId(Guid Value) : ITypedId<InstrumentLinkId>
{
    public static InstrumentLinkId From(Guid value) => new(value);
}

public readonly record struct RoomId(Guid Value) : ITypedId<RoomId>
{
    public static RoomId From(Guid value) => new(value);
}

/// <summary>Between two days, both included, bookings of an instrument in some service modes take another instrument or a room along.</summary>
public sealed class InstrumentLink
{
    public InstrumentLinkId Id { get; init; } = InstrumentLinkId.From(Guid.CreateVersion7());

    public required InstrumentId InstrumentId { get; init; }

    /// <summary>Of this and <see cref="RoomId"/> exactly one is given.</summary>
    public InstrumentId? LinkedInstrumentId { get; init; }

    public RoomId? RoomId { get; init; }

    /// <summary>For which modes; empty for all.</summary>
    public IReadOnlyList<ServiceMode> Modes { get; init; } = [];

    /// <summary>How long before the booking begins it is needed already.</summary>
    public int BeforeMinutes { get; init; }

    /// <summary>How long after the booking it is still needed.</summary>
    public int AfterMinutes { get; init; }

    /// <summary>How many come, of a room that counts people.</summary>
    public int People { get; init; } = 1;

    public required LocalDate ValidFrom { get; init; }

    public LocalDate? ValidTo { get; set; }

    public required PersonId CreatedBy { get; init; }

    public required Instant CreatedAt { get; init; }

    public bool HoldsOn(LocalDate date) => ValidFrom <= date && (ValidTo is null || date <= ValidTo);

    public bool IsFor(ServiceMode mode) => Modes.Count == 0 || Modes.Contains(mode);

    /// <summary>When the linked thing is needed for a booking of this slot.</summary>
    public TimeSlot SlotOf(TimeSlot slot) => slot.Widen(Duration.FromMinutes(BeforeMinutes), Duration.FromMinutes(AfterMinutes));
}
