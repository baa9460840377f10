using InstrumentShare.Persistence;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace InstrumentShare.Bookings.Companions;

/// <summary>What is held stands in <c>room_holds</c> and <c>technician_holds</c>, which only statements of our own write.</summary>
public sealed class CompanionMapping : IEntityTypeConfiguration<InstrumentLink>, IEntityTypeConfiguration<Room>
{
    public void Configure(EntityTypeBuilder<InstrumentLink> builder)
    {
        builder.ToTable("instrument_links").HasKey(x => x.Id);
        builder.Property(x => x.Modes).HasJson();
    }

    public void Configure(EntityTypeBuilder<Room> builder)
    {
        builder.ToTable("rooms").HasKey(x => x.Id);
        builder.Ignore(x => x.Scope);
        builder.Property(x => x.Version).IsConcurrencyToken();
    }
}
