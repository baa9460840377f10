using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace InstrumentShare.Integrity;

public sealed class CreditMapping : IEntityTypeConfiguration<CreditRule>, IEntityTypeConfiguration<CreditEntry>, IEntityTypeConfiguration<CreditAppeal>, IEntityTypeConfiguration<CreditThreshold>
{
    public void Configure(EntityTypeBuilder<CreditRule> builder) => builder.ToTable("credit_rules").HasKey(x => x.Id);

    public void Configure(EntityTypeBuilder<CreditEntry> builder) => builder.ToTable("credit_entries").HasKey(x => x.Id);

    public void Configure(EntityTypeBuilder<CreditAppeal> builder) => builder.ToTable("credit_appeals").HasKey(x => x.Id);

    public void Configure(EntityTypeBuilder<CreditThreshold> builder) => builder.ToTable("credit_thresholds").HasKey(x => x.Id);
}
