using InstrumentShare.Access;
using InstrumentShare.Catalog;
using NodaTime;

namespace InstrumentShare.Usage.Kiosks;

/// <summary>
/// A tablet beside instruments. A one-time code makes a device the kiosk; from then on the device's secret is known again. Of both
/// only hashes are kept, and a new code ends the former device.
/// </summary>
public sealed class Kiosk
{
    public Guid Id { get; init; } = Guid.CreateVersion7();

    public required InstitutionId InstitutionId { get; init; }

    public required string Name { get; init; }

    public byte[]? CodeHash { get; private set; }

    public Instant? CodeExpiresAt { get; private set; }

    public byte[]? SecretHash { get; private set; }

    public PersonId? CreatedBy { get; init; }

    public required Instant CreatedAt { get; init; }

    public Instant? EnrolledAt { get; private set; }

    public Instant? LastSeenAt { get; set; }

    public Instant? RevokedAt { get; private set; }

    public PersonId? RevokedBy { get; private set; }

    public string? RevokeReason { get; private set; }

    /// <summary>Wrong tries since <see cref="FailingSince"/>.</summary>
    public int Failures { get; private set; }

    public Instant? FailingSince { get; private set; }

    public Instant? LockedUntil { get; private set; }

    public void AwaitDevice(byte[] codeHash, Instant now) => (CodeHash, CodeExpiresAt, SecretHash) = (codeHash, now + KioskRules.CodeLasts, null);

    public void Enrol(byte[] secretHash, Instant now) => (CodeHash, CodeExpiresAt, SecretHash, EnrolledAt, LastSeenAt) = (null, null, secretHash, now, now);

    public void Revoke(PersonId by, string reason, Instant now) =>
        (RevokedAt, RevokedBy, RevokeReason, CodeHash, CodeExpiresAt, SecretHash) = (now, by, reason, null, null, null);

    /// <summary>Counts a wrong try; the last that is allowed within the window locks the kiosk.</summary>
    public void Failed(Instant now)
    {
        if (FailingSince is not { } since || now - since > KioskRules.Window) (Failures, FailingSince) = (0, now);
        Failures++;
        if (Failures >= KioskRules.KioskTries) (LockedUntil, Failures, FailingSince) = (now + KioskRules.KioskLocked, 0, null);
    }
}

public sealed class KioskInstrument
{
    public required Guid KioskId { get; init; }

    public required InstrumentId InstrumentId { get; init; }
}

/// <summary>A person's card at one institution.</summary>
public sealed class Badge
{
    public required PersonId PersonId { get; init; }

    public required InstitutionId InstitutionId { get; init; }

    public required byte[] Hash { get; set; }

    public required PersonId EnteredBy { get; set; }

    public required Instant EnteredAt { get; set; }
}

public sealed class KioskPin
{
    public required PersonId PersonId { get; init; }

    public required string Hash { get; set; }

    public required Instant SetAt { get; set; }

    public int Failures { get; private set; }

    public Instant? LockedUntil { get; private set; }

    public void Failed(Instant now)
    {
        Failures++;
        if (Failures >= KioskRules.PersonTries) (LockedUntil, Failures) = (now + KioskRules.PersonLocked, 0);
    }

    public void Passed() => (Failures, LockedUntil) = (0, null);

    public void Change(string hash, Instant now)
    {
        (Hash, SetAt) = (hash, now);
        Passed();
    }
}

/// <summary>A secret that all nodes share, sealed by the data-protection keys.</summary>
public sealed class ServerSecret
{
    public required string Name { get; init; }

    public required string Sealed { get; init; }

    public required Instant CreatedAt { get; init; }
}
