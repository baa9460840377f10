using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace InstrumentShare.Catalog.Groups;

public sealed class InstrumentGroupMapping : IEntityTypeConfiguration<InstrumentGroup>, IEntityTypeConfiguration<InstrumentGroupMember>
{
    public void Configure(EntityTypeBuilder<InstrumentGroup> builder)
    {
        builder.ToTable("instrument_groups").HasKey(x => x.Id);
        builder.Property(x => x.Version).IsConcurrencyToken();
    }

    public void Configure(EntityTypeBuilder<InstrumentGroupMember> builder) =>
        builder.ToTable("instrument_group_members").HasKey(x => new { x.InstrumentId, x.GroupId });
}
