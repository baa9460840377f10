using InstrumentShare.Access;
using InstrumentShare.Kernel;
using NodaTime;

namespace InstrumentShare.Bookings.Qualifications;

/// <summary>
/// What somebody has proven: issued by a passed training, or granted by the lab with a reason. Both days are included, counted at
/// the institution. Revoked with a reason, never deleted.
/// </summary>
public sealed class Certificate
{
    public CertificateId Id { get; init; } = CertificateId.From(Guid.CreateVersion7());

    public required QualificationId QualificationId { get; init; }

    public required PersonId PersonId { get; init; }

    public required QualificationLevel Level { get; init; }

    public required LocalDate ValidFrom { get; init; }

    /// <summary>Null without end.</summary>
    public LocalDate? ValidTo { get; init; }

    /// <summary>The training that was passed; null when granted directly.</summary>
    public TrainingSessionId? SessionId { get; init; }

    public string Reason { get; init; } = string.Empty;

    public required PersonId IssuedBy { get; init; }

    public required Instant IssuedAt { get; init; }

    public PersonId? RevokedBy { get; private set; }

    public Instant? RevokedAt { get; private set; }

    public string? RevokeReason { get; private set; }

    public Instant? Reminded30At { get; private set; }

    public Instant? Reminded7At { get; private set; }

    /// <summary>Two who revoke at once: the second is refused.</summary>
    public long Version { get; private set; } = 1;

    public Problem? Revoke(PersonId by, string reason, Instant now)
    {
        if (RevokedAt is not null) return Problem.Refused("certificate.revoked-already");
        (RevokedBy, RevokedAt, RevokeReason) = (by, now, reason);
        Version++;
        return null;
    }

    /// <summary>Marks what a mail of today tells: with a week or less to go, the month's reminder is told with it.</summary>
    public void Remind(LocalDate today, Instant now)
    {
        Reminded30At ??= now;
        if (CertificateReminderRules.IsLast(ValidTo!.Value, today)) Reminded7At = now;
        Version++;
    }
}
