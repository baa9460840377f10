using InstrumentShare.Access;
using InstrumentShare.Catalog;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using NodaTime;

namespace InstrumentShare.Usage.Faults;

/// <summary>A picture of a fault, never changed once it is there.</summary>
public sealed class FaultPhoto
{
    public required InstrumentId InstrumentId { get; init; }

    public required FaultId FaultId { get; init; }

    /// <summary>From 1.</summary>
    public required short Number { get; init; }

    public required string MediaType { get; init; }

    public required byte[] Content { get; init; }

    public required PersonId AddedBy { get; init; }

    public required Instant AddedAt { get; init; }
}

public sealed class FaultPhotoMapping : IEntityTypeConfiguration<FaultPhoto>
{
    public void Configure(EntityTypeBuilder<FaultPhoto> builder) => builder.ToTable("fault_photos").HasKey(x => new { x.InstrumentId, x.FaultId, x.Number });
}
