using InstrumentShare.Catalog;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace InstrumentShare.Usage.Bench;

/// <summary>The short address of an instrument's bench, <c>/b/{code}</c>; the database gives each instrument one.</summary>
public sealed class BenchCode
{
    public required InstrumentId InstrumentId { get; init; }

    public required string Code { get; init; }
}

public sealed class BenchMapping : IEntityTypeConfiguration<BenchCode>
{
    public void Configure(EntityTypeBuilder<BenchCode> builder) => builder.ToTable("bench_codes").HasKey(x => x.InstrumentId);
}
