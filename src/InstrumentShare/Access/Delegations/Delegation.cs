using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using NodaTime;

namespace InstrumentShare.Access.Delegations;

/// <summary>A permission that one person lends another for a time, as far as the lender's own roles reach. It is not passed on.</summary>
public sealed class Delegation
{
    public Guid Id { get; init; } = Guid.CreateVersion7();

    /// <summary>In whose place.</summary>
    public required PersonId PersonId { get; init; }

    public required PersonId DelegateId { get; init; }

    public required string Permission { get; init; }

    public required Instant StartsAt { get; init; }

    public required Instant EndsAt { get; init; }

    public required Instant CreatedAt { get; init; }

    public Instant? RevokedAt { get; set; }
}

/// <summary>What somebody has lent the caller at this time.</summary>
public sealed record LentPermission(PersonId PersonId, string Name, string Permission, Instant EndsAt, IReadOnlyList<RoleGrant> Grants);

public sealed class DelegationMapping : IEntityTypeConfiguration<Delegation>
{
    public void Configure(EntityTypeBuilder<Delegation> builder) => builder.ToTable("delegations").HasKey(x => x.Id);
}
