using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace InstrumentShare.Usage.Faults;

public sealed class FaultMapping : IEntityTypeConfiguration<Fault>
{
    public void Configure(EntityTypeBuilder<Fault> builder) => builder.ToTable("faults").HasKey(x => new { x.InstrumentId, x.Id });
}
