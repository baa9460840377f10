using NodaTime;

namespace InstrumentShare.Access;

/// <summary>A machine's key: acts as its owner, within the listed permissions, until it expires. Only a hash of the secret is kept.</summary>
public sealed class ApiKey
{
    public Guid Id { get; init; } = Guid.CreateVersion7();

    public required PersonId PersonId { get; init; }

    public required string Name { get; init; }

    /// <summary>The public first part, by which the row is found.</summary>
    public required string Prefix { get; init; }

    public required byte[] SecretHash { get; init; }

    public required List<string> Scopes { get; init; }

    public required Instant CreatedAt { get; init; }

    public required Instant ExpiresAt { get; init; }

    public Instant? LastUsedAt { get; set; }

    public Instant? RevokedAt { get; set; }
}
