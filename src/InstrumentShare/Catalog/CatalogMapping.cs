using InstrumentShare.Persistence;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using NpgsqlTypes;

namespace InstrumentShare.Catalog;

public sealed class CatalogMapping : IEntityTypeConfiguration<Instrument>, IEntityTypeConfiguration<OpeningHours>,
    IEntityTypeConfiguration<Closure>, IEntityTypeConfiguration<BookingRuleSet>
{
    public void Configure(EntityTypeBuilder<Instrument> builder)
    {
        builder.ToTable("instruments").HasKey(x => x.Id);
        builder.Ignore(x => x.Scope);
        builder.HasMoney(x => x.OriginalValue, "original_value");
        builder.Property(x => x.Version).IsConcurrencyToken();
        // Written by SearchIndex after the save, from names that stand in other tables too.
        builder.Property<NpgsqlTsVector>("Search").IsRequired().HasDefaultValueSql("''").Metadata.SetAfterSaveBehavior(PropertySaveBehavior.Ignore);
    }

    public void Configure(EntityTypeBuilder<OpeningHours> builder) => builder.ToTable("opening_hours").HasKey(x => x.Id);

    public void Configure(EntityTypeBuilder<Closure> builder)
    {
        builder.ToTable("closures").HasKey(x => x.Id);
        builder.Ignore(x => x.Slot);
    }

    public void Configure(EntityTypeBuilder<BookingRuleSet> builder) => builder.ToTable("booking_rule_sets").HasKey(x => x.Id);
}
