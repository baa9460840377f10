using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace InstrumentShare.Usage;

/// <summary>The table also has <c>used</c>, a range that the database makes of start and end; <c>"usage.overlap"</c> excludes over it.</summary>
public sealed class UsageMapping : IEntityTypeConfiguration<UsageRecord>
{
    public void Configure(EntityTypeBuilder<UsageRecord> builder)
    {
        builder.ToTable("usage_records").HasKey(x => new { x.InstrumentId, x.Id });
        builder.Ignore(x => x.Slot);
    }
}
