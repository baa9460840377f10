using InstrumentShare.Catalog;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using NodaTime;

namespace InstrumentShare.Usage.Chain;

/// <summary>A closed usage record's place in its instrument's chain. Never changed.</summary>
public sealed class UsageLink
{
    public required InstrumentId InstrumentId { get; init; }

    /// <summary>From 1, without a gap.</summary>
    public required long Number { get; init; }

    public required UsageId UsageId { get; init; }

    /// <summary>Of the record's text, see <see cref="ChainRules.DigestOf"/>.</summary>
    public required byte[] RecordDigest { get; init; }

    /// <summary>Of the link before, the number and the digest, see <see cref="ChainRules.HashOf"/>.</summary>
    public required byte[] Hash { get; init; }

    /// <summary>Whether the record is older than the chain, which vouches for it from then on only.</summary>
    public bool IsAdopted { get; init; }

    public required Instant LinkedAt { get; init; }
}

/// <summary>The heads of all chains that grew since the seal before, held together by one hash.</summary>
public sealed class UsageSeal
{
    /// <summary>The last day, in China, that it covers.</summary>
    public required LocalDate SealedOn { get; init; }

    public required Instant SealedAt { get; init; }

    public required int Heads { get; init; }

    /// <summary>How many links it seals that no seal did before.</summary>
    public required long Links { get; init; }

    public required byte[] HeadsDigest { get; init; }

    public required byte[] Hash { get; init; }
}

/// <summary>How far an instrument's chain had grown when it was sealed.</summary>
public sealed class UsageSealHead
{
    public required LocalDate SealedOn { get; init; }

    public required InstrumentId InstrumentId { get; init; }

    public required long Number { get; init; }

    public required byte[] Hash { get; init; }
}

public sealed class ChainMapping : IEntityTypeConfiguration<UsageLink>, IEntityTypeConfiguration<UsageSeal>, IEntityTypeConfiguration<UsageSealHead>
{
    public void Configure(EntityTypeBuilder<UsageLink> builder) => builder.ToTable("usage_links").HasKey(x => new { x.InstrumentId, x.Number });

    public void Configure(EntityTypeBuilder<UsageSeal> builder) => builder.ToTable("usage_seals").HasKey(x => x.SealedOn);

    public void Configure(EntityTypeBuilder<UsageSealHead> builder) => builder.ToTable("usage_seal_heads").HasKey(x => new { x.InstrumentId, x.SealedOn });
}
