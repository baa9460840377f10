using InstrumentShare.Persistence;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace InstrumentShare.Catalog;

public sealed class CatalogMapping : IEntityTypeConfiguration<Instrument>, IEntityTypeConfiguration<OpeningHours>,
    IEntityTypeConfiguration<Closure>, IEntityTypeConfiguration<BookingRuleSet>
{
    public void Configure(EntityTypeBuilder<Instrument> builder)
    {
        builder.ToTable("instruments").HasKey(x => x.Id);
        builder.HasMoney(x => x.OriginalValue, "original_value");
        builder.Property(x => x.Version).IsConcurrencyToken();
    }

    public void Configure(EntityTypeBuilder<OpeningHours> builder) => builder.ToTable("opening_hours").HasKey(x => x.Id);

    public void Configure(EntityTypeBuilder<Closure> builder)
    {
        builder.ToTable("closures").HasKey(x => x.Id);
        builder.Ignore(x => x.Slot);
    }

    /// <summary>The table also has <c>target</c>, made of place and audience; <c>"booking-rules.overlap"</c> excludes over it.</summary>
    public void Configure(EntityTypeBuilder<BookingRuleSet> builder)
    {
        builder.ToTable("booking_rule_sets").HasKey(x => x.Id);
        builder.Ignore(x => x.Rank);
        builder.Property(x => x.BlockSlots).HasJson();
        builder.Property(x => x.Limits).HasJson();
        builder.Property(x => x.ExemptTimes).HasJson();
        builder.Property(x => x.Approvals).HasJson();
        builder.Property(x => x.Strict).HasJson();
    }
}
