using InstrumentShare.Access;
using InstrumentShare.Catalog;
using InstrumentShare.Kernel;
using NodaTime;

namespace InstrumentShare.Bookings.Classes;

public readonly record struct ClassSessionId(Guid Value) : ITypedId<ClassSessionId>
{
    public static ClassSessionId From(Guid value) => new(value);
}

/// <param name="Attended">Null until attendance is recorded.</param>
public sealed record ClassStudent(string Name, bool? Attended = null);

/// <summary>One session of a course on one or several instruments. Each is held by a booking; all are booked, moved and cancelled together.</summary>
public sealed class ClassSession
{
    public ClassSessionId Id { get; init; } = ClassSessionId.From(Guid.CreateVersion7());

    /// <summary>Whose instruments it uses.</summary>
    public required InstitutionId InstitutionId { get; init; }

    public required string Course { get; init; }

    public required string CourseEn { get; init; }

    public required PersonId TeacherId { get; init; }

    public required int Students { get; init; }

    /// <summary>The students by name, as many as were named.</summary>
    public IReadOnlyList<ClassStudent> Roster { get; private set; } = [];

    public string Note { get; init; } = string.Empty;

    public Instant StartsAt { get; private set; }

    public Instant EndsAt { get; private set; }

    /// <summary>How many came; null until it is recorded.</summary>
    public int? Attended { get; private set; }

    public PersonId? RecordedBy { get; private set; }

    public Instant? RecordedAt { get; private set; }

    public Instant? CancelledAt { get; private set; }

    public string? CancelReason { get; private set; }

    public required PersonId CreatedBy { get; init; }

    public required Instant CreatedAt { get; init; }

    /// <summary>Grows with every change: the ETag.</summary>
    public int Version { get; private set; } = 1;

    public ClassSession At(TimeSlot slot)
    {
        (StartsAt, EndsAt) = (slot.StartsAt, slot.EndsAt);
        return this;
    }

    public ClassSession With(IEnumerable<string> roster)
    {
        Roster = roster.Select(n => new ClassStudent(n)).ToList();
        return this;
    }

    public void Move(TimeSlot slot)
    {
        At(slot);
        Version++;
    }

    public void Cancel(string reason, Instant now)
    {
        (CancelledAt, CancelReason) = (now, reason);
        Version++;
    }

    /// <param name="present">Places in the roster, from 0.</param>
    public void Record(IReadOnlySet<int> present, int attended, PersonId by, Instant now)
    {
        Roster = Roster.Select((s, at) => s with { Attended = present.Contains(at) }).ToList();
        (Attended, RecordedBy, RecordedAt) = (attended, by, now);
        Version++;
    }
}

/// <summary>A booking that a class holds.</summary>
public sealed class ClassBooking
{
    public required InstrumentId InstrumentId { get; init; }

    public required BookingId BookingId { get; init; }

    public required ClassSessionId SessionId { get; init; }
}
