using InstrumentShare.Access;
using InstrumentShare.Catalog;
using InstrumentShare.Kernel;
using NodaTime;

namespace InstrumentShare.Bookings.Qualifications;

public enum TrainingResult
{
    Passed,
    Failed,
    Absent,
}

/// <summary>A training with seats. It may hold an instrument's time, by a booking like any other.</summary>
public sealed class TrainingSession
{
    public TrainingSessionId Id { get; init; } = TrainingSessionId.From(Guid.CreateVersion7());

    public required QualificationId QualificationId { get; init; }

    public InstrumentId? InstrumentId { get; init; }

    public BookingId? BookingId { get; set; }

    public required PersonId TrainerId { get; set; }

    /// <summary>What passing gives, where the result names no other level.</summary>
    public required QualificationLevel Level { get; init; }

    public required Instant StartsAt { get; set; }

    public required Instant EndsAt { get; set; }

    public required string Place { get; set; }

    public string Note { get; set; } = string.Empty;

    public required int Seats { get; set; }

    /// <summary>The database lets it never be more than <see cref="Seats"/>.</summary>
    public int SeatsTaken { get; private set; }

    public required Instant SignUpUntil { get; set; }

    public required Instant LeaveUntil { get; set; }

    public required PersonId CreatedBy { get; init; }

    public required Instant CreatedAt { get; init; }

    public Instant? CancelledAt { get; private set; }

    public string? CancelReason { get; private set; }

    /// <summary>Grows with every change of the record, sign-ups aside: the ETag.</summary>
    public long Version { get; set; } = 1;

    public void TakeSeat() => SeatsTaken++;

    public void GiveSeatBack() => SeatsTaken--;

    /// <summary>Another time, and its deadlines as long before it as they were.</summary>
    public void Move(Instant startsAt, Instant endsAt)
    {
        var by = startsAt - StartsAt;
        (StartsAt, EndsAt, SignUpUntil, LeaveUntil) = (startsAt, endsAt, SignUpUntil + by, LeaveUntil + by);
        Version++;
    }

    public void Cancel(string reason, Instant now)
    {
        (CancelledAt, CancelReason) = (now, reason);
        Version++;
    }

    /// <summary>As it stands when data is loaded.</summary>
    internal TrainingSession WithTaken(int seats)
    {
        SeatsTaken = seats;
        return this;
    }
}

/// <summary>Somebody's place in a training and what came of it.</summary>
public sealed class TrainingAttendee
{
    public required TrainingSessionId SessionId { get; init; }

    public required PersonId PersonId { get; init; }

    public required Instant SignedUpAt { get; set; }

    /// <summary>When the seat was given back.</summary>
    public Instant? LeftAt { get; set; }

    public TrainingResult? Result { get; private set; }

    /// <summary>Which level was reached; only for who passed.</summary>
    public QualificationLevel? Level { get; private set; }

    public string Remark { get; private set; } = string.Empty;

    public PersonId? RecordedBy { get; private set; }

    public Instant? RecordedAt { get; private set; }

    public CertificateId? CertificateId { get; private set; }

    public TrainingAttendee Record(TrainingResult result, QualificationLevel? level, string remark, CertificateId? certificate, PersonId by, Instant now)
    {
        (Result, Level, Remark, CertificateId) = (result, result == TrainingResult.Passed ? level : null, remark, certificate);
        (RecordedBy, RecordedAt) = (by, now);
        return this;
    }
}
